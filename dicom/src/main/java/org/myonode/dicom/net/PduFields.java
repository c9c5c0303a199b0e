package org.myonode.dicom.net;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the big endian fields of a PDU in order; the length is checked before each is read. Not thread-safe. */
final class PduFields {
    private final byte[] bytes;
    private final int base;
    private final int end;
    private int position;

    private PduFields(byte[] bytes, int base, int position, int end) {
        this.bytes = bytes;
        this.base = base;
        this.position = position;
        this.end = end;
    }

    /** The fields after the PDU-length. */
    static PduFields of(byte[] body) {
        return new PduFields(body, Pdu.HEADER_LENGTH, 0, body.length);
    }

    boolean hasMore() {
        return position < end;
    }

    int offset() {
        return base + position;
    }

    int uint8(String field) throws PduException {
        need(1, field);
        return bytes[position++] & 0xFF;
    }

    int uint16(String field) throws PduException {
        need(2, field);
        int value = (bytes[position] & 0xFF) << 8 | bytes[position + 1] & 0xFF;
        position += 2;
        return value;
    }

    long uint32(String field) throws PduException {
        return (long) uint16(field) << 16 | uint16(field);
    }

    byte[] bytes(int length, String field) throws PduException {
        need(length, field);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    /** One character per byte, so that writing it again gives the same bytes. */
    String text(int length, String field) throws PduException {
        need(length, field);
        String value = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
        position += length;
        return value;
    }

    /** A UID, without the padding that PS3.8 forbids and some peers send. */
    String uid(int length, String field) throws PduException {
        String padded = text(length, field);
        int significant = padded.length();
        while (significant > 0 && (padded.charAt(significant - 1) == 0 || padded.charAt(significant - 1) == ' ')) {
            significant--;
        }
        return padded.substring(0, significant);
    }

    void skip(int length, String field) throws PduException {
        need(length, field);
        position += length;
    }

    /** The next so many bytes as fields of their own. */
    PduFields part(int length, String field) throws PduException {
        need(length, field);
        PduFields part = new PduFields(bytes, base, position, position + length);
        position += length;
        return part;
    }

    private void need(int length, String field) throws PduException {
        if (end - position < length) {
            throw PduException.invalid(
                    field, offset(), "needs " + length + " bytes, " + (end - position) + " are left");
        }
    }
}
