package org.myonode.dicom.net;

/** Takes the N-ACTION and N-EVENT-REPORT requests of peers. Called from one thread per association. */
@FunctionalInterface
public interface NormalizedHandler {
    /** The answer to the peer. An exception is answered with 0110 (processing failure). */
    DimseStatus perform(AssociationInfo association, NormalizedRequest request);

    /** Knows no SOP class. */
    static NormalizedHandler none() {
        return (association, request) -> DimseStatus.UNRECOGNIZED_OPERATION;
    }
}
