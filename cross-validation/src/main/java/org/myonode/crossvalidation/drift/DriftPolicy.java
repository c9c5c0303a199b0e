package org.myonode.crossvalidation.drift;

/**
 * When a difference is an alert; deploy/adr/0012 says why.
 *
 * @param baseline studies that the later ones are compared with, the first since the models were put into use
 * @param recent studies that are compared with them, the last
 * @param minimum values on either side without which a quantity is not judged
 * @param level p value, corrected by Holm for all quantities of one check, below which a difference is no chance
 * @param leastEffect difference of cumulative shares, 0 to 1, from which it matters
 */
public record DriftPolicy(int baseline, int recent, int minimum, double level, double leastEffect) {

    /** With fewer values a Kolmogorov-Smirnov test sees only gross shifts and a median is a guess. */
    public static final int LEAST_MINIMUM = 20;

    public static final DriftPolicy DEFAULT = new DriftPolicy(200, 50, 30, 0.01, 0.2);

    /** Refuses what cannot judge. */
    public DriftPolicy {
        if (minimum < LEAST_MINIMUM || recent < minimum || baseline < minimum) {
            throw new IllegalArgumentException("baseline " + baseline + " and recent " + recent
                    + " must not be below minimum " + minimum + ", which is at least " + LEAST_MINIMUM);
        }
        if (!(level > 0 && level <= 0.05) || !(leastEffect > 0 && leastEffect < 1)) {
            throw new IllegalArgumentException("level " + level + " must be above 0 and at most 0.05, leastEffect "
                    + leastEffect + " within 0 and 1");
        }
    }
}
