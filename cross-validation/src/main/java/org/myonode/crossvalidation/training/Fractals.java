package org.myonode.crossvalidation.training;

import java.util.SplittableRandom;

/**
 * Pictures of fractals by iterated function systems. A family is a set of affine maps that follows from its number; each
 * picture of it has maps that are a little different, and is turned and mirrored.
 *
 * <p>Immutable; safe for use by several threads.
 */
final class Fractals implements Batch.Source {

    static final int SIZE = 192;
    static final int FAMILIES = 64;

    private static final int POINTS = 12_000;
    private static final int SETTLE = 30;
    private static final double OWN = 0.04;

    private final int batchSize;
    private final int channels;
    private final long seed;

    Fractals(int batchSize, int channels, long seed) {
        this.batchSize = batchSize;
        this.channels = channels;
        this.seed = seed;
    }

    @Override
    public Batch batch(long step) {
        float[] inputs = new float[batchSize * SIZE * SIZE * channels];
        float[] targets = new float[batchSize * FAMILIES];
        for (int b = 0; b < batchSize; b++) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003L + step * 131L + b);
            int family = random.nextInt(FAMILIES);
            targets[b * FAMILIES + family] = 1;
            float[] picture = draw(family, random);
            for (int i = 0; i < picture.length; i++) {
                for (int c = 0; c < channels; c++) {
                    inputs[(b * SIZE * SIZE + i) * channels + c] = picture[i];
                }
            }
        }
        return new Batch(batchSize, inputs, targets);
    }

    /** Values -1 to 1. */
    private static float[] draw(int family, SplittableRandom random) {
        SplittableRandom own = new SplittableRandom(7919L * (family + 1));
        int maps = 2 + own.nextInt(4);
        double[][] map = new double[maps][6];
        for (double[] one : map) {
            for (int k = 0; k < 6; k++) {
                double common = own.nextDouble() * 2 - 1;
                one[k] = common * (k < 4 ? 0.72 : 1) + OWN * random.nextGaussian();
            }
            // Maps that pull points together, or the picture would be empty.
            double largest = Math.max(Math.hypot(one[0], one[2]), Math.hypot(one[1], one[3]));
            if (largest > 0.85) {
                for (int k = 0; k < 4; k++) {
                    one[k] *= 0.85 / largest;
                }
            }
        }
        float[] xs = new float[POINTS];
        float[] ys = new float[POINTS];
        double x = 0;
        double y = 0;
        float left = Float.MAX_VALUE;
        float right = -Float.MAX_VALUE;
        float top = Float.MAX_VALUE;
        float bottom = -Float.MAX_VALUE;
        for (int i = -SETTLE; i < POINTS; i++) {
            double[] m = map[random.nextInt(maps)];
            double nx = m[0] * x + m[1] * y + m[4];
            y = m[2] * x + m[3] * y + m[5];
            x = nx;
            if (i >= 0) {
                xs[i] = (float) x;
                ys[i] = (float) y;
                left = Math.min(left, xs[i]);
                right = Math.max(right, xs[i]);
                top = Math.min(top, ys[i]);
                bottom = Math.max(bottom, ys[i]);
            }
        }
        float[] picture = new float[SIZE * SIZE];
        double span = Math.max(1e-6, Math.max(right - left, bottom - top)) * (1.05 + 0.4 * random.nextDouble());
        boolean flip = random.nextBoolean();
        boolean turn = random.nextBoolean();
        for (int i = 0; i < POINTS; i++) {
            int u = (int) (((xs[i] - (left + right) / 2) / span + 0.5) * SIZE);
            int v = (int) (((ys[i] - (top + bottom) / 2) / span + 0.5) * SIZE);
            u = flip ? SIZE - 1 - u : u;
            if (u >= 0 && v >= 0 && u < SIZE && v < SIZE) {
                picture[turn ? u * SIZE + v : v * SIZE + u] += 0.5f;
            }
        }
        for (int i = 0; i < picture.length; i++) {
            picture[i] = Math.min(1, picture[i]) * 2 - 1;
        }
        return picture;
    }
}
