package org.myonode.crossvalidation.agreement;

/**
 * A confidence interval.
 *
 * @param lower lower end
 * @param upper upper end
 */
public record Interval(double lower, double upper) {

    /** Whether a value lies in it. */
    public boolean contains(double value) {
        return lower <= value && value <= upper;
    }
}
