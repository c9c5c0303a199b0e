package org.myonode.crossvalidation.agreement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.myonode.workers.volume.Mask;

/**
 * One mask out of several observers' masks of a slice.
 *
 * <p><b>Majority</b>: more than half of the observers. With an even number a tie is outside: nobody's doubt becomes
 * muscle.
 *
 * <p><b>STAPLE</b> (Warfield, Zou and Wells, IEEE Trans Med Imaging 2004;23:903-921): expectation maximisation of the
 * true mask and each observer's sensitivity and specificity, without spatial coupling. Pixels that all observers leave
 * out or take in tell nothing about their differences but would drive every specificity to 1; as usual the estimate is
 * made on the pixels within the box of the union, and the prior is the observers' mean share of muscle there.
 */
public final class Consensus {

    private static final int MAX_ITERATIONS = 200;
    private static final double CONVERGED = 1e-9;
    private static final double START = 0.99999;

    private Consensus() {}

    /**
     * What STAPLE found.
     *
     * @param mask pixels whose probability is above one half
     * @param sensitivities of each observer, in order
     * @param specificities of each observer, in order
     */
    public record Staple(Mask mask, List<Double> sensitivities, List<Double> specificities) {
        /** Keeps its own copies. */
        public Staple {
            sensitivities = List.copyOf(sensitivities);
            specificities = List.copyOf(specificities);
        }
    }

    /** More than half. */
    public static Mask majority(List<Mask> masks) {
        requireSameShape(masks);
        boolean[] pixels = new boolean[masks.get(0).pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            int votes = 0;
            for (Mask mask : masks) {
                votes += mask.pixels()[i] ? 1 : 0;
            }
            pixels[i] = 2 * votes > masks.size();
        }
        return new Mask(masks.get(0).rows(), masks.get(0).columns(), pixels);
    }

    /**
     * By expectation maximisation.
     *
     * @throws IllegalArgumentException when there are no masks, more than 30, or their shapes differ
     */
    public static Staple staple(List<Mask> masks) {
        requireSameShape(masks);
        int observers = masks.size();
        if (observers > 30) {
            throw new IllegalArgumentException(observers + " observers, at most 30 are taken");
        }
        int rows = masks.get(0).rows();
        int columns = masks.get(0).columns();
        int[] votes = new int[rows * columns];
        int top = rows;
        int bottom = -1;
        int left = columns;
        int right = -1;
        for (int i = 0; i < votes.length; i++) {
            for (int o = 0; o < observers; o++) {
                votes[i] |= masks.get(o).pixels()[i] ? 1 << o : 0;
            }
            if (votes[i] != 0) {
                top = Math.min(top, i / columns);
                bottom = Math.max(bottom, i / columns);
                left = Math.min(left, i % columns);
                right = Math.max(right, i % columns);
            }
        }
        if (bottom < 0) {
            List<Double> ones = java.util.Collections.nCopies(observers, 1.0);
            return new Staple(new Mask(rows, columns, new boolean[votes.length]), ones, ones);
        }
        // Pixels with the same votes have the same probability: count the patterns.
        Map<Integer, Integer> counts = new HashMap<>();
        for (int y = Math.max(0, top - 1); y <= Math.min(rows - 1, bottom + 1); y++) {
            for (int x = Math.max(0, left - 1); x <= Math.min(columns - 1, right + 1); x++) {
                counts.merge(votes[y * columns + x], 1, Integer::sum);
            }
        }
        Map<Integer, Double> truth = new HashMap<>();
        double[] sensitivity = new double[observers];
        double[] specificity = new double[observers];
        java.util.Arrays.fill(sensitivity, START);
        java.util.Arrays.fill(specificity, START);
        double prior = prior(counts, observers);
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            for (int pattern : counts.keySet()) {
                truth.put(pattern, probability(pattern, prior, sensitivity, specificity));
            }
            double change = 0;
            for (int o = 0; o < observers; o++) {
                double inside = 0;
                double hit = 0;
                double outside = 0;
                double spared = 0;
                for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
                    double w = truth.getOrDefault(entry.getKey(), 0.0) * entry.getValue();
                    double not = entry.getValue() - w;
                    boolean voted = (entry.getKey() >> o & 1) == 1;
                    inside += w;
                    outside += not;
                    hit += voted ? w : 0;
                    spared += voted ? 0 : not;
                }
                double p = inside == 0 ? 1 : hit / inside;
                double q = outside == 0 ? 1 : spared / outside;
                change = Math.max(change, Math.max(Math.abs(p - sensitivity[o]), Math.abs(q - specificity[o])));
                sensitivity[o] = p;
                specificity[o] = q;
            }
            if (change < CONVERGED) {
                break;
            }
        }
        boolean[] pixels = new boolean[votes.length];
        Map<Integer, Boolean> decided = new HashMap<>();
        for (int i = 0; i < votes.length; i++) {
            pixels[i] = votes[i] != 0
                    && decided.computeIfAbsent(
                            votes[i], pattern -> probability(pattern, prior, sensitivity, specificity) > 0.5);
        }
        return new Staple(new Mask(rows, columns, pixels), boxed(sensitivity), boxed(specificity));
    }

    private static double prior(Map<Integer, Integer> counts, int observers) {
        double inside = 0;
        double all = 0;
        for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
            inside += (double) Integer.bitCount(entry.getKey()) / observers * entry.getValue();
            all += entry.getValue();
        }
        return inside / all;
    }

    private static double probability(int pattern, double prior, double[] sensitivity, double[] specificity) {
        double in = prior;
        double out = 1 - prior;
        for (int o = 0; o < sensitivity.length; o++) {
            boolean voted = (pattern >> o & 1) == 1;
            in *= voted ? sensitivity[o] : 1 - sensitivity[o];
            out *= voted ? 1 - specificity[o] : specificity[o];
        }
        return in + out == 0 ? 0.5 : in / (in + out);
    }

    private static List<Double> boxed(double[] values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }

    private static void requireSameShape(List<Mask> masks) {
        if (masks.isEmpty()) {
            throw new IllegalArgumentException("there are no masks to agree");
        }
        for (Mask mask : masks) {
            if (mask.rows() != masks.get(0).rows()
                    || mask.columns() != masks.get(0).columns()) {
                throw new IllegalArgumentException("masks of " + mask.rows() + "x" + mask.columns() + " and "
                        + masks.get(0).rows() + "x" + masks.get(0).columns() + " do not lie on one slice");
            }
        }
    }
}
