package org.myonode.crossvalidation.scoring;

import java.util.Arrays;

/** Distances in millimetres, each with the length of outline that it stands for. Not thread-safe. */
final class Distances {

    private double[] distance = new double[2048];
    private double[] length = new double[2048];
    private int size;

    void add(double distanceMm, double lengthMm) {
        if (size == distance.length) {
            distance = Arrays.copyOf(distance, 2 * size);
            length = Arrays.copyOf(length, 2 * size);
        }
        distance[size] = distanceMm;
        length[size++] = lengthMm;
    }

    double lengthMm() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += length[i];
        }
        return sum;
    }

    /** Sum of distance times length. */
    double sum() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += distance[i] * length[i];
        }
        return sum;
    }

    /** Sum of squared distance times length. */
    double sumOfSquares() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += distance[i] * distance[i] * length[i];
        }
        return sum;
    }

    /** Length of outline that lies within a distance. */
    double lengthWithin(double mm) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += distance[i] <= mm ? length[i] : 0;
        }
        return sum;
    }

    /** The least distance within which a share of the length lies; found by quickselect over lengths. */
    double quantile(double share) {
        double[] d = Arrays.copyOf(distance, size);
        double[] w = Arrays.copyOf(length, size);
        double total = lengthMm();
        // A hair less, so that the order of a sum does not decide which of two neighbours it is.
        double wanted = share * total * (1 - 1e-12);
        int from = 0;
        int to = size - 1;
        double below = 0;
        while (from < to) {
            double pivot = median(d[from], d[(from + to) >>> 1], d[to]);
            int less = from;
            int greater = to;
            int i = from;
            double lessLength = 0;
            double equalLength = 0;
            while (i <= greater) {
                if (d[i] < pivot) {
                    lessLength += w[i];
                    swap(d, w, less++, i++);
                } else if (d[i] > pivot) {
                    swap(d, w, i, greater--);
                } else {
                    equalLength += w[i++];
                }
            }
            if (below + lessLength >= wanted) {
                to = less - 1;
            } else if (below + lessLength + equalLength >= wanted) {
                return pivot;
            } else {
                below += lessLength + equalLength;
                from = greater + 1;
            }
        }
        return d[Math.min(from, size - 1)];
    }

    private static double median(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private static void swap(double[] d, double[] w, int i, int j) {
        double t = d[i];
        d[i] = d[j];
        d[j] = t;
        t = w[i];
        w[i] = w[j];
        w[j] = t;
    }
}
