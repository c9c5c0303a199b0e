package org.myonode.dicom.net;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An association could not be opened, or was lost; the message says by whom and why. */
public class AssociationException extends IOException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** No connection to host and port. */
        UNREACHABLE,
        /** TLS failed: a certificate that one side does not take, a peer without TLS. */
        TLS,
        /** A-ASSOCIATE-RJ, permanent. */
        REJECTED_PERMANENT,
        /** A-ASSOCIATE-RJ, transient. */
        REJECTED_TRANSIENT,
        /** A-ABORT from the peer, or from us because the peer broke the protocol. */
        ABORTED,
        /** The connection broke. */
        CLOSED,
        /** No answer in time. */
        TIMEOUT,
        /** No presentation context was accepted for what is to be sent; the association itself lives. */
        NO_PRESENTATION_CONTEXT
    }

    private final Kind kind;

    AssociationException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong, for those who decide by it. */
    public Kind kind() {
        return kind;
    }

    /** False if trying again cannot help before somebody changes a configuration. */
    public boolean isRetryable() {
        return kind != Kind.REJECTED_PERMANENT && kind != Kind.TLS && kind != Kind.NO_PRESENTATION_CONTEXT;
    }
}
