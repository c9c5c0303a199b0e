package org.myonode.crossvalidation.scoring;

import java.util.Arrays;

/**
 * Exact Euclidean distance of every pixel to the nearest marked one, for pixels that need not be square: the lower
 * envelope of parabolas, first along columns, then along rows (Felzenszwalb and Huttenlocher, Theory of Computing
 * 2012;8:415-428). Linear in the number of pixels.
 */
public final class DistanceTransform {

    private DistanceTransform() {}

    /**
     * Distances from each pixel's centre to that of the nearest marked pixel.
     *
     * @param marked {@code rows * columns}, row by row
     * @return distances in millimetres; infinite where nothing is marked
     */
    public static double[] millimetres(
            boolean[] marked, int rows, int columns, double rowSpacingMm, double columnSpacingMm) {
        double[] squared = new double[rows * columns];
        for (int i = 0; i < squared.length; i++) {
            squared[i] = marked[i] ? 0 : Double.POSITIVE_INFINITY;
        }
        double[] line = new double[Math.max(rows, columns)];
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                line[row] = squared[row * columns + column];
            }
            lowerEnvelope(line, rows, rowSpacingMm);
            for (int row = 0; row < rows; row++) {
                squared[row * columns + column] = line[row];
            }
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(squared, row * columns, line, 0, columns);
            lowerEnvelope(line, columns, columnSpacingMm);
            for (int column = 0; column < columns; column++) {
                squared[row * columns + column] = Math.sqrt(line[column]);
            }
        }
        return squared;
    }

    /** Replaces values by the least of {@code value(j) + (spacing * (i - j))^2} over all j. */
    private static void lowerEnvelope(double[] values, int length, double spacing) {
        double[] heights = Arrays.copyOf(values, length);
        int[] apex = new int[length];
        double[] border = new double[length + 1];
        int last = -1;
        for (int i = 0; i < length; i++) {
            if (heights[i] == Double.POSITIVE_INFINITY) {
                continue;
            }
            double crossing = Double.NEGATIVE_INFINITY;
            while (last >= 0) {
                crossing = crossing(heights, apex[last], i, spacing);
                if (crossing > border[last]) {
                    break;
                }
                last--;
                crossing = Double.NEGATIVE_INFINITY;
            }
            last++;
            apex[last] = i;
            border[last] = crossing;
            border[last + 1] = Double.POSITIVE_INFINITY;
        }
        if (last < 0) {
            return;
        }
        int current = 0;
        for (int i = 0; i < length; i++) {
            while (border[current + 1] < i) {
                current++;
            }
            double distance = spacing * (i - apex[current]);
            values[i] = heights[apex[current]] + distance * distance;
        }
    }

    /** Where the parabola over the right apex falls below that over the left one, as an index. */
    private static double crossing(double[] heights, int left, int right, double spacing) {
        double scale = spacing * spacing;
        return (heights[right] - heights[left] + scale * ((double) right * right - (double) left * left))
                / (2 * scale * (right - left));
    }
}
