package org.myonode.dicom.codec;

/** The bits of a JPEG-LS scan: after a byte FF the next byte holds seven bits only (ISO/IEC 14495-1 9.1). */
final class JpegLsBits {
    private final byte[] bytes;
    private int at;
    private long window;
    private int available;
    private boolean afterMarkerByte;

    JpegLsBits(byte[] bytes, int start) {
        this.bytes = bytes;
        this.at = start;
    }

    int offset() {
        return at;
    }

    int bit() {
        if (available == 0) {
            fill(1);
        }
        available--;
        return (int) (window >>> available) & 1;
    }

    /** The next bits as a number; at most 24. */
    int bits(int count) {
        if (available < count) {
            fill(count);
        }
        available -= count;
        return (int) (window >>> available) & (1 << count) - 1;
    }

    /** A limited-length Golomb code of order k (A.5.3). */
    int golomb(int k, int limit, int qbpp) {
        int zeros = 0;
        int longest = limit - qbpp - 1;
        while (true) {
            if (available == 0) {
                fill(1);
            }
            // The window holds at most 56 bits, so that these shifts stay within it.
            int leading = Long.numberOfLeadingZeros(window << 64 - available);
            if (leading < available) {
                zeros += leading;
                available -= leading + 1;
                break;
            }
            zeros += available;
            available = 0;
            if (zeros > longest) {
                break;
            }
        }
        if (zeros > longest) {
            throw new CodecException(at, "a code of " + zeros + " zeros where " + longest + " are the most");
        }
        if (zeros == longest) {
            return bits(qbpp) + 1;
        }
        int high = zeros << k;
        return k == 0 ? high : high | bits(k);
    }

    /**
     * Checks that the segment ends here, at a marker. Padding behind a stream that was cut off may decode as the rest of
     * the frame; a marker is what it lacks.
     */
    void end() {
        fill(0);
        // Less than a byte of padding, and at most one more behind a last byte FF.
        if (available >= 16 || at + 1 >= bytes.length || bytes[at] != (byte) 0xFF || bytes[at + 1] >= 0) {
            throw new CodecException(at, "the scan does not end where the frame does");
        }
    }

    private void fill(int needed) {
        while (available <= 48 && at < bytes.length) {
            int next = bytes[at] & 0xFF;
            if (next == 0xFF && at + 1 < bytes.length && bytes[at + 1] < 0) {
                break; // a marker
            }
            int width = afterMarkerByte ? 7 : 8;
            window = window << width | next;
            available += width;
            afterMarkerByte = next == 0xFF;
            at++;
        }
        if (available < needed) {
            throw new CodecException(at, "the scan ends before the frame is complete");
        }
    }
}
