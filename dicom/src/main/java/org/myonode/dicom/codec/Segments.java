package org.myonode.dicom.codec;

/** Walks the markers and marker segments of a JPEG, JPEG-LS or JPEG 2000 stream (ISO/IEC 10918-1 annex B.1). */
final class Segments {
    private final byte[] bytes;
    private int at;
    private int end;

    Segments(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    int offset() {
        return at;
    }

    /** The code of the next marker, 0xC0 for FFC0; fill bytes FF in front of it are skipped. */
    int marker() {
        end = bytes.length;
        if (unsignedByte("a marker") != 0xFF) {
            throw new CodecException(at - 1L, "no marker");
        }
        int code = unsignedByte("a marker");
        while (code == 0xFF) {
            code = unsignedByte("a marker");
        }
        return code;
    }

    /** Begins a marker segment: reads its length, which nothing inside may pass. Returns the offset behind it. */
    int begin(String name) {
        int start = at;
        end = bytes.length;
        int length = unsignedShort(name);
        if (length < 2 || length > bytes.length - start) {
            throw new CodecException(
                    start, name + " claims " + length + " bytes where " + (bytes.length - start) + " are left");
        }
        end = start + length;
        return end;
    }

    boolean atEnd() {
        return at >= bytes.length;
    }

    void seek(int offset) {
        at = offset;
    }

    /** Checks that the stream ends with a marker, padding behind it aside; returns the offset of the marker. */
    int requireEnd(int code) {
        int last = bytes.length - 1;
        if (last > at && bytes[last] == 0) {
            last--;
        }
        if (last <= at || (bytes[last] & 0xFF) != code || bytes[last - 1] != (byte) 0xFF) {
            throw new CodecException(bytes.length, "the stream ends without its end marker");
        }
        return last - 1;
    }

    /** Bytes left in the segment. */
    int left() {
        return end - at;
    }

    /** Goes on behind the segment. */
    void finish() {
        at = end;
        end = bytes.length;
    }

    int unsignedByte(String field) {
        if (at >= end) {
            throw new CodecException(at, field + " is cut off");
        }
        return bytes[at++] & 0xFF;
    }

    int unsignedShort(String field) {
        return unsignedByte(field) << 8 | unsignedByte(field);
    }

    long unsignedInt(String field) {
        return (long) unsignedShort(field) << 16 | unsignedShort(field);
    }
}
