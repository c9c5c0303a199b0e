package org.myonode.crossvalidation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Numbers along a line of the drawing.
 *
 * @param low first number shown
 * @param high last number shown
 * @param step between two ticks
 * @param from where {@code low} lies
 * @param to where {@code high} lies
 */
record Axis(double low, double high, double step, double from, double to) {

    private static final int TICKS = 6;

    /** Ends on round numbers around what is to be shown. */
    static Axis around(double min, double max, double from, double to) {
        double span = max > min ? max - min : Math.max(1e-3, Math.abs(max) * 0.1);
        double step = step(span / TICKS);
        double low = Math.floor(min / step + 1e-9) * step;
        double high = Math.ceil(max / step - 1e-9) * step;
        return new Axis(low, high > low ? high : low + step, step, from, to);
    }

    /** The same numbers elsewhere. */
    Axis between(double otherFrom, double otherTo) {
        return new Axis(low, high, step, otherFrom, otherTo);
    }

    private static double step(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= atLeast * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    double at(double value) {
        return from + (value - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((high - low) / step);
        for (long i = 0; i <= count; i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    String label(double tick) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        String label = String.format(Locale.ROOT, "%." + decimals + "f", tick);
        return label.matches("-0(\\.0*)?") ? label.substring(1) : label;
    }
}
