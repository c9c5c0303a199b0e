package org.myonode.dicom.codec;

/** The bits of an entropy-coded JPEG segment: a byte 00 behind FF is stuffing (ISO/IEC 10918-1 F.2.2.5). */
final class JpegBits {
    private static final int RST_0 = 0xD0;

    private final byte[] bytes;
    private int at;
    private long window;
    private int available;
    private int restarts;

    JpegBits(byte[] bytes, int start) {
        this.bytes = bytes;
        this.at = start;
    }

    int offset() {
        return at;
    }

    /** The next bits as a number, at most 16. */
    int bits(int count) {
        if (available < count) {
            fill();
            if (available < count) {
                throw cutOff();
            }
        }
        available -= count;
        return (int) (window >>> available) & (1 << count) - 1;
    }

    /** The next bits without consuming them, zeros where the segment has ended. */
    int peek(int count) {
        if (available < count) {
            fill();
        }
        long bits = available >= count ? window >>> available - count : window << count - available;
        return (int) bits & (1 << count) - 1;
    }

    void consume(int count) {
        if (count > available) {
            throw cutOff();
        }
        available -= count;
    }

    /** F.2.2.1, RECEIVE and EXTEND: a difference of a category, that is a number of so many bits with its sign. */
    int difference(int category) {
        if (category == 0) {
            return 0;
        }
        int value = bits(category);
        return value < 1 << category - 1 ? value - (1 << category) + 1 : value;
    }

    /** E.2.4: leaves what is left of the byte and passes the restart marker whose turn it is. */
    void restart() {
        available = 0;
        window = 0;
        int code = at + 1 < bytes.length && bytes[at] == (byte) 0xFF ? bytes[at + 1] & 0xFF : 0;
        if (code != RST_0 + restarts) {
            throw new CodecException(at, "no restart marker " + restarts);
        }
        restarts = restarts + 1 & 7;
        at += 2;
    }

    /**
     * Checks that the segment ends here, at a marker. Padding behind a stream that was cut off may decode as the rest of
     * the frame; a marker is what it lacks.
     */
    void end() {
        fill();
        // Less than a byte of padding, and at most one more behind a last byte FF.
        if (available >= 16 || at + 1 >= bytes.length || bytes[at] != (byte) 0xFF || bytes[at + 1] == 0) {
            throw new CodecException(at, "the scan does not end where the frame does");
        }
    }

    private CodecException cutOff() {
        return new CodecException(at, "the scan ends before the frame is complete");
    }

    private void fill() {
        while (available <= 48 && at < bytes.length) {
            int next = bytes[at] & 0xFF;
            if (next == 0xFF) {
                if (at + 1 >= bytes.length || bytes[at + 1] != 0) {
                    return;
                }
                at++;
            }
            at++;
            window = window << 8 | next;
            available += 8;
        }
    }
}
