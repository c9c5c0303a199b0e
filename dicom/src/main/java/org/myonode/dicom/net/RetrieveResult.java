package org.myonode.dicom.net;

import java.util.List;

/**
 * How a C-MOVE or C-GET ended.
 *
 * @param status of the last response
 * @param subOperations what became of the instances, as the provider counts them
 * @param failedInstances Failed SOP Instance UID List (0008,0058), empty if the provider gives none
 */
public record RetrieveResult(DimseStatus status, SubOperations subOperations, List<String> failedInstances) {

    public RetrieveResult {
        failedInstances = List.copyOf(failedInstances);
    }

    /** The row of PS3.4 table C.4-2 or C.4-3. */
    public QueryStatus outcome() {
        return QueryStatus.of(status.code());
    }

    /** Everything was transferred. A success that counts failures, as some providers give it, is none. */
    public boolean isComplete() {
        QueryStatus outcome = outcome();
        return subOperations.failed() == 0
                && (outcome == QueryStatus.SUCCESS
                        || (outcome == QueryStatus.SUB_OPERATIONS_FAILED && subOperations.warning() > 0));
    }

    @Override
    public String toString() {
        return QueryStatus.describe(status) + "; sub-operations: " + subOperations;
    }
}
