package org.myonode.crossvalidation.agreement;

import java.util.Locale;

/**
 * Is a candidate as good as what it is compared with, up to a margin that was fixed beforehand? The lower end of the
 * two-sided 95 % confidence interval of candidate less comparator must lie above minus the margin (one-sided level 2.5
 * %; Piaggio et al, JAMA 2012;308:2594-2604). The interval is the wider of the bootstrap's and Student's, as the
 * bootstrap's is too narrow for few cases.
 *
 * @param n patients
 * @param meanDifference candidate less comparator, higher is better
 * @param interval 95 % confidence interval
 * @param margin greatest loss that is put up with, not negative
 * @param verdict what follows
 */
public record NonInferiority(int n, double meanDifference, Interval interval, double margin, Verdict verdict) {

    /** What follows from the interval. */
    public enum Verdict {
        /** Better: all of the interval lies above zero. */
        SUPERIOR,
        /** Not worse by more than the margin. */
        NON_INFERIOR,
        /** The interval reaches below the margin, and above it: the cases do not tell. */
        NOT_SHOWN,
        /** Worse by more than the margin. */
        INFERIOR,
        /** Too few cases. */
        NOTHING
    }

    /**
     * Judges.
     *
     * @param comparator a score for each patient, higher is better
     * @param candidate the same patients
     */
    public static NonInferiority of(double[] comparator, double[] candidate, double margin, long seed) {
        if (!(margin >= 0)) {
            throw new IllegalArgumentException("the margin " + margin + " must not be negative");
        }
        int n = candidate.length;
        if (n < 2) {
            double difference = n == 1 ? candidate[0] - comparator[0] : Double.NaN;
            return new NonInferiority(n, difference, new Interval(Double.NaN, Double.NaN), margin, Verdict.NOTHING);
        }
        PairedComparison comparison = PairedComparison.of(comparator, candidate, seed);
        double mean = comparison.meanDifference();
        double[] difference = new double[n];
        for (int i = 0; i < n; i++) {
            difference[i] = candidate[i] - comparator[i];
        }
        double student = org.apache.commons.statistics.distribution.TDistribution.of(n - 1.0)
                        .inverseCumulativeProbability(0.975)
                * Sample.sd(difference)
                / Math.sqrt(n);
        Interval interval = new Interval(
                Math.min(comparison.bootstrap().interval().lower(), mean - student),
                Math.max(comparison.bootstrap().interval().upper(), mean + student));
        return new NonInferiority(n, mean, interval, margin, verdict(n, interval, margin));
    }

    private static Verdict verdict(int n, Interval interval, double margin) {
        if (n < PairedComparison.MINIMUM) {
            return Verdict.NOTHING;
        }
        if (interval.lower() > 0) {
            return Verdict.SUPERIOR;
        }
        if (interval.lower() > -margin || (interval.lower() == 0 && margin == 0)) {
            return Verdict.NON_INFERIOR;
        }
        return interval.upper() < -margin ? Verdict.INFERIOR : Verdict.NOT_SHOWN;
    }

    /** One sentence. */
    public String sentence(String candidate, String comparator) {
        if (n < 2) {
            return candidate + " and " + comparator + " meet on " + n + " patients: nothing can be concluded";
        }
        String numbers = String.format(
                Locale.ROOT,
                "%s less %s %+.4f (95 %% CI %+.4f to %+.4f, margin %.4f, n = %d)",
                candidate,
                comparator,
                meanDifference,
                interval.lower(),
                interval.upper(),
                margin,
                n);
        return numbers
                + switch (verdict) {
                    case SUPERIOR -> ": better";
                    case NON_INFERIOR -> ": not inferior";
                    case NOT_SHOWN -> ": non-inferiority is not shown";
                    case INFERIOR -> ": inferior";
                    case NOTHING ->
                        ": with fewer than " + PairedComparison.MINIMUM + " patients nothing can be concluded";
                };
    }
}
