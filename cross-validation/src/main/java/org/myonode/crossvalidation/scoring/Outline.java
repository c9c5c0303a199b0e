package org.myonode.crossvalidation.scoring;

import java.util.Arrays;
import org.myonode.workers.volume.Mask;

/**
 * The outline of a mask at sub-pixel precision, and distances to it.
 *
 * <p><b>Where it runs.</b> Halfway between pixel centres that are inside and their neighbours that are not: the
 * marching-squares contour of the mask. Between four pixel centres, a cell, there are at most two straight segments.
 * Where two pixels inside meet at a corner only, they are taken as apart. What lies outside the picture is outside the
 * mask, so every outline is closed.
 *
 * <p><b>Distance.</b> From a point to the nearest point of any segment: exact, not rounded to the grid. Cells with
 * segments are bits in words of 64; a search goes through the rows of cells outwards from the point and stops where
 * nothing nearer can lie. Neighbouring points have neighbouring answers, so the answer to the last point bounds the
 * search for the next one.
 *
 * <p>Not thread-safe.
 */
final class Outline {

    // Bits of a cell's code: the four pixel centres at its corners.
    private static final int UPPER_LEFT = 8;
    private static final int UPPER_RIGHT = 4;
    private static final int LOWER_LEFT = 2;
    private static final int LOWER_RIGHT = 1;

    // Ends of the segments of each code in cell units, four numbers a segment: x and y of both ends.
    private static final double[] TOP = {0.5, 0};
    private static final double[] BOTTOM = {0.5, 1};
    private static final double[] LEFT = {0, 0.5};
    private static final double[] RIGHT = {1, 0.5};
    private static final double[][] SEGMENTS = new double[16][];

    static {
        Arrays.fill(SEGMENTS, new double[0]);
        SEGMENTS[UPPER_LEFT] = segment(TOP, LEFT);
        SEGMENTS[UPPER_RIGHT] = segment(TOP, RIGHT);
        SEGMENTS[LOWER_LEFT] = segment(BOTTOM, LEFT);
        SEGMENTS[LOWER_RIGHT] = segment(BOTTOM, RIGHT);
        SEGMENTS[UPPER_LEFT | UPPER_RIGHT] = segment(LEFT, RIGHT);
        SEGMENTS[LOWER_LEFT | LOWER_RIGHT] = segment(LEFT, RIGHT);
        SEGMENTS[UPPER_LEFT | LOWER_LEFT] = segment(TOP, BOTTOM);
        SEGMENTS[UPPER_RIGHT | LOWER_RIGHT] = segment(TOP, BOTTOM);
        SEGMENTS[UPPER_LEFT | LOWER_RIGHT] = two(segment(TOP, LEFT), segment(BOTTOM, RIGHT));
        SEGMENTS[UPPER_RIGHT | LOWER_LEFT] = two(segment(TOP, RIGHT), segment(BOTTOM, LEFT));
        for (int code : new int[] {UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT}) {
            SEGMENTS[15 - code] = SEGMENTS[code];
        }
    }

    private static double[] segment(double[] from, double[] to) {
        return new double[] {from[0], from[1], to[0], to[1]};
    }

    private static double[] two(double[] one, double[] other) {
        double[] both = Arrays.copyOf(one, 8);
        System.arraycopy(other, 0, both, 4, 4);
        return both;
    }

    /** The mask with a margin of one pixel, one bit a pixel, {@link #words} words a row. */
    private final long[] mask;

    /** Cells with segments; cell (r, c) lies right of and below pixel (r, c) of the mask with its margin. */
    private final long[] cells;

    private final int words;
    private final int cellRows;
    private final int pixels;
    private final double rowMm;
    private final double columnMm;
    private final double[][] segmentsMm = new double[16][];
    private final double[] lengthMm = new double[16];

    // The last answer: its cell, and the least squared distance found.
    private int nearestRow = -1;
    private int nearestColumn = -1;
    private double best;

    Outline(Mask source, double rowMm, double columnMm) {
        this.rowMm = rowMm;
        this.columnMm = columnMm;
        this.words = (source.columns() + 2 + 63) / 64;
        this.cellRows = source.rows() + 1;
        this.mask = new long[(source.rows() + 2) * words];
        this.pixels = pack(source);
        this.cells = new long[cellRows * words];
        markCells();
        for (int code = 0; code < 16; code++) {
            double[] scaled = SEGMENTS[code].clone();
            for (int i = 0; i < scaled.length; i += 2) {
                scaled[i] *= columnMm;
                scaled[i + 1] *= rowMm;
            }
            segmentsMm[code] = scaled;
            lengthMm[code] =
                    scaled.length == 0 ? 0 : Math.sqrt(square(scaled[2] - scaled[0]) + square(scaled[3] - scaled[1]));
        }
    }

    private int pack(Mask source) {
        boolean[] from = source.pixels();
        int columns = source.columns();
        int count = 0;
        for (int row = 0; row < source.rows(); row++) {
            int start = row * columns;
            int word = (row + 1) * words;
            long bits = 0;
            int at = 1;
            for (int i = start; i < start + columns; i++) {
                bits |= from[i] ? 1L << at : 0;
                if (++at == 64) {
                    mask[word++] = bits;
                    count += Long.bitCount(bits);
                    bits = 0;
                    at = 0;
                }
            }
            if (at > 0) {
                mask[word] = bits;
                count += Long.bitCount(bits);
            }
        }
        return count;
    }

    private void markCells() {
        for (int row = 0; row < cellRows; row++) {
            for (int w = 0; w < words; w++) {
                int upper = row * words + w;
                int lower = upper + words;
                long u0 = mask[upper];
                long l0 = mask[lower];
                boolean more = w + 1 < words;
                long u1 = (u0 >>> 1) | (more ? mask[upper + 1] << 63 : 0);
                long l1 = (l0 >>> 1) | (more ? mask[lower + 1] << 63 : 0);
                cells[upper] = (u0 | u1 | l0 | l1) & ~(u0 & u1 & l0 & l1);
            }
        }
    }

    /** Pixels in the mask. */
    int pixels() {
        return pixels;
    }

    /** Pixels that both masks have, which are of one shape. */
    static int common(Outline one, Outline other) {
        int count = 0;
        for (int i = 0; i < one.mask.length; i++) {
            count += Long.bitCount(one.mask[i] & other.mask[i]);
        }
        return count;
    }

    /** Distances of the segments of this outline from another one. */
    Distances to(Outline other) {
        Distances distances = new Distances();
        other.nearestRow = -1;
        for (int row = 0; row < cellRows; row++) {
            for (int w = 0; w < words; w++) {
                long bits = cells[row * words + w];
                while (bits != 0) {
                    int column = w * 64 + Long.numberOfTrailingZeros(bits);
                    bits &= bits - 1;
                    int code = code(row, column);
                    double[] segments = segmentsMm[code];
                    for (int s = 0; s < segments.length; s += 4) {
                        double x = column * columnMm + (segments[s] + segments[s + 2]) / 2;
                        double y = row * rowMm + (segments[s + 1] + segments[s + 3]) / 2;
                        distances.add(other.distance(x, y, row, column), lengthMm[code]);
                    }
                }
            }
        }
        return distances;
    }

    private int code(int row, int column) {
        int upper = row * words;
        int lower = upper + words;
        return (bit(upper, column) << 3)
                | (bit(upper, column + 1) << 2)
                | (bit(lower, column) << 1)
                | bit(lower, column + 1);
    }

    private int bit(int rowStart, int column) {
        return (int) (mask[rowStart + (column >> 6)] >>> (column & 63)) & 1;
    }

    /** From a point that lies in a cell, in millimetres, to the nearest point of this outline, which is not empty. */
    private double distance(double x, double y, int row, int column) {
        best = Double.POSITIVE_INFINITY;
        if (nearestRow >= 0) {
            look(x, y, nearestRow, nearestColumn);
        }
        for (int step = 0; ; step++) {
            boolean nearer = false;
            int above = row - step;
            if (above >= 0) {
                double gap = step == 0 ? 0 : y - (above + 1) * rowMm;
                if (gap * gap < best) {
                    nearer = true;
                    searchRow(x, y, above, column, gap * gap);
                }
            }
            int below = row + step;
            if (step > 0 && below < cellRows) {
                double gap = below * rowMm - y;
                if (gap * gap < best) {
                    nearer = true;
                    searchRow(x, y, below, column, gap * gap);
                }
            }
            if (!nearer) {
                // What rounding leaves of nothing is nothing.
                return best < 1e-18 ? 0 : Math.sqrt(best);
            }
        }
    }

    private void searchRow(double x, double y, int row, int column, double squaredGap) {
        int start = row * words;
        // To the right, the cell of the point included.
        int w = column >> 6;
        long bits = cells[start + w] & (-1L << (column & 63));
        search:
        while (true) {
            while (bits != 0) {
                int found = w * 64 + Long.numberOfTrailingZeros(bits);
                bits &= bits - 1;
                double gap = found <= column ? 0 : found * columnMm - x;
                if (squaredGap + gap * gap >= best) {
                    break search;
                }
                look(x, y, row, found);
            }
            if (++w == words || squaredGap + square(Math.max(0, w * 64 * columnMm - x)) >= best) {
                break;
            }
            bits = cells[start + w];
        }
        // To the left.
        w = column >> 6;
        bits = cells[start + w] & ((1L << (column & 63)) - 1);
        while (true) {
            while (bits != 0) {
                int found = w * 64 + 63 - Long.numberOfLeadingZeros(bits);
                bits ^= 1L << (found & 63);
                if (squaredGap + square(x - (found + 1) * columnMm) >= best) {
                    return;
                }
                look(x, y, row, found);
            }
            if (--w < 0 || squaredGap + square(x - (w + 1) * 64 * columnMm) >= best) {
                return;
            }
            bits = cells[start + w];
        }
    }

    private void look(double x, double y, int row, int column) {
        double[] segments = segmentsMm[code(row, column)];
        double px = x - column * columnMm;
        double py = y - row * rowMm;
        for (int s = 0; s < segments.length; s += 4) {
            double ax = segments[s];
            double ay = segments[s + 1];
            double dx = segments[s + 2] - ax;
            double dy = segments[s + 3] - ay;
            double along = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy);
            double t = Math.max(0, Math.min(1, along));
            double squared = square(px - ax - t * dx) + square(py - ay - t * dy);
            if (squared < best) {
                best = squared;
                nearestRow = row;
                nearestColumn = column;
            }
        }
    }

    private static double square(double value) {
        return value * value;
    }
}
