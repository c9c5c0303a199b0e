package org.myonode.workers.queue;

import java.util.Locale;

/** Kinds of work that must not wait for one another. Each is a Quartz scheduler of that name over the same tables. */
public enum Lane {
    /** Inference: as many threads as there are devices. */
    GPU,
    /** Waiting for networks and disks: more threads. */
    IO,
    /** Training experiments: for hours, and between their steps they wait while studies are to be measured. */
    TRAINING,
    /** What is done at night and waits for clinical work: one thread, so that it never takes one from the others. */
    CARE;

    String schedulerName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
