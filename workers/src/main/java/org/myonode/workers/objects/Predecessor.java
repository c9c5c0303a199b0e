package org.myonode.workers.objects;

/**
 * The report of an earlier result of the same study that this result supersedes (PS3.3 C.17.2, Predecessor Documents
 * Sequence).
 *
 * @param seriesUid Series Instance UID of the report
 * @param report the report
 */
public record Predecessor(String seriesUid, InstanceReference report) {
    public Predecessor {
        Required.text("series of the predecessor", seriesUid);
    }
}
