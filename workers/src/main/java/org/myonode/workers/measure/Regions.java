package org.myonode.workers.measure;

import java.util.ArrayDeque;

/** Square erosion and dilation and the largest 4-connected piece of a binary image. Pixels beyond the edge are off. */
record Regions(int rows, int columns, boolean[] pixels) {

    Regions eroded(int reach) {
        return ranked(reach, 2 * reach + 1);
    }

    Regions dilated(int reach) {
        return ranked(reach, 1);
    }

    /** A pixel is on when at least so many of its window are, first along the rows, then along the columns. */
    private Regions ranked(int reach, int least) {
        boolean[] across = new boolean[pixels.length];
        for (int row = 0; row < rows; row++) {
            rank(pixels, across, row * columns, 1, columns, reach, least);
        }
        boolean[] both = new boolean[pixels.length];
        for (int column = 0; column < columns; column++) {
            rank(across, both, column, columns, rows, reach, least);
        }
        return new Regions(rows, columns, both);
    }

    private static void rank(boolean[] from, boolean[] to, int start, int stride, int count, int reach, int least) {
        int on = 0;
        for (int i = -reach; i < count; i++) {
            int entering = i + reach;
            int leaving = i - reach - 1;
            if (entering < count && from[start + entering * stride]) {
                on++;
            }
            if (leaving >= 0 && from[start + leaving * stride]) {
                on--;
            }
            if (i >= 0) {
                to[start + i * stride] = on >= least;
            }
        }
    }

    Regions largest() {
        int[] piece = new int[pixels.length];
        int pieces = 0;
        int best = 0;
        int bestSize = 0;
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int seed = 0; seed < pixels.length; seed++) {
            if (!pixels[seed] || piece[seed] != 0) {
                continue;
            }
            pieces++;
            int size = 0;
            piece[seed] = pieces;
            open.push(seed);
            while (!open.isEmpty()) {
                int at = open.pop();
                size++;
                int column = at % columns;
                spread(at - columns, at >= columns, piece, pieces, open);
                spread(at + columns, at + columns < pixels.length, piece, pieces, open);
                spread(at - 1, column > 0, piece, pieces, open);
                spread(at + 1, column < columns - 1, piece, pieces, open);
            }
            if (size > bestSize) {
                bestSize = size;
                best = pieces;
            }
        }
        boolean[] kept = new boolean[pixels.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = best != 0 && piece[i] == best;
        }
        return new Regions(rows, columns, kept);
    }

    private void spread(int to, boolean inside, int[] piece, int number, ArrayDeque<Integer> open) {
        if (inside && pixels[to] && piece[to] == 0) {
            piece[to] = number;
            open.push(to);
        }
    }
}
