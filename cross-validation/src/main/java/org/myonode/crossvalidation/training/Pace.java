package org.myonode.crossvalidation.training;

/** Asked between two steps of a training: other work may go first. Called from the training thread. */
@FunctionalInterface
public interface Pace {

    /** May wait for as long as other work goes first. False ends the training, which can be gone on with later. */
    boolean goOn();

    /** Whether {@link #goOn} would wait now, for those who are shown it. */
    default boolean mustWait() {
        return false;
    }

    /** Never waits and never ends. */
    static Pace steady() {
        return () -> true;
    }
}
