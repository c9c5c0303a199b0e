package org.myonode.workers.measure;

import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * How the attenuation of a muscle mask is distributed. Muscle of low attenuation ({@value #LOWEST_HU} to
 * {@value #HIGHEST_LOW_HU} HU) is infiltrated with fat, that above is normal: Aubrey et al., Measurement of skeletal
 * muscle radiation attenuation and basis of its biological variation, Acta Physiologica 2014;210:489-497.
 *
 * @param sdHu standard deviation of the pixels, in Hounsfield units; it holds the noise of the image too
 * @param medianHu in Hounsfield units
 * @param lowAreaCm2 area of muscle of low attenuation, in square centimetres
 * @param lowPercent its share of the mask, in percent
 */
public record MuscleDensity(double sdHu, double medianHu, double lowAreaCm2, double lowPercent) {
    static final int LOWEST_HU = -29;
    static final int HIGHEST_LOW_HU = 29;

    /** Looks at a mask that is not empty on its slice; both on the same grid. */
    public static MuscleDensity of(HuSlice slice, Mask muscle) {
        int[] counts = new int[1 << 16];
        long sum = 0;
        int pixels = 0;
        int low = 0;
        for (int i = 0; i < muscle.pixels().length; i++) {
            if (muscle.pixels()[i]) {
                int hu = slice.hu()[i];
                counts[hu - Short.MIN_VALUE]++;
                sum += hu;
                pixels++;
                if (hu >= LOWEST_HU && hu <= HIGHEST_LOW_HU) {
                    low++;
                }
            }
        }
        double mean = (double) sum / pixels;
        double squares = 0;
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] > 0) {
                squares += counts[k] * Math.pow(k + Short.MIN_VALUE - mean, 2);
            }
        }
        double median = (ranked(counts, (pixels - 1) / 2) + (double) ranked(counts, pixels / 2)) / 2;
        return new MuscleDensity(
                Math.sqrt(squares / pixels), median, low * slice.pixelAreaMm2() / 100, 100.0 * low / pixels);
    }

    private static int ranked(int[] counts, int rank) {
        int below = 0;
        for (int k = 0; k < counts.length; k++) {
            below += counts[k];
            if (below > rank) {
                return k + Short.MIN_VALUE;
            }
        }
        throw new IllegalArgumentException("there is no pixel of rank " + rank);
    }
}
