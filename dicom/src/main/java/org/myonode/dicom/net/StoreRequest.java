package org.myonode.dicom.net;

/**
 * The command of one C-STORE request. Both UIDs hold only digits and dots and fit in 64 characters: they may be used in
 * a file name.
 *
 * @param transferSyntax the syntax in which the data set arrives
 */
public record StoreRequest(
        AssociationInfo association, String sopClassUid, String sopInstanceUid, String transferSyntax, int messageId) {}
