package org.myonode.crossvalidation.agreement;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Two methods scored on the same cases: second less first. One value for each patient, or the cases are not independent.
 *
 * @param n pairs
 * @param meanDifference mean of second less first
 * @param medianDifference median of second less first
 * @param bootstrap 95 % interval of the mean difference and its p value; absent below two pairs
 * @param wilcoxonP two-sided p of Wilcoxon's signed-rank test, exact up to 50 pairs without ties, differences of zero
 *     left out (Wilcoxon, Biometrics Bull 1945;1:80-83); 1 when all are zero
 * @param rankBiserial matched-pairs rank-biserial correlation, -1 to 1: the share of rank sums that favours the second
 *     less the share that favours the first (Kerby, Compr Psychol 2014;3:1)
 * @param cohenDz mean by standard deviation of the differences; absent when that is zero
 */
public record PairedComparison(
        int n,
        double meanDifference,
        double medianDifference,
        Bootstrap bootstrap,
        double wilcoxonP,
        double rankBiserial,
        OptionalDouble cohenDz) {

    /** With fewer pairs no difference, however clear, reaches p below 0.05 in the signed-rank test: 2 / 2^5 = 0.0625. */
    public static final int MINIMUM = 6;

    /**
     * Compares.
     *
     * @param seed of the bootstrap
     * @throws IllegalArgumentException when the lengths differ or there are fewer than two pairs
     */
    public static PairedComparison of(double[] first, double[] second, long seed) {
        if (first.length != second.length) {
            throw new IllegalArgumentException(first.length + " and " + second.length + " values are no pairs");
        }
        double[] difference = new double[first.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = second[i] - first[i];
        }
        Bootstrap bootstrap = Bootstrap.ofMean(difference, seed);
        Sample sample = Sample.of(difference);
        double[] changed = Arrays.stream(difference).filter(d -> d != 0).toArray();
        return new PairedComparison(
                difference.length,
                sample.mean(),
                sample.median(),
                bootstrap,
                changed.length == 0 ? 1 : wilcoxon(changed),
                changed.length == 0 ? 0 : rankBiserial(changed),
                sample.sd() > 0 ? OptionalDouble.of(sample.mean() / sample.sd()) : OptionalDouble.empty());
    }

    private static double wilcoxon(double[] changed) {
        return WilcoxonSignedRankTest.withDefaults()
                .with(AlternativeHypothesis.TWO_SIDED)
                .test(changed)
                .getPValue();
    }

    private static double rankBiserial(double[] changed) {
        double up = WilcoxonSignedRankTest.withDefaults().statistic(changed);
        double all = changed.length * (changed.length + 1) / 2.0;
        return 2 * up / all - 1;
    }

    /** Whether there are enough cases for a test to say anything. */
    public boolean conclusive() {
        return n >= MINIMUM;
    }

    /**
     * One sentence that says what may be concluded, and what not.
     *
     * @param what what was compared, such as "Dice of B less A"
     * @param p the p value to go by, corrected for the number of tests
     */
    public String sentence(String what, double p) {
        String estimate = String.format(
                Locale.ROOT,
                "%s: %+.4f (95 %% CI %+.4f to %+.4f, n = %d)",
                what,
                meanDifference,
                bootstrap.interval().lower(),
                bootstrap.interval().upper(),
                n);
        if (!conclusive()) {
            return estimate + "; with fewer than " + MINIMUM + " patients nothing can be concluded";
        }
        return String.format(
                Locale.ROOT,
                "%s; %s (p %s)",
                estimate,
                p < 0.05 ? "a difference is shown" : "no difference is shown, which is not the same as none",
                p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "= %.3f", p));
    }
}
