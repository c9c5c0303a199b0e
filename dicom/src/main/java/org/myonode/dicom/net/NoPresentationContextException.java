package org.myonode.dicom.net;

import java.util.Locale;

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

    NoPresentationContextException(String peer, String sopClassUid, Role role) {
        super(
                Kind.NO_PRESENTATION_CONTEXT,
                peer + " accepted no presentation context for SOP class " + sopClassUid + " with us as "
                        + role.name().toLowerCase(Locale.ROOT),
                null);
        this.sopClassUid = sopClassUid;
        this.transferSyntax = "";
    }

    public String sopClassUid() {
        return sopClassUid;
    }

    /** Empty if no transfer syntax would have done. */
    public String transferSyntax() {
        return transferSyntax;
    }
}
