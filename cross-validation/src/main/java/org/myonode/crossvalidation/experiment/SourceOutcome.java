package org.myonode.crossvalidation.experiment;

import org.myonode.crossvalidation.training.SourceTask;

/**
 * A source task, learnt once and shared by all runs that start from it.
 *
 * @param task which
 * @param words what was learnt, for people
 * @param steps steps behind the weights
 * @param scoreName what the score is, such as {@code probability of the right family}
 * @param score mean over batches that were not learnt from
 * @param seconds spent on it, over all resumptions, pauses left out
 * @param weightsSha256 digest of the weights; empty for a random start
 */
public record SourceOutcome(
        SourceTask task,
        String words,
        long steps,
        String scoreName,
        double score,
        double seconds,
        String weightsSha256) {}
