package org.myonode.dicom.codec;

import java.util.Arrays;

/**
 * Sequential DCT (ISO/IEC 10918-1 annex F) of one component. The inverse transform is computed in double precision, so
 * that each sample is the correctly rounded one; fast integer decoders differ from it by one at times.
 */
final class DctScan implements CompressedFrame {
    /** Figure A.6: the place of each coefficient, in the order of the stream. */
    private static final int[] ZIGZAG = {
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
        61, 54, 47, 55, 62, 63
    };

    /** {@code COSINE[x * 8 + u]}: the share of frequency u in sample x (A.3.3). */
    private static final double[] COSINE = new double[64];

    static {
        for (int x = 0; x < 8; x++) {
            for (int u = 0; u < 8; u++) {
                double scale = u == 0 ? Math.sqrt(0.125) : 0.5;
                COSINE[x * 8 + u] = scale * Math.cos((2 * x + 1) * u * Math.PI / 16);
            }
        }
    }

    private final Frame frame;
    private final JpegBits bits;
    private final HuffmanTable dc;
    private final HuffmanTable ac;
    private final int[] quantizers;
    private final int precision;
    private final int restartInterval;
    private final int[] coefficients = new int[64];
    private final double[] half = new double[64];
    private int previous;

    DctScan(
            Frame frame,
            JpegBits bits,
            HuffmanTable dc,
            HuffmanTable ac,
            int[] quantizers,
            int precision,
            int restartInterval) {
        this.frame = frame;
        this.bits = bits;
        this.dc = dc;
        this.ac = ac;
        this.quantizers = quantizers;
        this.precision = precision;
        this.restartInterval = restartInterval;
    }

    @Override
    public int precision() {
        return precision;
    }

    @Override
    public void decode(short[] target, int at) {
        int across = (frame.columns() + 7) / 8;
        int down = (frame.rows() + 7) / 8;
        for (int block = 0; block < across * down; block++) {
            if (restartInterval > 0 && block > 0 && block % restartInterval == 0) {
                bits.restart();
                previous = 0;
            }
            int highest = coefficients();
            samples(highest, block / across * 8, block % across * 8, target, at);
        }
        bits.end();
    }

    /** F.2.2: the coefficients of a block, multiplied by their quantizers; returns the last row that is not all zero. */
    private int coefficients() {
        Arrays.fill(coefficients, 0);
        int category = dc.decode(bits);
        if (category > 15) {
            throw new CodecException(bits.offset(), "a DC difference of " + category + " bits");
        }
        // A damaged stream may add up to anything; 16 bits are more than any sample of 12 bits needs.
        previous = (short) (previous + bits.difference(category));
        coefficients[0] = previous * quantizers[0];
        int highest = 0;
        for (int k = 1; k < 64; k++) {
            int runAndCategory = ac.decode(bits);
            category = runAndCategory & 0xF;
            if (category == 0) {
                if (runAndCategory != 0xF0) {
                    break;
                }
                k += 15;
                continue;
            }
            k += runAndCategory >> 4;
            if (k > 63) {
                throw new CodecException(bits.offset(), "a coefficient behind the last one");
            }
            coefficients[ZIGZAG[k]] = bits.difference(category) * quantizers[k];
            highest = Math.max(highest, ZIGZAG[k] >> 3);
        }
        return highest;
    }

    private void samples(int highest, int row, int column, short[] target, int at) {
        for (int v = 0; v <= highest; v++) {
            for (int x = 0; x < 8; x++) {
                double sum = 0;
                for (int u = 0; u < 8; u++) {
                    sum += COSINE[x * 8 + u] * coefficients[v * 8 + u];
                }
                half[v * 8 + x] = sum;
            }
        }
        int middle = 1 << precision - 1;
        int most = (1 << precision) - 1;
        int rows = Math.min(8, frame.rows() - row);
        int columns = Math.min(8, frame.columns() - column);
        for (int y = 0; y < rows; y++) {
            int to = at + (row + y) * frame.columns() + column;
            for (int x = 0; x < columns; x++) {
                double sum = 0;
                for (int v = 0; v <= highest; v++) {
                    sum += COSINE[y * 8 + v] * half[v * 8 + x];
                }
                target[to + x] = (short) Math.max(0, Math.min(most, (int) Math.floor(sum + 0.5) + middle));
            }
        }
    }
}
