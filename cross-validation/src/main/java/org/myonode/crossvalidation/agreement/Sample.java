package org.myonode.crossvalidation.agreement;

import java.util.Arrays;
import java.util.Collection;

/**
 * What a set of numbers looks like. Quantiles interpolate linearly between closest ranks (type 7 of Hyndman and Fan, Am
 * Stat 1996;50:361-365), as NumPy and R do.
 *
 * @param n how many
 * @param mean arithmetic mean
 * @param sd standard deviation with n - 1; NaN for n = 1
 * @param median 50th percentile
 * @param lowerQuartile 25th percentile
 * @param upperQuartile 75th percentile
 * @param min least
 * @param max greatest
 */
public record Sample(
        int n,
        double mean,
        double sd,
        double median,
        double lowerQuartile,
        double upperQuartile,
        double min,
        double max) {

    /**
     * Describes numbers.
     *
     * @throws IllegalArgumentException when there is none, or one is not finite
     */
    public static Sample of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no numbers to describe");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        if (!Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1])) {
            throw new IllegalArgumentException("a number is not finite");
        }
        return new Sample(
                values.length,
                mean(values),
                sd(values),
                quantile(sorted, 0.5),
                quantile(sorted, 0.25),
                quantile(sorted, 0.75),
                sorted[0],
                sorted[sorted.length - 1]);
    }

    /** As above. */
    public static Sample of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    static double sd(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    /**
     * A quantile.
     *
     * @param sorted ascending, not empty
     * @param share 0 to 1
     */
    public static double quantile(double[] sorted, double share) {
        double rank = share * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
