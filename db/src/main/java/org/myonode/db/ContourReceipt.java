package org.myonode.db;

/** What became of a contour that was to be stored. */
public sealed interface ContourReceipt {

    /** Stored as a new version. */
    record Stored(int version) implements ContourReceipt {}

    /** The observer's latest version is the same mask; nothing was written. */
    record Unchanged(int version) implements ContourReceipt {}

    /** Not stored. */
    record Refused(String reason) implements ContourReceipt {}
}
