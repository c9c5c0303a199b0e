package org.myonode.workers.pet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/** One pass over a mask: trilinear SUV at the centres of its pixels. Not thread-safe. */
final class PetSampler {
    /** Rounding of positions in headers, in millimetres and in pixels. */
    private static final double ROUNDING = 0.01;

    private final PetSeries series;
    private final PetPlanes planes;
    private final ImagePlane[] geometry;
    private final float[] @Nullable [] suv;
    private final double usualStepMm;

    PetSampler(PetSeries series, SuvScale.Known scale) {
        this.series = series;
        planes = new PetPlanes(series, scale);
        geometry = series.images().stream().map(ImagePlane::of).toArray(ImagePlane[]::new);
        suv = new float[geometry.length][];
        double[] steps = new double[geometry.length - 1];
        for (int k = 0; k < steps.length; k++) {
            steps[k] = geometry[k + 1].height() - geometry[k].height();
        }
        Arrays.sort(steps);
        usualStepMm = steps[steps.length / 2];
    }

    MuscleUptake sample(ImageHeader ct, Mask mask) throws IOException {
        ImagePlane slice = ImagePlane.of(ct);
        double sum = 0;
        double max = 0;
        for (int row = 0; row < mask.rows(); row++) {
            for (int column = 0; column < mask.columns(); column++) {
                if (!mask.at(row, column)) {
                    continue;
                }
                double[] p = slice.at(row, column);
                int below = planeBelow(p);
                if (below < 0) {
                    return outside(p);
                }
                double step = geometry[below + 1].height() - geometry[below].height();
                double up = Math.min(1, Math.max(0, (geometry[below].along(p) - geometry[below].height()) / step));
                if (step > 1.5 * usualStepMm) {
                    return new MuscleUptake.Unknown(String.format(
                            Locale.ROOT,
                            "PET slices are missing between z %.1f and %.1f mm",
                            geometry[below].height(),
                            geometry[below + 1].height()));
                }
                double value = 0;
                // A plane with no weight is not read: a slice on a plane needs one image only.
                if (up < 1 - 1e-9) {
                    value += (1 - up) * bilinear(below, p);
                }
                if (up > 1e-9) {
                    value += up * bilinear(below + 1, p);
                }
                if (Double.isNaN(value)) {
                    return outside(p);
                }
                sum += value;
                max = Math.max(max, value);
            }
        }
        List<ImageHeader> used = new ArrayList<>();
        for (int k = 0; k < suv.length; k++) {
            if (suv[k] != null) {
                used.add(series.images().get(k));
            }
        }
        return new MuscleUptake.Known(sum / mask.count(), max, used);
    }

    private static MuscleUptake.Unknown outside(double[] p) {
        return new MuscleUptake.Unknown(
                String.format(Locale.ROOT, "muscle at (%.1f, %.1f, %.1f) mm lies outside the PET", p[0], p[1], p[2]));
    }

    private int planeBelow(double[] p) {
        for (int k = 0; k < geometry.length - 1; k++) {
            if (geometry[k].along(p) >= geometry[k].height() - ROUNDING
                    && geometry[k + 1].along(p) <= geometry[k + 1].height() + ROUNDING) {
                return k;
            }
        }
        return -1;
    }

    /** SUV in a plane at the foot of a point, NaN outside. */
    private double bilinear(int k, double[] p) throws IOException {
        ImagePlane plane = geometry[k];
        float[] values = suv[k];
        if (values == null) {
            values = planes.plane(k);
            suv[k] = values;
        }
        double column = plane.column(p);
        double row = plane.row(p);
        if (column < -ROUNDING
                || row < -ROUNDING
                || column > plane.columns() - 1 + ROUNDING
                || row > plane.rows() - 1 + ROUNDING) {
            return Double.NaN;
        }
        int c = (int) Math.max(0, Math.min(plane.columns() - 2, Math.floor(column)));
        int r = (int) Math.max(0, Math.min(plane.rows() - 2, Math.floor(row)));
        double dc = Math.max(0, Math.min(1, column - c));
        double dr = Math.max(0, Math.min(1, row - r));
        int at = r * plane.columns() + c;
        return (1 - dr) * ((1 - dc) * values[at] + dc * values[at + 1])
                + dr * ((1 - dc) * values[at + plane.columns()] + dc * values[at + plane.columns() + 1]);
    }
}
