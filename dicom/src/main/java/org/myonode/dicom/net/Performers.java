package org.myonode.dicom.net;

/**
 * Who performs the operations that a peer invokes (PS3.7 section 7.2): on an association that the peer has opened, or on
 * one of ours, where a C-GET brings C-STORE requests and a storage commitment provider reports.
 */
public record Performers(StoreHandler stores, NormalizedHandler normalized) {
    /** Refuses every operation but C-ECHO. */
    public static Performers none() {
        return new Performers(
                (request, dataSet) -> DimseStatus.SOP_CLASS_NOT_SUPPORTED.with("no storage"), NormalizedHandler.none());
    }

    /** C-STORE and nothing else. */
    public static Performers storing(StoreHandler stores) {
        return new Performers(stores, NormalizedHandler.none());
    }

    /** The same, with another performer of N-ACTION and N-EVENT-REPORT. */
    public Performers with(NormalizedHandler other) {
        return new Performers(stores, other);
    }
}
