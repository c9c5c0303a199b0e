package org.myonode.dicom.net;

/**
 * Numbers of C-STORE sub-operations of a retrieval (PS3.7 sections 9.1.3 and 9.1.4); 0 where the peer gives none.
 *
 * @param remaining still to be done
 * @param completed successful
 * @param failed failed
 * @param warning done with a warning
 */
public record SubOperations(int remaining, int completed, int failed, int warning) {
    static final SubOperations NONE = new SubOperations(0, 0, 0, 0);

    /** What the response says; where it is silent, what the one before said. */
    static SubOperations of(CommandSet response, SubOperations before) {
        return new SubOperations(
                response.integerOr(CommandSet.REMAINING_SUB_OPERATIONS, 0),
                response.integerOr(CommandSet.COMPLETED_SUB_OPERATIONS, before.completed),
                response.integerOr(CommandSet.FAILED_SUB_OPERATIONS, before.failed),
                response.integerOr(CommandSet.WARNING_SUB_OPERATIONS, before.warning));
    }

    /** All of them. */
    public int total() {
        return remaining + completed + failed + warning;
    }

    /** Done, in whatever way. */
    public int done() {
        return completed + failed + warning;
    }

    @Override
    public String toString() {
        return completed + " completed, " + failed + " failed, " + warning + " with a warning, " + remaining
                + " remaining";
    }
}
