package org.myonode.crossvalidation.agreement;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Bootstrap of the mean of paired differences: whole cases are drawn, so pairs stay together. The interval is
 * bias-corrected and accelerated (Efron, J Am Stat Assoc 1987;82:171-185); the p value is two-sided, of the differences
 * moved to mean 0 (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 16.4). Equal seeds give equal
 * answers.
 *
 * @param standardError of the mean
 * @param interval 95 % confidence interval of the mean
 * @param p two-sided
 */
public record Bootstrap(double standardError, Interval interval, double p) {

    private static final int RESAMPLES = 10_000;

    /**
     * The mean of numbers that belong to independent cases.
     *
     * @throws IllegalArgumentException for fewer than two
     */
    public static Bootstrap ofMean(double[] differences, long seed) {
        int n = differences.length;
        if (n < 2) {
            throw new IllegalArgumentException(n + " differences: two or more are needed");
        }
        double mean = Sample.mean(differences);
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[RESAMPLES];
        int below = 0;
        int equal = 0;
        int extreme = 0;
        for (int b = 0; b < RESAMPLES; b++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += differences[random.nextInt(n)];
            }
            means[b] = sum / n;
            below += means[b] < mean ? 1 : 0;
            equal += means[b] == mean ? 1 : 0;
            extreme += Math.abs(means[b] - mean) >= Math.abs(mean) - 1e-15 ? 1 : 0;
        }
        double error = Sample.sd(means);
        Arrays.sort(means);
        double p = Math.min(1, (extreme + 1.0) / (RESAMPLES + 1));
        if (means[0] == means[RESAMPLES - 1]) {
            return new Bootstrap(0, new Interval(mean, mean), mean == 0 ? 1 : p);
        }
        NormalDistribution normal = NormalDistribution.of(0, 1);
        double share = (below + equal / 2.0) / RESAMPLES;
        double z0 = normal.inverseCumulativeProbability(Math.max(1e-6, Math.min(1 - 1e-6, share)));
        double acceleration = acceleration(differences);
        return new Bootstrap(
                error,
                new Interval(
                        Sample.quantile(means, level(normal, z0, acceleration, 0.025)),
                        Sample.quantile(means, level(normal, z0, acceleration, 0.975))),
                p);
    }

    private static double level(NormalDistribution normal, double z0, double acceleration, double share) {
        double z = z0 + normal.inverseCumulativeProbability(share);
        return normal.cumulativeProbability(z0 + z / (1 - acceleration * z));
    }

    /** Of the mean: skewness over six root n, by the jackknife. */
    private static double acceleration(double[] values) {
        double mean = Sample.mean(values);
        double cubes = 0;
        double squares = 0;
        for (double value : values) {
            double d = value - mean;
            cubes += d * d * d;
            squares += d * d;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
    }
}
