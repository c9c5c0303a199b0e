package org.myonode.crossvalidation.agreement;

import org.apache.commons.statistics.distribution.FDistribution;

/**
 * Intraclass correlation of single ratings (Shrout and Fleiss, Psychol Bull 1979;86:420-428): case 2, raters are a
 * sample of raters, absolute agreement; case 3, these raters and no others, consistency. 95 % confidence intervals as
 * in that paper.
 *
 * @param targets rated targets
 * @param raters raters, each of whom rated each target
 * @param icc21 ICC(2,1)
 * @param icc21Interval its 95 % confidence interval
 * @param icc31 ICC(3,1)
 * @param icc31Interval its 95 % confidence interval
 * @param betweenTargets mean square between targets
 * @param betweenRaters mean square between raters
 * @param residual residual mean square
 */
public record Icc(
        int targets,
        int raters,
        double icc21,
        Interval icc21Interval,
        double icc31,
        Interval icc31Interval,
        double betweenTargets,
        double betweenRaters,
        double residual) {

    /**
     * Two-way analysis of variance of a full table.
     *
     * @param ratings one row for each target, one column for each rater
     * @throws IllegalArgumentException when there are fewer than two of either, or a rating is missing
     */
    public static Icc of(double[][] ratings) {
        int n = ratings.length;
        int k = n == 0 ? 0 : ratings[0].length;
        if (n < 2 || k < 2) {
            throw new IllegalArgumentException(n + " targets and " + k + " raters: two or more of each are needed");
        }
        double grand = 0;
        double[] rater = new double[k];
        double[] target = new double[n];
        for (int i = 0; i < n; i++) {
            if (ratings[i].length != k) {
                throw new IllegalArgumentException(
                        "target " + (i + 1) + " has " + ratings[i].length + " ratings, not " + k);
            }
            for (int j = 0; j < k; j++) {
                if (!Double.isFinite(ratings[i][j])) {
                    throw new IllegalArgumentException("target " + (i + 1) + " lacks rating " + (j + 1));
                }
                grand += ratings[i][j] / (n * k);
                rater[j] += ratings[i][j] / n;
                target[i] += ratings[i][j] / k;
            }
        }
        double betweenTargets = 0;
        double betweenRaters = 0;
        double residual = 0;
        for (int i = 0; i < n; i++) {
            betweenTargets += k * square(target[i] - grand) / (n - 1);
            for (int j = 0; j < k; j++) {
                residual += square(ratings[i][j] - target[i] - rater[j] + grand) / ((n - 1) * (k - 1));
            }
        }
        for (int j = 0; j < k; j++) {
            betweenRaters += n * square(rater[j] - grand) / (k - 1);
        }
        double icc21 = (betweenTargets - residual)
                / (betweenTargets + (k - 1) * residual + k * (betweenRaters - residual) / n);
        double icc31 = (betweenTargets - residual) / (betweenTargets + (k - 1) * residual);
        return new Icc(
                n,
                k,
                icc21,
                interval21(n, k, icc21, betweenTargets, betweenRaters, residual),
                icc31,
                interval31(n, k, betweenTargets / residual),
                betweenTargets,
                betweenRaters,
                residual);
    }

    /** Shrout and Fleiss, p. 424, with the degrees of freedom of Satterthwaite. */
    private static Interval interval21(int n, int k, double icc, double bms, double jms, double ems) {
        double ratio = jms / ems;
        double a = n * (1 + (k - 1) * icc) - k * icc;
        double freedom =
                (k - 1) * (n - 1.0) * square(k * icc * ratio + a) / ((n - 1) * square(k * icc * ratio) + square(a));
        if (!(freedom > 0) || Double.isInfinite(freedom)) {
            return new Interval(Double.NaN, Double.NaN);
        }
        double below = quantile(n - 1, freedom);
        double above = quantile(freedom, n - 1);
        double others = k * jms + (k * n - k - n) * ems;
        return new Interval(
                n * (bms - below * ems) / (below * others + n * bms),
                n * (above * bms - ems) / (others + n * above * bms));
    }

    private static Interval interval31(int n, int k, double ratio) {
        double freedom = (n - 1.0) * (k - 1);
        if (Double.isInfinite(ratio)) {
            return new Interval(1, 1);
        }
        double lower = ratio / quantile(n - 1, freedom);
        double upper = ratio * quantile(freedom, n - 1);
        return new Interval((lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1));
    }

    private static double quantile(double numerator, double denominator) {
        return FDistribution.of(numerator, denominator).inverseCumulativeProbability(0.975);
    }

    private static double square(double value) {
        return value * value;
    }
}
