package org.myonode.dicom.net;

/**
 * How a C-FIND ended.
 *
 * @param status of the last response
 * @param matches pending responses that were handed on
 * @param allKeysSupported false if the provider said of a match that it does not support an optional key
 */
public record FindResult(DimseStatus status, int matches, boolean allKeysSupported) {

    /** The row of PS3.4 table C.4-1. */
    public QueryStatus outcome() {
        return QueryStatus.of(status.code());
    }

    /** All matches have come. */
    public boolean isComplete() {
        return outcome() == QueryStatus.SUCCESS;
    }

    @Override
    public String toString() {
        return QueryStatus.describe(status);
    }
}
