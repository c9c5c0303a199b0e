package org.myonode.crossvalidation.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.myonode.workers.volume.Mask;

/**
 * Pairs of masks of one shape and spacing.
 *
 * @param rows of every mask
 * @param columns of every mask
 * @param rowMm distance of rows in millimetres
 * @param columnMm distance of columns in millimetres
 * @param pairs reference and test
 */
public record MaskPairs(int rows, int columns, double rowMm, double columnMm, List<Pair> pairs) {

    /** A mask to be measured against and one to be judged. */
    public record Pair(Mask reference, Mask test) {}

    /** Keeps its own copy and refuses other shapes. */
    public MaskPairs {
        pairs = List.copyOf(pairs);
        for (Pair pair : pairs) {
            for (Mask mask : List.of(pair.reference(), pair.test())) {
                if (mask.rows() != rows || mask.columns() != columns) {
                    throw new IllegalArgumentException("a mask of " + mask.rows() + "x" + mask.columns()
                            + " among masks of " + rows + "x" + columns);
                }
            }
        }
    }

    /**
     * What scoring gave.
     *
     * @param scores in the order of the pairs: dice, jaccard, rmsDtaMm, meanDtaMm, hd95Mm, surface Dice at 1, 2 and 3
     *     mm, areaDiffCm2; NaN for what does not exist
     * @param seconds for the pairs alone
     */
    public record Timed(List<double[]> scores, double seconds) {

        /** The greatest difference to others, over all scores; infinite where only one does not exist. */
        public double greatestDifference(Timed other) {
            double greatest = 0;
            for (int i = 0; i < scores.size(); i++) {
                for (int k = 0; k < scores.get(i).length; k++) {
                    double a = scores.get(i)[k];
                    double b = other.scores().get(i)[k];
                    if (Double.isNaN(a) != Double.isNaN(b)) {
                        return Double.POSITIVE_INFINITY;
                    }
                    greatest = Double.isNaN(a) ? greatest : Math.max(greatest, Math.abs(a - b));
                }
            }
            return greatest;
        }
    }

    /** Scores all pairs with a number of threads, after a warm-up on the first ones. */
    public Timed score(int threads, int warmUp) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            run(pool, pairs.subList(0, Math.min(warmUp, pairs.size())));
            long start = System.nanoTime();
            List<double[]> scores = run(pool, pairs);
            return new Timed(scores, (System.nanoTime() - start) / 1e9);
        } finally {
            pool.shutdown();
        }
    }

    private List<double[]> run(ExecutorService pool, List<Pair> some) throws InterruptedException {
        List<Future<double[]>> futures = new ArrayList<>();
        for (Pair pair : some) {
            futures.add(pool.submit(() -> numbers(MaskScores.of(pair.reference(), pair.test(), rowMm, columnMm))));
        }
        List<double[]> scores = new ArrayList<>();
        for (Future<double[]> future : futures) {
            try {
                scores.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a pair could not be scored", e.getCause());
            }
        }
        return scores;
    }

    private static double[] numbers(MaskScores scores) {
        return new double[] {
            scores.dice(),
            scores.jaccard(),
            scores.rmsDtaMm().orElse(Double.NaN),
            scores.meanDtaMm().orElse(Double.NaN),
            scores.hd95Mm().orElse(Double.NaN),
            scores.surfaceDice1Mm(),
            scores.surfaceDice2Mm(),
            scores.surfaceDice3Mm(),
            scores.areaDiffCm2()
        };
    }
}
