package org.myonode.dicom.net;

/** The peer accepted no presentation context in which the instance can be sent. The association can go on. */
public final class NoPresentationContextException extends AssociationException {
    private static final long serialVersionUID = 1;

    private final String sopClassUid;
    private final String transferSyntax;

    NoPresentationContextException(String peer, String sopClassUid, String transferSyntax) {
        super(
                Kind.NO_PRESENTATION_CONTEXT,
                peer + " accepted no presentation context for SOP class " + sopClassUid + " in transfer syntax "
                        + transferSyntax,
                null);
        this.sopClassUid = sopClassUid;
        this.transferSyntax = transferSyntax;
    }

    public String sopClassUid() {
        return sopClassUid;
    }

    public String transferSyntax() {
        return transferSyntax;
    }
}
