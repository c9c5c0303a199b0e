package org.myonode.workers.measure;

import java.util.OptionalDouble;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The figures of one muscle mask. A figure that cannot be known is absent, never zero.
 *
 * @param pixels pixels in the mask
 * @param areaCm2 skeletal muscle area in square centimetres: pixels times the area of one
 * @param meanHu mean radiodensity of the mask in Hounsfield units; absent for an empty mask
 * @param heightM the height that the index was computed with, in metres
 * @param indexCm2PerM2 skeletal muscle index: area over height squared, in cm2/m2
 */
public record MuscleMeasures(
        int pixels, double areaCm2, OptionalDouble meanHu, OptionalDouble heightM, OptionalDouble indexCm2PerM2) {

    /** Measures a mask on its slice; both on the same grid. */
    public static MuscleMeasures of(HuSlice slice, Mask muscle, BodyHeight height) {
        if (slice.rows() != muscle.rows() || slice.columns() != muscle.columns()) {
            throw new IllegalArgumentException("the mask does not lie on the grid of the slice");
        }
        int pixels = 0;
        long sum = 0;
        for (int i = 0; i < muscle.pixels().length; i++) {
            if (muscle.pixels()[i]) {
                pixels++;
                sum += slice.hu()[i];
            }
        }
        double areaCm2 = pixels * slice.pixelAreaMm2() / 100;
        OptionalDouble index = height.metres().isPresent()
                ? OptionalDouble.of(areaCm2 / Math.pow(height.metres().getAsDouble(), 2))
                : OptionalDouble.empty();
        return new MuscleMeasures(
                pixels,
                areaCm2,
                pixels == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) sum / pixels),
                height.metres(),
                index);
    }
}
