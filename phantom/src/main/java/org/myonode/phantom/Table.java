package org.myonode.phantom;

/** A function given by points, joined smoothly (monotone between points, constant outside). */
final class Table {
    private final double[] at;
    private final double[] value;

    /** Pairs of place and value, places growing. */
    Table(double... pairs) {
        at = new double[pairs.length / 2];
        value = new double[pairs.length / 2];
        for (int i = 0; i < at.length; i++) {
            at[i] = pairs[2 * i];
            value[i] = pairs[2 * i + 1];
        }
    }

    double of(double t) {
        if (t <= at[0]) {
            return value[0];
        }
        for (int i = 1; i < at.length; i++) {
            if (t <= at[i]) {
                double f = (t - at[i - 1]) / (at[i] - at[i - 1]);
                double h = at[i] - at[i - 1];
                double m0 = slope(i - 1) * h;
                double m1 = slope(i) * h;
                double f2 = f * f;
                double f3 = f2 * f;
                return (2 * f3 - 3 * f2 + 1) * value[i - 1]
                        + (f3 - 2 * f2 + f) * m0
                        + (-2 * f3 + 3 * f2) * value[i]
                        + (f3 - f2) * m1;
            }
        }
        return value[value.length - 1];
    }

    private double slope(int i) {
        if (i == 0 || i == at.length - 1) {
            return 0;
        }
        double a = (value[i] - value[i - 1]) / (at[i] - at[i - 1]);
        double b = (value[i + 1] - value[i]) / (at[i + 1] - at[i]);
        return a * b <= 0 ? 0 : 2 * a * b / (a + b);
    }
}
