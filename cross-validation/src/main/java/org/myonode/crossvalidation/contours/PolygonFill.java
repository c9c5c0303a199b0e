package org.myonode.crossvalidation.contours;

import java.util.Arrays;
import java.util.List;
import org.myonode.workers.volume.Mask;

/**
 * The one rule that makes a mask of contours: a pixel is inside when its centre is inside by the even-odd rule, over all
 * polygons together, so that a contour within another one cuts a hole (PS3.3 C.8.8.6.3 for RT contours). A centre that
 * lies exactly on an edge counts for the upper and the left edge only: contours that share an edge never share a pixel.
 */
public final class PolygonFill {

    private static final int LINES = 64;

    private PolygonFill() {}

    /**
     * Fills polygons.
     *
     * @param polygons corners as column, row; pixel centres at whole numbers; closed by themselves
     */
    public static Mask evenOdd(List<double[][]> polygons, int rows, int columns) {
        boolean[] inside = new boolean[rows * columns];
        int corners = polygons.stream().mapToInt(polygon -> polygon.length).sum();
        double[] crossings = new double[corners];
        for (int y = 0; y < rows; y++) {
            int count = crossings(polygons, y, crossings);
            for (int i = 0; i + 1 < count; i += 2) {
                int from = (int) Math.max(0, Math.ceil(crossings[i]));
                int to = (int) Math.min(columns - 1, Math.ceil(crossings[i + 1]) - 1);
                if (from <= to) {
                    Arrays.fill(inside, y * columns + from, y * columns + to + 1, true);
                }
            }
        }
        return new Mask(rows, columns, inside);
    }

    /**
     * The area that the even-odd rule encloses over all polygons together, in square pixels, without a grid: the width
     * between crossings, integrated over fine lines of 1/64 pixel.
     */
    public static double evenOddArea(List<double[][]> polygons) {
        double top = Double.POSITIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        int corners = 0;
        for (double[][] polygon : polygons) {
            corners += polygon.length;
            for (double[] corner : polygon) {
                top = Math.min(top, corner[1]);
                bottom = Math.max(bottom, corner[1]);
            }
        }
        double[] crossings = new double[corners];
        double area = 0;
        for (double y = Math.floor(top * LINES) / LINES + 0.5 / LINES; y < bottom; y += 1.0 / LINES) {
            int count = crossings(polygons, y, crossings);
            for (int i = 0; i + 1 < count; i += 2) {
                area += (crossings[i + 1] - crossings[i]) / LINES;
            }
        }
        return area;
    }

    private static int crossings(List<double[][]> polygons, double y, double[] crossings) {
        int count = 0;
        for (double[][] polygon : polygons) {
            for (int i = 0; i < polygon.length; i++) {
                double[] a = polygon[i];
                double[] b = polygon[i + 1 == polygon.length ? 0 : i + 1];
                if ((a[1] <= y) != (b[1] <= y)) {
                    crossings[count++] = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
                }
            }
        }
        Arrays.sort(crossings, 0, count);
        return count;
    }
}
