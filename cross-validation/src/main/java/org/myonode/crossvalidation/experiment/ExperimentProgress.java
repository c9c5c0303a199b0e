package org.myonode.crossvalidation.experiment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment is doing, rewritten every few seconds while it works.
 *
 * @param state what it does
 * @param doing for people, such as {@code fractals, n = 10, fold 2 of 4: step 120 of 300}
 * @param stepsDone training steps done, over all source tasks and runs
 * @param stepsInAll training steps of all that is possible
 * @param secondsLeft at the present speed; null when it cannot be said
 * @param updated when this was written, ISO 8601 in UTC
 */
public record ExperimentProgress(
        State state,
        String doing,
        long stepsDone,
        long stepsInAll,
        @Nullable Long secondsLeft,
        String updated) {

    /** What it does. */
    public enum State {
        /** Asked for, nothing done yet, or to be gone on with. */
        WAITING,
        /** Trains or scores. */
        RUNNING,
        /** Clinical work goes first. */
        PAUSED,
        /** Everything possible is done. */
        DONE,
        /** Stopped by somebody; goes on when asked to. */
        CANCELLED,
        /** Ended by an error; the words say which. */
        FAILED
    }

    static ExperimentProgress at(
            State state, String doing, long done, long all, @Nullable Long secondsLeft, Instant now) {
        return new ExperimentProgress(state, doing, done, all, secondsLeft, now.toString());
    }
}
