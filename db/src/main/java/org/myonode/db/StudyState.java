package org.myonode.db;

import java.util.Map;
import java.util.Set;

/**
 * The states of a study revision and the one table of legal moves between them. The ledger makes a move only with
 * {@code update ... where state = :from}, so of two processes that want the same move one wins.
 */
public enum StudyState {
    /** Instances are still arriving. */
    RECEIVING,
    /** Quiet for the configured period: the set of instances is frozen. */
    SEALED,
    /** A job for it has been promised. */
    QUEUED,
    /** A worker has claimed it; its heartbeat says whether it is alive. */
    RUNNING,
    /** Result and output objects are written. */
    PRODUCED,
    /** Every delivery of its output objects has been accepted. */
    EXPORTED,
    /** The receiver has confirmed storage commitment. */
    COMMITTED,
    /** L3 is not in the study, or not surely: a result, not a failure. */
    NO_L3,
    /** An attempt failed; it may be tried again. */
    FAILED,
    /** Tried too often: left for a person. */
    QUARANTINED;

    // RUNNING to RUNNING is the take-over of an attempt whose heartbeat stopped.
    private static final Map<StudyState, Set<StudyState>> MOVES = Map.of(
            RECEIVING, Set.of(SEALED),
            SEALED, Set.of(QUEUED),
            QUEUED, Set.of(RUNNING, QUARANTINED),
            RUNNING, Set.of(RUNNING, PRODUCED, NO_L3, FAILED, QUARANTINED),
            PRODUCED, Set.of(EXPORTED),
            EXPORTED, Set.of(COMMITTED),
            COMMITTED, Set.of(),
            NO_L3, Set.of(),
            FAILED, Set.of(QUEUED, RUNNING, QUARANTINED),
            QUARANTINED, Set.of());

    /** The states that may follow this one; empty for an end state. */
    public Set<StudyState> next() {
        return MOVES.getOrDefault(this, Set.of());
    }

    public boolean canMoveTo(StudyState to) {
        return next().contains(to);
    }

    /** Nothing moves on from here by itself. */
    public boolean isFinal() {
        return next().isEmpty();
    }
}
