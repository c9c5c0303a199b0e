package org.myonode.db;

/** What became of a correction that was to be taken. */
public sealed interface CorrectionReceipt {

    /**
     * The contour is stored and a revision is open that measures it.
     *
     * @param revision that revision
     * @param version of the contour
     */
    record Taken(Revision revision, int version) implements CorrectionReceipt {}

    /** The same object was taken before; nothing was written. */
    record Known(Revision revision) implements CorrectionReceipt {}

    /** The contour that stands is the same; nothing was written. */
    record Unchanged(Revision revision) implements CorrectionReceipt {}

    /** A revision of the study is being received or measured: the same question may have another answer then. */
    record Later(String reason) implements CorrectionReceipt {}

    /** Not taken. */
    record Refused(String reason) implements CorrectionReceipt {}
}
