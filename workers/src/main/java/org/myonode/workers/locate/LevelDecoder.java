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
 * IV.D) whose states are the levels in anatomical order. No level may be left out but the fifth lumbar vertebra, one
 * may be added (the sixth), both at a price; each must be as long as a vertebra can be, and only the first and the last
 * one may be cut by the field of view. A vertebra begins and ends in a disc and holds none, which is a local thing to
 * see and so the most reliable one. The best path gives the ranges, the forward-backward sums give the probability that
 * a row belongs to a level, given all rows.
 *
 * <h2>Why evidence is tempered</h2>
 *
 * Neighbouring rows see the same bone, so their log probabilities are not independent. Each counts only for a share
 * ({@link #ROW_WEIGHT}); without it every answer would be certain. Even so the sums are too sure of themselves, since
 * the network looks at the same sacrum for every row: {@link L3Locator} takes the network's own doubt into account too.
 *
 * <h2>Known failure</h2>
 *
 * A transitional vertebra is counted either way; with the ribs or the sacrum out of view nothing tells which way is
 * right, and the probability is what the network makes of sizes and organs.
 *
 * <p>Stateless and safe for use by several threads.
 */
public final class LevelDecoder {

    /** How much of a row's log probability counts; about the number of rows that share a view of one vertebra. */
    static final double ROW_WEIGHT = 0.15;

    /** Share of rows that are borders: what the network's probability is compared with. */
    private static final double BORDER_PRIOR = 0.12;

    /** What the network says of a row in the very middle of a disc, since rows seldom lie just there. */
    private static final double BORDER_PEAK = 0.85;

    /** Share of people with four, and with six, lumbar vertebrae. */
    static final double UNUSUAL = 0.03;

    /** Least probability a network is believed to give, so that one odd row cannot forbid a path. */
    private static final double FLOOR = 1e-4;

    private static final double BORDER_FLOOR = 0.01;
    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private static final SpineLevel[] LEVELS = SpineLevel.values();

    /** Log probability that a level follows upon another: {@code [to][from]}. */
    private static final double[][] STEP = steps();

    private LevelDecoder() {}

    /**
     * The most probable account of the spine.
     *
     * @param first row at which the level begins, from feet to head
     * @param end row after its last one
     * @param level which level
     * @param whole whether neither end is the border of the volume
     */
    record Segment(SpineLevel level, int first, int end, boolean whole) {

        /** Row in the middle, as a fraction. */
        double middle() {
            return (first + end - 1) / 2.0;
        }
    }

    /**
     * Segments from feet to head that cover all rows, and for each row the probability of each level.
     *
     * @param segments the best path; empty when no path explains the rows
     * @param posterior {@code [rows][levels]}, rows sum to 1; all zero when no path explains the rows
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
     * @param rows what the network says
     * @param rowMm distance of neighbouring rows, in millimetres
     */
    static Account decode(SpineRows rows, double rowMm) {
        return new Chain(rows, rowMm).account();
    }

    /** Log of how much more probable a border is at a row than anywhere. */
    static double border(double said) {
        return Math.log(borderProbability(said) / BORDER_PRIOR);
    }

    /** Log of how much more probable it is that a row is no border than anywhere. */
    static double noBorder(double said) {
        return Math.log((1 - borderProbability(said)) / (1 - BORDER_PRIOR));
    }

    private static double borderProbability(double said) {
        return Math.min(1 - BORDER_FLOOR, Math.max(BORDER_FLOOR, said / BORDER_PEAK));
    }

    private static double[][] steps() {
        double[][] step = filled(LEVELS.length, LEVELS.length, NEVER);
        for (int level = 1; level < LEVELS.length; level++) {
            step[level][level - 1] = 0;
        }
        int sacrum = SpineLevel.SACRUM.ordinal();
        step[SpineLevel.L6.ordinal()][sacrum] = Math.log(UNUSUAL);
        step[SpineLevel.L5.ordinal()][sacrum] = Math.log(1 - 2 * UNUSUAL);
        step[SpineLevel.L4.ordinal()][sacrum] = Math.log(UNUSUAL);
        return step;
    }

    private static double[][] filled(int rows, int columns, double value) {
        double[][] array = new double[rows][columns];
        for (double[] row : array) {
            Arrays.fill(row, value);
        }
        return array;
    }

    private static double logAdd(double a, double b) {
        if (a == NEVER) {
            return b;
        }
        if (b == NEVER) {
            return a;
        }
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    /** The tables of one decoding. */
    private static final class Chain {

        private final int rows;
        private final double rowMm;
        private final double[][] evidence; // sums over the rows below
        private final double[] noBorder; // the same
        private final double[] border; // at the lower edge of a row

        Chain(SpineRows said, double rowMm) {
            this.rows = said.rows();
            this.rowMm = rowMm;
            this.evidence = new double[rows + 1][LEVELS.length];
            this.noBorder = new double[rows + 1];
            this.border = new double[rows + 1];
            for (int row = 0; row < rows; row++) {
                for (SpineLevel level : LEVELS) {
                    double p = Math.max(FLOOR, said.level()[row][level.channel()]);
                    evidence[row + 1][level.ordinal()] = evidence[row][level.ordinal()] + ROW_WEIGHT * Math.log(p);
                }
                noBorder[row + 1] = noBorder[row] + noBorder(said.border()[row]);
                if (row > 0) {
                    border[row] = border(Math.max(said.border()[row], said.border()[row - 1]));
                }
            }
        }

        /** Log weight of a segment on its own, {@link #NEVER} when the level cannot be that long. */
        private double segment(int level, int from, int end) {
            SpineLevel spineLevel = LEVELS[level];
            double mm = (end - from) * rowMm;
            boolean cut = from == 0 || end == rows;
            if (mm > spineLevel.longestMm() || (!cut && mm < spineLevel.shortestMm())) {
                return NEVER;
            }
            double weight = evidence[end][level] - evidence[from][level];
            if (spineLevel.isVertebra()) {
                // The rows at either end belong to the discs.
                int inner = Math.min(end, from + 1);
                weight += noBorder[Math.max(inner, end - 1)] - noBorder[inner];
            }
            return weight;
        }

        /** Log weight of passing from one level to the next at the lower edge of a row. */
        private double passing(int from, int to, int row) {
            boolean disc = LEVELS[from].isVertebra() || LEVELS[to].isVertebra();
            return STEP[to][from] + (disc ? border[row] : 0);
        }

        private int longestRows(int level) {
            double longest = LEVELS[level].longestMm() / rowMm;
            return longest >= rows ? rows : (int) longest;
        }

        /** Log weight of beginning the account with a level: a sixth lumbar vertebra is rare there too. */
        private static double first(int level) {
            return LEVELS[level] == SpineLevel.L6 ? Math.log(UNUSUAL) : 0;
        }

        Account account() {
            double[][] best = filled(rows + 1, LEVELS.length, NEVER);
            double[][] forward = filled(rows + 1, LEVELS.length, NEVER);
            int[][] start = new int[rows + 1][LEVELS.length];
            int[][] before = new int[rows + 1][LEVELS.length];
            for (int end = 1; end <= rows; end++) {
                for (int level = 0; level < LEVELS.length; level++) {
                    for (int from = Math.max(0, end - longestRows(level)); from < end; from++) {
                        double here = segment(level, from, end);
                        if (here == NEVER) {
                            continue;
                        }
                        if (from == 0) {
                            double weight = here + first(level);
                            forward[end][level] = logAdd(forward[end][level], weight);
                            if (weight > best[end][level]) {
                                best[end][level] = weight;
                                start[end][level] = 0;
                                before[end][level] = -1;
                            }
                            continue;
                        }
                        for (int below = Math.max(0, level - 3); below < level; below++) {
                            double passing = passing(below, level, from) + here;
                            if (passing == NEVER) {
                                continue;
                            }
                            forward[end][level] = logAdd(forward[end][level], forward[from][below] + passing);
                            if (best[from][below] + passing > best[end][level]) {
                                best[end][level] = best[from][below] + passing;
                                start[end][level] = from;
                                before[end][level] = below;
                            }
                        }
                    }
                }
            }
            return new Account(backtrack(best, start, before), posterior(forward, backward()));
        }

        private List<Segment> backtrack(double[][] best, int[][] start, int[][] before) {
            int level = 0;
            for (int candidate = 1; candidate < LEVELS.length; candidate++) {
                if (best[rows][candidate] > best[rows][level]) {
                    level = candidate;
                }
            }
            List<Segment> segments = new ArrayList<>();
            int end = best[rows][level] == NEVER ? 0 : rows;
            while (end > 0) {
                int from = start[end][level];
                segments.add(0, new Segment(LEVELS[level], from, end, from > 0 && end < rows));
                level = before[end][level];
                end = from;
            }
            return List.copyOf(segments);
        }

        /** All ways to explain the rows from one on when a segment of a level begins there. */
        private double[][] backward() {
            double[][] backward = filled(rows + 1, LEVELS.length, NEVER);
            for (int from = rows - 1; from >= 0; from--) {
                for (int level = LEVELS.length - 1; level >= 0; level--) {
                    double sum = NEVER;
                    for (int end = from + 1; end <= Math.min(rows, from + longestRows(level)); end++) {
                        sum = logAdd(sum, segment(level, from, end) + after(backward, level, end));
                    }
                    backward[from][level] = sum;
                }
            }
            return backward;
        }

        /** All ways to explain the rows from an end on, given the level that ended there. */
        private double after(double[][] backward, int level, int end) {
            if (end == rows) {
                return 0;
            }
            double sum = NEVER;
            for (int above = level + 1; above <= Math.min(LEVELS.length - 1, level + 3); above++) {
                sum = logAdd(sum, passing(level, above, end) + backward[end][above]);
            }
            return sum;
        }

        /** All ways to explain the rows below a start, given the level that begins there. */
        private double before(double[][] forward, int level, int from) {
            if (from == 0) {
                return first(level);
            }
            double sum = NEVER;
            for (int below = Math.max(0, level - 3); below < level; below++) {
                sum = logAdd(sum, forward[from][below] + passing(below, level, from));
            }
            return sum;
        }

        /** Sums over all paths, of those in which a row lies in a segment of a level. */
        private double[][] posterior(double[][] forward, double[][] backward) {
            double total = NEVER;
            for (int level = 0; level < LEVELS.length; level++) {
                total = logAdd(total, forward[rows][level]);
            }
            double[][] posterior = new double[rows][LEVELS.length];
            if (total == NEVER) {
                return posterior;
            }
            for (int level = 0; level < LEVELS.length; level++) {
                double[] change = new double[rows + 1];
                double[] after = new double[rows + 1];
                for (int end = 1; end <= rows; end++) {
                    after[end] = after(backward, level, end);
                }
                for (int from = 0; from < rows; from++) {
                    double before = before(forward, level, from) - total;
                    for (int end = from + 1; end <= Math.min(rows, from + longestRows(level)); end++) {
                        double share = Math.exp(before + segment(level, from, end) + after[end]);
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
    }
}
