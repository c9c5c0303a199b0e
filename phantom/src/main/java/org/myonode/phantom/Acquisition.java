package org.myonode.phantom;

import java.util.random.RandomGenerator;

/**
 * How the scanner sees the patient.
 *
 * @param noiseHu noise in a patient of 28 cm effective diameter at 0.977 mm, HU
 * @param blurMm sigma of the in-plane blur, mm
 * @param grainMm sigma of the noise grain, mm; smaller for sharper kernels
 * @param couchHalfWidthMm half width of the couch, mm
 * @param couchCurve curvature of the couch top, 1/mm
 * @param couchDepthMm distance of the base below the top, mm; 0 for none
 * @param couchHu level of the couch shell, HU
 * @param padMm height of the mattress, mm
 * @param pad whether the mattress is faintly visible
 * @param paddingHu value outside the reconstruction circle, HU; 0 for no circle
 */
public record Acquisition(
        double noiseHu,
        double blurMm,
        double grainMm,
        double couchHalfWidthMm,
        double couchCurve,
        double couchDepthMm,
        double couchHu,
        double padMm,
        boolean pad,
        int paddingHu) {

    /** Draws a scanner: low-dose soft to diagnostic sharp. */
    public static Acquisition sample(RandomGenerator random) {
        double sharp = random.nextDouble();
        double half = 190 + 50 * random.nextDouble();
        return new Acquisition(
                6 + 14 * random.nextDouble() * random.nextDouble() + 5 * sharp,
                0.85 - 0.5 * sharp,
                1.05 - 0.5 * sharp,
                half,
                (18 + 30 * random.nextDouble()) / (half * half),
                random.nextDouble() < 0.7 ? 32 + 25 * random.nextDouble() : 0,
                -120 + 700 * random.nextDouble(),
                random.nextDouble() < 0.6 ? 3 : 12 + 14 * random.nextDouble(),
                random.nextBoolean(),
                random.nextDouble() < 0.3 ? (random.nextBoolean() ? -1024 : -3024) : 0);
    }
}
