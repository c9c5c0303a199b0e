package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Slices cut into nine tiles that lie in one of {@value #ORDERS} orders; which one is to be told. Tiles are cut with a
 * gap that moves, so that lines running on across a border give nothing away.
 *
 * <p>Immutable; safe for use by several threads.
 */
final class Jigsaw implements Batch.Source {

    static final int TILES = 3;
    static final int SIZE = 192;
    static final int ORDERS = 32;

    private static final int TILE = SIZE / TILES;
    private static final List<int[]> PERMUTATIONS = permutations();

    private final UnlabelledViews views;
    private final int batchSize;
    private final long seed;

    Jigsaw(UnlabelledViews views, int batchSize, long seed) {
        this.views = views;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    @Override
    public Batch batch(long step) {
        int depth = views.channels();
        int length = SIZE * SIZE * depth;
        float[] inputs = new float[batchSize * length];
        float[] targets = new float[batchSize * ORDERS];
        for (int b = 0; b < batchSize; b++) {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003L + step * 131L + b);
            float[] view = views.draw(random);
            int order = random.nextInt(ORDERS);
            targets[b * ORDERS + order] = 1;
            int[] permutation = PERMUTATIONS.get(order);
            // The body fills some two thirds of the grid: the outer part is left out, or four tiles would be air.
            int cell = views.size() / 4;
            int margin = (views.size() - TILES * cell) / 2;
            for (int t = 0; t < TILES * TILES; t++) {
                int from = permutation[t];
                double sx = margin + from % TILES * cell + random.nextDouble() * 6 - 3;
                double sy = margin + from / TILES * cell + random.nextDouble() * 6 - 3;
                tile(view, sx, sy, (cell - 4.0) / TILE, inputs, b * length, t);
            }
        }
        return new Batch(batchSize, inputs, targets);
    }

    private void tile(float[] view, double left, double top, double step, float[] inputs, int offset, int place) {
        int n = views.size();
        int depth = views.channels();
        for (int y = 0; y < TILE; y++) {
            for (int x = 0; x < TILE; x++) {
                int u = Math.max(0, Math.min(n - 1, (int) Math.round(left + x * step)));
                int v = Math.max(0, Math.min(n - 1, (int) Math.round(top + y * step)));
                int to = (place / TILES * TILE + y) * SIZE + place % TILES * TILE + x;
                System.arraycopy(view, (v * n + u) * depth, inputs, offset + to * depth, depth);
            }
        }
    }

    /** Orders that differ from each other in many places, chosen greedily from random ones; always the same. */
    private static List<int[]> permutations() {
        SplittableRandom random = new SplittableRandom(20161008);
        List<int[]> chosen = new ArrayList<>();
        while (chosen.size() < ORDERS) {
            int[] best = new int[0];
            int bestDistance = -1;
            for (int trial = 0; trial < 100; trial++) {
                int[] candidate = shuffled(random);
                int distance = TILES * TILES;
                for (int[] other : chosen) {
                    int differing = 0;
                    for (int i = 0; i < candidate.length; i++) {
                        differing += candidate[i] != other[i] ? 1 : 0;
                    }
                    distance = Math.min(distance, differing);
                }
                if (distance > bestDistance) {
                    bestDistance = distance;
                    best = candidate;
                }
            }
            chosen.add(best);
        }
        return List.copyOf(chosen);
    }

    private static int[] shuffled(SplittableRandom random) {
        int[] order = new int[TILES * TILES];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
