package org.myonode.workers.measure;

import java.util.OptionalDouble;

/**
 * The patient's height as the header states it, Patient's Size (0010,1020).
 *
 * @param metres the height when it is stated and plausible
 * @param stated whether the header states any, plausible or not
 */
public record BodyHeight(OptionalDouble metres, boolean stated) {
    private static final double SMALLEST_M = 1.0;
    private static final double TALLEST_M = 2.3;

    /** Judges what the header states, in metres; 0 counts as not stated. */
    public static BodyHeight ofHeader(OptionalDouble metres) {
        if (metres.isEmpty() || metres.getAsDouble() == 0) {
            return new BodyHeight(OptionalDouble.empty(), false);
        }
        double height = metres.getAsDouble();
        // Centimetres in place of metres are a known slip, but a guess is no measurement.
        boolean plausible = height >= SMALLEST_M && height <= TALLEST_M;
        return new BodyHeight(plausible ? OptionalDouble.of(height) : OptionalDouble.empty(), true);
    }
}
