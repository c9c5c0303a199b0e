package org.myonode.crossvalidation.training;

import java.time.Duration;

/** Hears how a training goes. Called from the training thread. */
public interface Progress {

    /**
     * A step was done.
     *
     * @param step steps done so far, over all resumptions
     * @param steps steps to do in all
     * @param loss smoothed loss
     * @param score smoothed score, such as Dice
     * @param remaining time left at the present speed
     */
    void step(long step, long steps, double loss, double score, Duration remaining);

    /** Something worth a line happened. */
    void note(String line);

    /** Who hears how it goes may also end it. */
    default Pace pace() {
        return Pace.steady();
    }

    /** Hears nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void step(long step, long steps, double loss, double score, Duration remaining) {}

            @Override
            public void note(String line) {}
        };
    }
}
