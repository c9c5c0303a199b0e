package org.myonode.workers.verify;

import java.util.List;

/**
 * Polygons filled at pixel centres by the three rules that viewers and planning systems use. Coordinates count pixels: the
 * centre of the pixel at row 2 and column 3 is {@code (3, 2)}.
 *
 * @param evenOdd inside an odd number of times of any one polygon
 * @param nonZero inside by the winding number of all polygons together
 * @param exclusiveOr inside an odd number of polygons by the even-odd rule
 */
record PolygonFill(boolean[] evenOdd, boolean[] nonZero, boolean[] exclusiveOr) {

    /** @param polygons {@code x0, y0, x1, y1 ...} each, closed from the last point to the first */
    static PolygonFill of(List<double[]> polygons, int rows, int columns) {
        boolean[] evenOdd = new boolean[rows * columns];
        boolean[] exclusiveOr = new boolean[rows * columns];
        int[] winding = new int[rows * columns];
        for (double[] polygon : polygons) {
            int[] crossed = new int[rows * columns];
            int[] turned = new int[rows * columns];
            for (int i = 0; i < polygon.length; i += 2) {
                int next = (i + 2) % polygon.length;
                step(polygon[i], polygon[i + 1], polygon[next], polygon[next + 1], rows, columns, crossed, turned);
            }
            for (int row = 0; row < rows; row++) {
                int crossings = 0;
                int turns = 0;
                for (int pixel = row * columns; pixel < (row + 1) * columns; pixel++) {
                    crossings += crossed[pixel];
                    turns += turned[pixel];
                    boolean odd = crossings % 2 != 0;
                    evenOdd[pixel] |= odd;
                    exclusiveOr[pixel] ^= odd;
                    winding[pixel] += turns;
                }
            }
        }
        boolean[] nonZero = new boolean[rows * columns];
        for (int i = 0; i < nonZero.length; i++) {
            nonZero[i] = winding[i] != 0;
        }
        return new PolygonFill(evenOdd, nonZero, exclusiveOr);
    }

    /** Notes an edge at the first pixel right of it in each row whose centre line it crosses. */
    private static void step(
            double x0, double y0, double x1, double y1, int rows, int columns, int[] crossed, int[] turned) {
        int first = Math.max(0, (int) Math.ceil(Math.min(y0, y1)));
        int end = Math.min(rows, (int) Math.ceil(Math.max(y0, y1)));
        for (int row = first; row < end; row++) {
            int column = Math.max(0, (int) Math.ceil(x0 + (row - y0) * (x1 - x0) / (y1 - y0)));
            if (column < columns) {
                crossed[row * columns + column]++;
                turned[row * columns + column] += y1 > y0 ? 1 : -1;
            }
        }
    }

    /** How much two masks overlap, 0 to 1. */
    static double dice(boolean[] a, boolean[] b) {
        int both = 0;
        int sum = 0;
        for (int i = 0; i < a.length; i++) {
            both += a[i] && b[i] ? 1 : 0;
            sum += (a[i] ? 1 : 0) + (b[i] ? 1 : 0);
        }
        return sum == 0 ? 1 : 2.0 * both / sum;
    }
}
