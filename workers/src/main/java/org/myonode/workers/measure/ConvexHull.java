package org.myonode.workers.measure;

import java.util.ArrayList;
import java.util.List;

/** The convex hull of the pixels of a binary image, by Andrew's monotone chain (Information Processing Letters 1979). */
final class ConvexHull {
    private ConvexHull() {}

    /** The image with every pixel on whose centre lies in the hull of the centres of those that are on. */
    static boolean[] filled(int rows, int columns, boolean[] pixels) {
        boolean[] hull = new boolean[pixels.length];
        List<int[]> left = new ArrayList<>();
        List<int[]> right = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int first = 0;
            while (first < columns && !pixels[row * columns + first]) {
                first++;
            }
            if (first == columns) {
                continue;
            }
            int last = columns - 1;
            while (!pixels[row * columns + last]) {
                last--;
            }
            extend(left, row, first, 1);
            extend(right, row, last, -1);
        }
        if (left.isEmpty()) {
            return hull;
        }
        for (int row = left.get(0)[0]; row <= left.get(left.size() - 1)[0]; row++) {
            int from = (int) Math.ceil(at(left, row) - 1e-9);
            int to = (int) Math.floor(at(right, row) + 1e-9);
            for (int column = from; column <= to; column++) {
                hull[row * columns + column] = true;
            }
        }
        return hull;
    }

    /** Adds a point to a chain that bends one way only: to the left side for 1, to the right one for -1. */
    private static void extend(List<int[]> chain, int row, int column, int side) {
        while (chain.size() > 1) {
            int[] a = chain.get(chain.size() - 2);
            int[] b = chain.get(chain.size() - 1);
            long turn = (long) (b[1] - a[1]) * (row - a[0]) - (long) (column - a[1]) * (b[0] - a[0]);
            if (turn * side < 0) {
                break;
            }
            chain.remove(chain.size() - 1);
        }
        chain.add(new int[] {row, column});
    }

    private static double at(List<int[]> chain, int row) {
        for (int k = 1; k < chain.size(); k++) {
            int[] a = chain.get(k - 1);
            int[] b = chain.get(k);
            if (row <= b[0]) {
                return a[1] + (double) (b[1] - a[1]) * (row - a[0]) / (b[0] - a[0]);
            }
        }
        return chain.get(0)[1];
    }
}
