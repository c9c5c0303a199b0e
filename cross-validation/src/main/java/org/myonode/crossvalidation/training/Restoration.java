package org.myonode.crossvalidation.training;

import java.util.SplittableRandom;

/**
 * Slices on which small squares have changed places; the target is the slice as it was. To put them back one must know
 * what lies where in a body.
 *
 * <p>Immutable; safe for use by several threads.
 */
record Restoration(UnlabelledViews views, int batchSize, long seed) implements Batch.Source {

    private static final int EXCHANGES = 12;
    private static final int SMALLEST = 8;
    private static final int LARGEST = 24;

    @Override
    public Batch batch(long step) {
        int length = views.size() * views.size() * views.channels();
        float[] inputs = new float[batchSize * length];
        float[] targets = new float[batchSize * length];
        for (int b = 0; b < batchSize; b++) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003L + step * 131L + b);
            float[] view = views.draw(random);
            System.arraycopy(view, 0, targets, b * length, length);
            for (int e = 0; e < EXCHANGES; e++) {
                exchange(view, SMALLEST + random.nextInt(LARGEST - SMALLEST), random);
            }
            System.arraycopy(view, 0, inputs, b * length, length);
        }
        return new Batch(batchSize, inputs, targets);
    }

    private void exchange(float[] view, int side, SplittableRandom random) {
        int n = views.size();
        int depth = views.channels();
        // Most of the body lies in the middle of the grid.
        int low = n / 8;
        int room = n - 2 * low - side;
        int ax = low + random.nextInt(room);
        int ay = low + random.nextInt(room);
        int bx = low + random.nextInt(room);
        int by = low + random.nextInt(room);
        for (int y = 0; y < side; y++) {
            for (int i = 0; i < side * depth; i++) {
                int a = ((ay + y) * n + ax) * depth + i;
                int b = ((by + y) * n + bx) * depth + i;
                float value = view[a];
                view[a] = view[b];
                view[b] = value;
            }
        }
    }
}
