package org.myonode.dicom.net;

import java.io.IOException;
import java.util.Locale;

/** A PDU, PDV or command set that does not follow the standard; names the field and where it stands. */
final class PduException extends IOException {
    private static final long serialVersionUID = 1;

    /** The first byte of a TLS connection, and of what a TLS peer answers when it hears something else. */
    private static final int TLS_HANDSHAKE = 0x16;

    private static final int TLS_ALERT = 0x15;

    private final String field;
    private final long offset;
    private final int abortReason;

    private PduException(String field, long offset, int abortReason, String problem) {
        super(String.format(Locale.ROOT, "%s at offset %d: %s", field, offset, problem));
        this.field = field;
        this.offset = offset;
        this.abortReason = abortReason;
    }

    static PduException invalid(String field, long offset, String problem) {
        return new PduException(field, offset, Pdu.Abort.INVALID_PARAMETER_VALUE, problem);
    }

    static PduException unrecognized(int type) {
        return new PduException(
                "PDU-type",
                0,
                Pdu.Abort.UNRECOGNIZED_PDU,
                String.format(
                        Locale.ROOT,
                        "%02XH is none of 01H to 07H%s",
                        type,
                        type == TLS_HANDSHAKE || type == TLS_ALERT ? " (it looks like TLS)" : ""));
    }

    String field() {
        return field;
    }

    /** Bytes from the start of the PDU (of the command set, for a field of a command), counted from 0. */
    long offset() {
        return offset;
    }

    /** The reason for the A-ABORT that answers it. */
    int abortReason() {
        return abortReason;
    }
}
