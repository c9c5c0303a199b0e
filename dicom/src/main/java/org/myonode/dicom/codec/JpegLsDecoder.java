package org.myonode.dicom.codec;

import java.util.Arrays;

/**
 * JPEG-LS, lossless and near-lossless, for one component (ISO/IEC 14495-1, ITU-T T.87).
 *
 * <p>Each sample is predicted from its neighbours a (left), b (above), c (above left) and d (above right). Where the three
 * gradients between them are flat a whole run of samples is coded at once; elsewhere they choose one of 365 contexts,
 * each of which learns the bias of its prediction and the length of its Golomb code. Names are those of annex A. Not
 * supported, because no DICOM writer is known to produce them: restart intervals and mapping tables.
 */
final class JpegLsDecoder implements CompressedFrame {
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DRI = 0xDD;
    private static final int SOF_55 = 0xF7;
    private static final int LSE = 0xF8;

    private static final int CONTEXTS = 365;
    private static final int MINIMUM_C = -128;
    private static final int MAXIMUM_C = 127;

    /** A.2.1, initialization step 4: orders of the run-length codes. */
    private static final int[] J = {
        0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15
    };

    /** A code of one bit can stand for a run of 2^15 samples. */
    private static final int MOST_PER_BYTE = 8 << 15;

    private final Frame frame;
    private final int precision;
    private final JpegLsBits bits;
    private final int columns;
    private final Preset preset;
    private final int near;
    private final int maxval;
    private final int range;
    private final int qbpp;
    private final int limit;
    private final int reset;

    /** The quantized gradient (A.3.3) of each difference, from -MAXVAL to MAXVAL; made when decoding begins. */
    private byte[] quantized = {};

    /** The variables of the contexts (A.2.1); the last two are those of run interruption, without bias. */
    private final int[] a = new int[CONTEXTS + 2];

    private final int[] b = new int[CONTEXTS];
    private final int[] c = new int[CONTEXTS];
    private final int[] n = new int[CONTEXTS + 2];
    private final int[] negative = new int[2];
    private int runIndex;

    private JpegLsDecoder(Frame frame, int precision, JpegLsBits bits, int near, Preset preset) {
        this.frame = frame;
        this.precision = precision;
        this.bits = bits;
        this.columns = frame.columns();
        this.near = near;
        this.preset = preset;
        maxval = preset.maxval;
        range = (maxval + 2 * near) / (2 * near + 1) + 1;
        qbpp = bitsFor(range);
        int bpp = Math.max(2, bitsFor(maxval + 1));
        limit = 2 * (bpp + Math.max(8, bpp));
        reset = preset.reset;
        Arrays.fill(a, Math.max(2, (range + 32) / 64));
        Arrays.fill(n, 1);
    }

    static CompressedFrame open(byte[] stream, Frame frame) {
        Segments in = new Segments(stream);
        if (in.marker() != SOI) {
            throw new CodecException(0, "no start of image");
        }
        int precision = 0;
        Preset preset = new Preset();
        while (true) {
            int marker = in.marker();
            if (marker == EOI) {
                throw new CodecException(in.offset(), "the image ends before its scan");
            }
            long start = in.offset();
            in.begin("a marker segment");
            switch (marker) {
                case SOF_55 -> {
                    precision = in.unsignedByte("P");
                    int rows = in.unsignedShort("Y");
                    int columns = in.unsignedShort("X");
                    frame.require(start, rows, columns, in.unsignedByte("Nf"), precision);
                }
                case LSE -> preset.read(in, start);
                case DRI -> {
                    if (in.unsignedShort("Ri") != 0) {
                        throw new CodecException(start, "restart intervals are not supported in JPEG-LS");
                    }
                }
                case SOS -> {
                    if (precision == 0) {
                        throw new CodecException(start, "a scan without a frame header");
                    }
                    return scan(stream, in, frame, precision, preset);
                }
                default -> {
                    if (marker < 0xE0 && marker != 0xFE) {
                        throw new CodecException(
                                start, String.format("the marker FF%02X does not belong into JPEG-LS", marker));
                    }
                }
            }
            in.finish();
        }
    }

    /** C.2.3: the header of the scan, behind which are its bits. */
    private static CompressedFrame scan(byte[] stream, Segments in, Frame frame, int precision, Preset preset) {
        long start = in.offset();
        if (in.unsignedByte("Ns") != 1) {
            throw new CodecException(start, "a scan of several components");
        }
        in.unsignedByte("Cs1");
        if (in.unsignedByte("Tm1") != 0) {
            throw new CodecException(start, "mapping tables are not supported");
        }
        int near = in.unsignedByte("NEAR");
        in.unsignedByte("ILV");
        if (in.unsignedByte("Al, Ah") != 0) {
            throw new CodecException(start, "a point transform is not supported in JPEG-LS");
        }
        in.finish();
        preset.complete(start, precision, near);
        frame.requireBytes(stream.length, MOST_PER_BYTE);
        return new JpegLsDecoder(frame, precision, new JpegLsBits(stream, in.offset()), near, preset);
    }

    /** Preset coding parameters (C.2.4.1); those that are 0 have the default values of C.2.4.1.1. */
    private static final class Preset {
        private int maxval;
        private int t1;
        private int t2;
        private int t3;
        private int reset;

        void read(Segments in, long start) {
            int id = in.unsignedByte("ID");
            if (id != 1) {
                throw new CodecException(start, "preset parameters of type " + id + " are not supported");
            }
            maxval = in.unsignedShort("MAXVAL");
            t1 = in.unsignedShort("T1");
            t2 = in.unsignedShort("T2");
            t3 = in.unsignedShort("T3");
            reset = in.unsignedShort("RESET");
        }

        void complete(long offset, int precision, int near) {
            int highest = (1 << precision) - 1;
            maxval = maxval == 0 ? highest : maxval;
            if (maxval > highest || near > Math.min(255, maxval / 2)) {
                throw new CodecException(
                        offset, "MAXVAL " + maxval + " and NEAR " + near + " do not fit " + precision + " bits");
            }
            if (maxval >= 128) {
                int factor = (Math.min(maxval, 4095) + 128) / 256;
                t1 = t1 == 0 ? clamp(factor * (3 - 2) + 2 + 3 * near, near + 1) : t1;
                t2 = t2 == 0 ? clamp(factor * (7 - 3) + 3 + 5 * near, t1) : t2;
                t3 = t3 == 0 ? clamp(factor * (21 - 4) + 4 + 7 * near, t2) : t3;
            } else {
                int factor = 256 / (maxval + 1);
                t1 = t1 == 0 ? clamp(Math.max(2, 3 / factor + 3 * near), near + 1) : t1;
                t2 = t2 == 0 ? clamp(Math.max(3, 7 / factor + 5 * near), t1) : t2;
                t3 = t3 == 0 ? clamp(Math.max(4, 21 / factor + 7 * near), t2) : t3;
            }
            reset = reset == 0 ? 64 : reset;
            if (t1 < near + 1 || t2 < t1 || t3 < t2 || t3 > maxval || reset < 3 || reset > Math.max(255, maxval)) {
                throw new CodecException(
                        offset, "the preset parameters " + t1 + " " + t2 + " " + t3 + " " + reset + " are not allowed");
            }
        }

        private int clamp(int value, int low) {
            return value > maxval || value < low ? low : value;
        }
    }

    private int quantize(int difference) {
        int size = Math.abs(difference);
        int level;
        if (size <= near) {
            level = 0;
        } else if (size < preset.t1) {
            level = 1;
        } else if (size < preset.t2) {
            level = 2;
        } else if (size < preset.t3) {
            level = 3;
        } else {
            level = 4;
        }
        return difference < 0 ? -level : level;
    }

    private static int bitsFor(int values) {
        return 32 - Integer.numberOfLeadingZeros(values - 1);
    }

    @Override
    public int precision() {
        return precision;
    }

    @Override
    public void decode(short[] target, int at) {
        quantized = new byte[2 * maxval + 1];
        for (int difference = -maxval; difference <= maxval; difference++) {
            quantized[difference + maxval] = (byte) quantize(difference);
        }
        // One sample more on either side: index 1 is the first column (A.2.1 figure A.1 for what lies outside).
        int[] above = new int[columns + 2];
        int[] line = new int[columns + 2];
        for (int row = 0; row < frame.rows(); row++) {
            above[columns + 1] = above[columns];
            line[0] = above[1];
            line(line, above);
            int to = at + row * columns;
            for (int column = 0; column < columns; column++) {
                target[to + column] = (short) line[column + 1];
            }
            int[] swapped = above;
            above = line;
            line = swapped;
        }
        bits.end();
    }

    private void line(int[] line, int[] above) {
        int x = 1;
        while (x <= columns) {
            int ra = line[x - 1];
            int rb = above[x];
            int rc = above[x - 1];
            int q1 = quantized[above[x + 1] - rb + maxval];
            int q2 = quantized[rb - rc + maxval];
            int q3 = quantized[rc - ra + maxval];
            int context = 81 * q1 + 9 * q2 + q3;
            if (context != 0) {
                line[x++] = regular(context, ra, rb, rc);
                continue;
            }
            x = run(line, x, ra);
            if (x <= columns) {
                line[x] = interruption(ra, above[x]);
                runIndex = Math.max(0, runIndex - 1);
                x++;
            }
        }
    }

    /** A.4 to A.6 for one sample. */
    private int regular(int signedContext, int ra, int rb, int rc) {
        // A.3.4: contexts of opposite sign share their variables.
        boolean flipped = signedContext < 0;
        int q = flipped ? -signedContext : signedContext;

        int px;
        int larger = Math.max(ra, rb);
        int smaller = Math.min(ra, rb);
        if (rc >= larger) {
            px = smaller;
        } else if (rc <= smaller) {
            px = larger;
        } else {
            px = ra + rb - rc;
        }
        px = Math.max(0, Math.min(maxval, flipped ? px - c[q] : px + c[q]));

        int k = golombOrder(n[q], a[q]);
        int mapped = bits.golomb(k, limit, qbpp);
        int error;
        if (near == 0 && k == 0 && 2 * b[q] <= -n[q]) {
            error = (mapped & 1) == 1 ? mapped >> 1 : -(mapped >> 1) - 1;
        } else {
            error = (mapped & 1) == 0 ? mapped >> 1 : -(mapped >> 1) - 1;
        }
        learn(q, error);
        return reconstructed(px, flipped ? -error : error);
    }

    /** A.6: the context learns from the error. */
    private void learn(int q, int error) {
        b[q] += error * (2 * near + 1);
        a[q] += Math.abs(error);
        if (n[q] == reset) {
            a[q] >>= 1;
            b[q] >>= 1;
            n[q] >>= 1;
        }
        n[q]++;
        if (b[q] <= -n[q]) {
            b[q] = Math.max(b[q] + n[q], 1 - n[q]);
            c[q] = Math.max(MINIMUM_C, c[q] - 1);
        } else if (b[q] > 0) {
            b[q] = Math.min(b[q] - n[q], 0);
            c[q] = Math.min(MAXIMUM_C, c[q] + 1);
        }
    }

    /** A.7.1: fills a run from x on with the value to its left; returns where it ended, behind the line or inside. */
    private int run(int[] line, int start, int ra) {
        int x = start;
        while (bits.bit() == 1) {
            int length = 1 << J[runIndex];
            int filled = Math.min(length, columns + 1 - x);
            Arrays.fill(line, x, x + filled, ra);
            x += filled;
            if (filled == length) {
                runIndex = Math.min(31, runIndex + 1);
            }
            if (x > columns) {
                return x;
            }
        }
        int length = bits.bits(J[runIndex]);
        if (length > columns - x) {
            throw new CodecException(bits.offset(), "a run of " + length + " samples leaves its line");
        }
        Arrays.fill(line, x, x + length, ra);
        return x + length;
    }

    /** A.7.2: the sample that ended a run. */
    private int interruption(int ra, int rb) {
        int type = Math.abs(ra - rb) <= near ? 1 : 0;
        int q = CONTEXTS + type;
        int k = golombOrder(n[q], type == 0 ? a[q] : a[q] + (n[q] >> 1));
        int mapped = bits.golomb(k, limit - J[runIndex] - 1, qbpp);
        int map = (mapped + type) & 1;
        int size = (mapped + type + map) >> 1;
        boolean below = (k != 0 || 2 * negative[type] >= n[q]) == (map == 1);
        int error = below ? -size : size;
        if (error < 0) {
            negative[type]++;
        }
        a[q] += (mapped + 1 - type) >> 1;
        if (n[q] == reset) {
            a[q] >>= 1;
            n[q] >>= 1;
            negative[type] >>= 1;
        }
        n[q]++;
        return type == 1 ? reconstructed(ra, error) : reconstructed(rb, ra > rb ? -error : error);
    }

    /** The order k of the Golomb code (A.5.1): the smallest with N * 2^k at least A. */
    private static int golombOrder(int count, int sum) {
        int k = 0;
        while (k < 24 && count << k < sum) {
            k++;
        }
        return k;
    }

    /** A.4.4 and A.4.5 backwards: the error is a remainder, the sample lies between 0 and MAXVAL. */
    private int reconstructed(int px, int error) {
        int step = 2 * near + 1;
        int value = px + error * step;
        if (value < -near) {
            value += range * step;
        } else if (value > maxval + near) {
            value -= range * step;
        }
        return Math.max(0, Math.min(maxval, value));
    }
}
