package org.myonode.crossvalidation.training;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Bands between wavy closed curves, in front of a textured ground that other bands cross. What is to be marked is known
 * because it is drawn: the band, and what it encloses.
 *
 * <p>Immutable; safe for use by several threads.
 */
final class Outlines implements Batch.Source {

    static final int GROUND = 0;
    static final int BAND = 1;
    static final int INSIDE = 2;
    static final int CLASSES = 3;

    private static final int WAVES = 6;

    private final int size;
    private final int batchSize;
    private final int channels;
    private final long seed;

    Outlines(int size, int batchSize, int channels, long seed) {
        this.size = size;
        this.batchSize = batchSize;
        this.channels = channels;
        this.seed = seed;
    }

    @Override
    public Batch batch(long step) {
        float[] inputs = new float[batchSize * size * size * channels];
        float[] targets = new float[batchSize * size * size * CLASSES];
        for (int b = 0; b < batchSize; b++) {
            draw(b, inputs, targets, new SplittableRandom(seed * 1_000_003L + step * 131L + b));
        }
        return new Batch(batchSize, inputs, targets);
    }

    private void draw(int at, float[] inputs, float[] targets, SplittableRandom random) {
        float[] picture = new float[size * size];
        byte[] label = new byte[size * size];
        fill(picture, random);
        // Whole discs first: what has no band around it is ground.
        for (int disc = 4 + random.nextInt(8); disc > 0; disc--) {
            curve(picture, null, 0.05 + 0.12 * random.nextDouble(), 1, random);
        }
        for (int band = 1 + random.nextInt(3); band > 0; band--) {
            curve(picture, label, 0.15 + 0.3 * random.nextDouble(), 0.08 + 0.3 * random.nextDouble(), random);
        }
        float noise = (float) (0.15 * random.nextDouble());
        for (int i = 0; i < picture.length; i++) {
            float value = Math.max(-1, Math.min(1, picture[i] + noise * (float) random.nextGaussian()));
            for (int c = 0; c < channels; c++) {
                // Channels differ in contrast, as windows of Hounsfield units do.
                inputs[(at * size * size + i) * channels + c] = c == 0 ? value : Math.max(-1, Math.min(1, value * 2));
            }
            targets[(at * size * size + i) * CLASSES + label[i]] = 1;
        }
    }

    private void fill(float[] picture, SplittableRandom random) {
        double fx = (random.nextDouble() - 0.5) * 0.2;
        double fy = (random.nextDouble() - 0.5) * 0.2;
        double level = random.nextDouble() - 0.5;
        double swing = 0.3 * random.nextDouble();
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (float) (level + swing * Math.sin(fx * (i % size) + fy * (i / size)));
        }
    }

    /** A closed curve filled from its edge inwards by a share of its radius; the rest is its inside. */
    private void curve(float[] picture, byte @Nullable [] label, double radius, double thick, SplittableRandom random) {
        double cx = size * (0.2 + 0.6 * random.nextDouble());
        double cy = size * (0.2 + 0.6 * random.nextDouble());
        double aspect = Math.exp(0.3 * random.nextGaussian());
        double[] a = new double[WAVES];
        double[] p = new double[WAVES];
        for (int k = 0; k < WAVES; k++) {
            a[k] = 0.12 * random.nextGaussian() / (k + 1);
            p[k] = random.nextDouble() * 2 * Math.PI;
        }
        float band = (float) (random.nextDouble() * 1.6 - 0.8);
        float inside = (float) (random.nextDouble() * 1.6 - 0.8);
        double r = radius * size;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                double dx = (x - cx) / aspect;
                double dy = (y - cy) * aspect;
                double distance = Math.hypot(dx, dy);
                if (distance > r * 1.8) {
                    continue;
                }
                double angle = Math.atan2(dy, dx);
                double edge = 1;
                for (int k = 0; k < WAVES; k++) {
                    edge += a[k] * Math.cos((k + 1) * angle + p[k]);
                }
                double depth = edge - distance / r;
                if (depth <= 0) {
                    continue;
                }
                int i = y * size + x;
                boolean within = depth > thick;
                picture[i] = within ? 0.5f * (picture[i] + inside) : band;
                if (label != null) {
                    label[i] = (byte) (within ? INSIDE : BAND);
                }
            }
        }
    }
}
