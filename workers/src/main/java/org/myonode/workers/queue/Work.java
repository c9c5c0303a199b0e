package org.myonode.workers.queue;

import org.myonode.db.Revision;

/**
 * What the jobs do. Called from several threads at once; a job may come twice, so each method first makes sure in the
 * ledger that there is something to do.
 */
public interface Work {

    /** Works on a study revision. */
    void study(Revision revision);

    /** Sends what is due. */
    void deliver();

    /** Goes on with a training experiment; may take hours. */
    default void train(String experiment) {
        throw new UnsupportedOperationException("this process trains nothing, so not " + experiment + " either");
    }
    /**
     * What is done once a day.
     *
     * @param name as it was given to {@link JobQueue#daily}
     */
    default void daily(String name) {}
}
