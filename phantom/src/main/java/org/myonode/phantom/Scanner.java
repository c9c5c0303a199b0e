package org.myonode.phantom;

import java.util.SplittableRandom;

/**
 * What the scanner adds: blur of the reconstruction, correlated noise that grows with the patient's size and is
 * stretched across wide parts (shoulders, hips), and the couch.
 */
final class Scanner {
    /** Standard normal numbers; drawing from a table is several times cheaper than computing them. */
    private static final float[] NORMAL = new float[1 << 14];

    static {
        java.util.Random random = new java.util.Random(20_23);
        for (int i = 0; i < NORMAL.length; i++) {
            NORMAL[i] = (float) random.nextGaussian();
        }
    }

    private final Acquisition acquisition;

    Scanner(Acquisition acquisition) {
        this.acquisition = acquisition;
    }

    /**
     * Paints the couch below the patient, in scanner coordinates: a curved carbon shell over a straight base.
     *
     * @param skinY how far down the skin reaches, mm from the axis
     * @param prone whether down is anterior
     */
    void couch(Canvas canvas, double centreX, double centreY, double skinY, boolean prone) {
        double top = skinY + acquisition.padMm();
        double curve = acquisition.couchCurve();
        double half = acquisition.couchHalfWidthMm();
        int n = canvas.n;
        double origin = -(n - 1) / 2.0 * canvas.spacing;
        for (int j = 0; j < n; j++) {
            double y = (prone ? -1 : 1) * (centreY + origin + j * canvas.spacing);
            for (int i = 0; i < n; i++) {
                int p = j * n + i;
                if (canvas.label[p] != Label.AIR) {
                    continue;
                }
                double x = centreX + origin + i * canvas.spacing;
                double ax = Math.abs(x);
                if (ax > half + 3) {
                    continue;
                }
                double surface = top - curve * x * x;
                double below = y - surface;
                if (below < -canvas.spacing || below > 70) {
                    continue;
                }
                double slope = 1 / Math.sqrt(1 + 4 * curve * curve * x * x);
                double shell = Math.abs(below * slope) - 0.6;
                double base = Double.MAX_VALUE;
                double depth = acquisition.couchDepthMm();
                if (depth > 0) {
                    double floor = Math.abs(y - (top + depth)) - 0.9;
                    double flat = half * 0.45;
                    double side =
                            Math.abs((ax - flat) * 0.56 / (half - flat) * 1.8 * depth / 50 * 40 + (y - (top + depth)))
                                            * 0.8
                                    - 0.9;
                    base = ax < flat ? floor : Math.max(side, ax - half);
                }
                double d = Math.min(Math.max(shell, ax - half), base);
                double cover = 0.5 - d / canvas.spacing;
                if (cover > 0) {
                    float value = (float) acquisition.couchHu();
                    canvas.hu[p] += Math.min(1, cover) * (value - canvas.hu[p]);
                    canvas.label[p] = Label.TABLE;
                } else if (acquisition.pad() && below < -0.5 && below > -acquisition.padMm()) {
                    canvas.hu[p] = -950;
                }
            }
        }
    }

    /** Blurs, adds noise and quantises. Girth is the patient's effective diameter here in mm, wide its width over depth. */
    short[] image(Canvas canvas, long noiseSeed, double girthMm, double wide) {
        int n = canvas.n;
        float s = canvas.spacing;
        float[] image = canvas.hu;
        blur(image, n, (float) acquisition.blurMm() / s);
        double attenuation = Math.exp(0.5 * 0.0193 * (girthMm - 280) * 0.9);
        double atSpacing = Math.pow(0.977 / Math.max(s, 0.6), 0.75);
        float sigma = (float) (acquisition.noiseHu() * Math.min(4, attenuation) * atSpacing);
        float across = (float) Math.min(0.75, Math.max(0, (wide - 1.25) * 0.8) + 0.12);
        float[] noise = new float[n * n];
        SplittableRandom random = new SplittableRandom(noiseSeed);
        float[] white = new float[n];
        for (int j = 0; j < n; j++) {
            float carry = 0;
            for (int i = 0; i < n; i += 4) {
                long bits = random.nextLong();
                for (int q = 0; q < 4 && i + q < n; q++) {
                    white[i + q] = NORMAL[(int) (bits >>> (16 * q)) & 0x3FFF];
                }
            }
            // Part of the noise is drawn out along the long axis of the body.
            float keep = (float) Math.exp(-s / 7);
            float fresh = (float) Math.sqrt(1 - keep * keep);
            for (int i = 0; i < n; i++) {
                carry = carry * keep + fresh * NORMAL[(int) (random.nextInt() >>> 18) & 0x3FFF];
                noise[j * n + i] = white[i] * (1 - across) + carry * across * 1.1f;
            }
        }
        blur(noise, n, (float) acquisition.grainMm() / s);
        double sum = 0;
        for (int p = 0; p < noise.length; p += 7) {
            sum += noise[p] * noise[p];
        }
        float unit = (float) (1 / Math.sqrt(sum / (noise.length / 7.0)));
        short[] hu = new short[n * n];
        for (int p = 0; p < hu.length; p++) {
            float local = canvas.label[p] == Label.AIR ? 0.35f : 1;
            hu[p] = (short) Math.max(-1024, Math.min(3071, Math.round(image[p] + sigma * unit * local * noise[p])));
        }
        return hu;
    }

    /** Separable three-tap blur of a Gaussian with that sigma in pixels (twice when it is wide). */
    static void blur(float[] image, int n, float sigma) {
        if (sigma < 0.2f) {
            return;
        }
        int passes = sigma > 0.75f ? 2 : 1;
        float variance = sigma * sigma / passes;
        float side = Math.min(0.33f, variance / 2);
        float middle = 1 - 2 * side;
        float[] line = new float[n];
        for (int pass = 0; pass < passes; pass++) {
            for (int j = 0; j < n; j++) {
                int o = j * n;
                System.arraycopy(image, o, line, 0, n);
                for (int i = 1; i < n - 1; i++) {
                    image[o + i] = middle * line[i] + side * (line[i - 1] + line[i + 1]);
                }
            }
            float[] above = new float[n];
            float[] here = new float[n];
            System.arraycopy(image, 0, above, 0, n);
            for (int j = 1; j < n - 1; j++) {
                int o = j * n;
                System.arraycopy(image, o, here, 0, n);
                for (int i = 0; i < n; i++) {
                    image[o + i] = middle * here[i] + side * (above[i] + image[o + n + i]);
                }
                float[] swap = above;
                above = here;
                here = swap;
            }
        }
    }
}
