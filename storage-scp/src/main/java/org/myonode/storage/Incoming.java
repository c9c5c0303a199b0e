package org.myonode.storage;

import org.myonode.dicom.net.StoreRequest;

/**
 * What is known of an instance before its data set is read: the values that its file meta information holds (PS3.10
 * section 7.1), whatever brings it: C-STORE, STOW-RS or a retrieval.
 *
 * @param sopClassUid Media Storage SOP Class UID (0002,0002); the data set must be of this class
 * @param sopInstanceUid Media Storage SOP Instance UID (0002,0003); the data set must be this instance
 * @param transferSyntax Transfer Syntax UID (0002,0010) of the data set as it is read
 * @param sourceAeTitle who sent it, at most 16 characters; goes into the file as (0002,0016) and into the ledger
 * @param receivingAeTitle under which title it was taken; goes into the ledger
 * @param remoteAddress where it came from; for the note beside a quarantined file
 */
public record Incoming(
        String sopClassUid,
        String sopInstanceUid,
        String transferSyntax,
        String sourceAeTitle,
        String receivingAeTitle,
        String remoteAddress) {

    static Incoming of(StoreRequest request) {
        return new Incoming(
                request.sopClassUid(),
                request.sopInstanceUid(),
                request.transferSyntax(),
                request.association().callingAeTitle().strip(),
                request.association().calledAeTitle().strip(),
                request.association().remoteAddress());
    }
}
