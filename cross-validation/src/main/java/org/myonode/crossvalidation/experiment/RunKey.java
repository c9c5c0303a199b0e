package org.myonode.crossvalidation.experiment;

import java.util.Locale;
import org.myonode.crossvalidation.training.SourceTask;

/**
 * One run of an experiment.
 *
 * @param source where its first weights come from
 * @param n patients learnt from
 * @param fold which part is tested, from 1
 * @param repeat from 1
 */
public record RunKey(SourceTask source, int n, int fold, int repeat) {

    /** Its file's name without ending, such as {@code jigsaw-n010-fold2-repeat1}. */
    public String name() {
        return String.format(Locale.ROOT, "%s-n%03d-fold%d-repeat%d", name(source), n, fold, repeat);
    }

    static String name(SourceTask task) {
        return task.name().toLowerCase(Locale.ROOT);
    }
}
