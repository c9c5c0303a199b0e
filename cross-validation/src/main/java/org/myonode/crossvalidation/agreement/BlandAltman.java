package org.myonode.crossvalidation.agreement;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Limits of agreement of two methods on the same cases (Bland and Altman, Lancet 1986;1:307-310). Confidence intervals
 * by Student's t; the standard error of a limit is that of Stat Methods Med Res 1999;8:135-160, section 2.
 *
 * @param n pairs
 * @param bias mean of second less first
 * @param sd standard deviation of the differences
 * @param lowerLimit bias less 1.96 standard deviations
 * @param upperLimit bias and 1.96 standard deviations
 * @param biasInterval 95 % confidence interval of the bias
 * @param lowerLimitInterval 95 % confidence interval of the lower limit
 * @param upperLimitInterval 95 % confidence interval of the upper limit
 * @param slope how the difference grows with the mean of both, by least squares: far from 0 means that one pair of limits
 *     does not fit all sizes
 */
public record BlandAltman(
        int n,
        double bias,
        double sd,
        double lowerLimit,
        double upperLimit,
        Interval biasInterval,
        Interval lowerLimitInterval,
        Interval upperLimitInterval,
        double slope) {

    private static final double Z = 1.959963984540054;

    /** With fewer pairs the limits are guesses: their intervals are wider than the limits lie apart. */
    public static final int MINIMUM = 10;

    /**
     * Compares two methods.
     *
     * @throws IllegalArgumentException when there are not two pairs or more, or the lengths differ
     */
    public static BlandAltman of(double[] first, double[] second) {
        if (first.length != second.length || first.length < 2) {
            throw new IllegalArgumentException(
                    first.length + " and " + second.length + " values: two pairs or more are needed");
        }
        int n = first.length;
        double[] difference = new double[n];
        double[] middle = new double[n];
        for (int i = 0; i < n; i++) {
            difference[i] = second[i] - first[i];
            middle[i] = (first[i] + second[i]) / 2;
        }
        double bias = Sample.mean(difference);
        double sd = Sample.sd(difference);
        double t = TDistribution.of(n - 1.0).inverseCumulativeProbability(0.975);
        double biasError = t * sd / Math.sqrt(n);
        double limitError = t * sd * Math.sqrt(1.0 / n + Z * Z / (2.0 * (n - 1)));
        double lower = bias - Z * sd;
        double upper = bias + Z * sd;
        return new BlandAltman(
                n,
                bias,
                sd,
                lower,
                upper,
                new Interval(bias - biasError, bias + biasError),
                new Interval(lower - limitError, lower + limitError),
                new Interval(upper - limitError, upper + limitError),
                slope(middle, difference));
    }

    private static double slope(double[] x, double[] y) {
        double mx = Sample.mean(x);
        double my = Sample.mean(y);
        double xy = 0;
        double xx = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - mx) * (y[i] - my);
            xx += (x[i] - mx) * (x[i] - mx);
        }
        return xx == 0 ? 0 : xy / xx;
    }
}
