package org.myonode.workers.locate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the network's opinion on every row of the spine into one account of the whole spine.
 *
 * <h2>Method</h2>
 *
 * A row alone is ambiguous: L2, L3 and L4 look alike. What tells them apart is the order of all levels, counted from
 * the sacrum, the last ribs and the skull. So the rows are explained by a semi-Markov chain (Rabiner 1989, section
 * IV.D) whose states are the levels in anatomical order. No level may be left out, each must be as long as a vertebra
 * can be, and only the first and the last one may be cut by the field of view. The best path gives the ranges, the
 * forward-backward sums give the probability that a row belongs to a level, given all rows.
 *
 * <h2>Why evidence is tempered</h2>
 *
 * Neighbouring rows see the same bone, so their log probabilities are not independent. Each counts only for a share
 * ({@link #ROW_WEIGHT}); without it every answer would be certain.
 *
 * <h2>Known failure</h2>
 *
 * A sixth lumbar or a transitional vertebra breaks the assumed order: the decoder then stretches a level or shifts the
 * count, which shows as a low probability only when the network saw both ends of the lumbar spine.
 *
 * <p>Stateless and safe for use by several threads.
 */
public final class LevelDecoder {

    /** How much of a row's log probability counts; about the number of rows that share a view of one vertebra. */
    static final double ROW_WEIGHT = 0.25;

    /** Least probability a network is believed to give, so that one odd row cannot forbid a path. */
    private static final double FLOOR = 1e-4;

    private static final SpineLevel[] LEVELS = SpineLevel.values();

    private LevelDecoder() {}

    /**
     * The most probable account of the spine.
     *
     * @param first row at which the level begins, from feet to head
     * @param end row after its last one
     * @param level which level
     * @param whole whether neither end is the border of the volume
     */
    record Segment(SpineLevel level, int first, int end, boolean whole) {}

    /**
     * Segments from feet to head that cover all rows, and for each row the probability of each level.
     *
     * @param segments the best path
     * @param posterior {@code [rows][levels]}, rows sum to 1
     */
    record Account(List<Segment> segments, double[][] posterior) {

        /** Probability that a row belongs to a level. */
        double probability(int row, SpineLevel level) {
            return posterior[row][level.ordinal()];
        }
    }

    /**
     * Explains rows from feet to head.
     *
     * @param probability the network's {@code [rows][levels]}, each row summing to 1
     * @param rowMm distance of neighbouring rows, in millimetres
     */
    static Account decode(float[][] probability, double rowMm) {
        int rows = probability.length;
        int levels = LEVELS.length;
        double[][] cumulative = cumulativeEvidence(probability);
        double[][] best = filled(rows + 1, levels, Double.NEGATIVE_INFINITY);
        double[][] forward = filled(rows + 1, levels, Double.NEGATIVE_INFINITY);
        int[][] start = new int[rows + 1][levels];
        for (int level = 0; level < levels; level++) {
            int longest = longestRows(level, rowMm, rows);
            for (int end = 1; end <= rows; end++) {
                double bestHere = Double.NEGATIVE_INFINITY;
                double sumHere = Double.NEGATIVE_INFINITY;
                for (int from = Math.max(0, end - longest); from < end; from++) {
                    double length = lengthScore(level, (end - from) * rowMm, from == 0 || end == rows);
                    if (length == Double.NEGATIVE_INFINITY) {
                        continue;
                    }
                    double evidence = cumulative[end][level] - cumulative[from][level] + length;
                    double bestBefore = from == 0 ? 0 : level == 0 ? Double.NEGATIVE_INFINITY : best[from][level - 1];
                    double sumBefore = from == 0 ? 0 : level == 0 ? Double.NEGATIVE_INFINITY : forward[from][level - 1];
                    if (bestBefore + evidence > bestHere) {
                        bestHere = bestBefore + evidence;
                        start[end][level] = from;
                    }
                    sumHere = logAdd(sumHere, sumBefore + evidence);
                }
                best[end][level] = bestHere;
                forward[end][level] = sumHere;
            }
        }
        return new Account(backtrack(best, start, rows), posterior(cumulative, forward, rowMm));
    }

    private static List<Segment> backtrack(double[][] best, int[][] start, int rows) {
        int level = 0;
        for (int candidate = 1; candidate < LEVELS.length; candidate++) {
            if (best[rows][candidate] > best[rows][level]) {
                level = candidate;
            }
        }
        List<Segment> segments = new ArrayList<>();
        int end = rows;
        while (end > 0) {
            int from = start[end][level];
            segments.add(0, new Segment(LEVELS[level], from, end, from > 0 && end < rows));
            end = from;
            level--;
        }
        return List.copyOf(segments);
    }

    /** Sums over all paths, of those in which a row lies in a segment of a level. */
    private static double[][] posterior(double[][] cumulative, double[][] forward, double rowMm) {
        int rows = cumulative.length - 1;
        int levels = LEVELS.length;
        // backward[from][level]: all ways to explain the rows from `from` on when a segment of `level` begins there
        double[][] backward = filled(rows + 1, levels, Double.NEGATIVE_INFINITY);
        for (int level = levels - 1; level >= 0; level--) {
            int longest = longestRows(level, rowMm, rows);
            for (int from = rows - 1; from >= 0; from--) {
                double sum = Double.NEGATIVE_INFINITY;
                for (int end = from + 1; end <= Math.min(rows, from + longest); end++) {
                    double length = lengthScore(level, (end - from) * rowMm, from == 0 || end == rows);
                    double after =
                            end == rows ? 0 : level == levels - 1 ? Double.NEGATIVE_INFINITY : backward[end][level + 1];
                    sum = logAdd(sum, cumulative[end][level] - cumulative[from][level] + length + after);
                }
                backward[from][level] = sum;
            }
        }
        double total = Double.NEGATIVE_INFINITY;
        for (int level = 0; level < levels; level++) {
            total = logAdd(total, forward[rows][level]);
        }
        double[][] posterior = new double[rows][levels];
        for (int level = 0; level < levels; level++) {
            int longest = longestRows(level, rowMm, rows);
            double[] change = new double[rows + 1];
            for (int from = 0; from < rows; from++) {
                double before = from == 0 ? 0 : level == 0 ? Double.NEGATIVE_INFINITY : forward[from][level - 1];
                for (int end = from + 1; end <= Math.min(rows, from + longest); end++) {
                    double length = lengthScore(level, (end - from) * rowMm, from == 0 || end == rows);
                    double after =
                            end == rows ? 0 : level == levels - 1 ? Double.NEGATIVE_INFINITY : backward[end][level + 1];
                    double share = Math.exp(
                            before + cumulative[end][level] - cumulative[from][level] + length + after - total);
                    change[from] += share;
                    change[end] -= share;
                }
            }
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += change[row];
                posterior[row][level] = Math.min(1, Math.max(0, sum));
            }
        }
        return posterior;
    }

    private static double[][] cumulativeEvidence(float[][] probability) {
        double[][] cumulative = new double[probability.length + 1][LEVELS.length];
        for (int row = 0; row < probability.length; row++) {
            for (int level = 0; level < LEVELS.length; level++) {
                cumulative[row + 1][level] =
                        cumulative[row][level] + ROW_WEIGHT * Math.log(Math.max(FLOOR, probability[row][level]));
            }
        }
        return cumulative;
    }

    /** A level cut by the border may be any length up to its longest; a whole one must be long enough too. */
    private static double lengthScore(int level, double mm, boolean cut) {
        SpineLevel spineLevel = LEVELS[level];
        if (mm > spineLevel.longestMm() || (!cut && mm < spineLevel.shortestMm())) {
            return Double.NEGATIVE_INFINITY;
        }
        return 0;
    }

    private static int longestRows(int level, double rowMm, int rows) {
        double longest = LEVELS[level].longestMm() / rowMm;
        return longest >= rows ? rows : (int) longest;
    }

    private static double[][] filled(int rows, int columns, double value) {
        double[][] array = new double[rows][columns];
        for (double[] row : array) {
            Arrays.fill(row, value);
        }
        return array;
    }

    private static double logAdd(double a, double b) {
        if (a == Double.NEGATIVE_INFINITY) {
            return b;
        }
        if (b == Double.NEGATIVE_INFINITY) {
            return a;
        }
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }
}
