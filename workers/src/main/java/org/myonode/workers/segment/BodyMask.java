package org.myonode.workers.segment;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Where the trunk is on an axial slice: the largest connected part above {@value #SKIN_HU} HU after thin bridges to the
 * table and the arms are cut, with its gas-filled holes closed.
 */
final class BodyMask {

    /** Between lung or table foam and fat. */
    static final float SKIN_HU = -300f;

    /** Table shells, and the contact of an arm, that are thinner than twice this do not connect, in millimetres. */
    private static final double BRIDGE_MM = 8.0;

    private BodyMask() {}

    /** The trunk on a grid of Hounsfield units; nothing when no pixel is above the threshold. */
    static boolean[] of(float[] hu, int rows, int columns, double spacingMm) {
        boolean[] dense = new boolean[hu.length];
        for (int i = 0; i < hu.length; i++) {
            dense[i] = hu[i] > SKIN_HU;
        }
        int radius = (int) Math.max(1, Math.round(BRIDGE_MM / spacingMm));
        // Holes are closed before the erosion, or gas in a distended bowel opens the abdominal wall beside it.
        boolean[] filled = fillHoles(dense, rows, columns);
        boolean[] core = largest(erode(filled, rows, columns, radius), rows, columns);
        boolean[] grown = dilate(core, rows, columns, radius + 1);
        for (int i = 0; i < grown.length; i++) {
            grown[i] &= filled[i];
        }
        return fillHoles(grown, rows, columns);
    }

    /** Squares, in two passes: each value becomes true where all values within the radius are. The edge counts as body. */
    static boolean[] erode(boolean[] mask, int rows, int columns, int radius) {
        boolean[] inverse = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            inverse[i] = !mask[i];
        }
        boolean[] grown = dilate(inverse, rows, columns, radius);
        for (int i = 0; i < mask.length; i++) {
            grown[i] = !grown[i];
        }
        return grown;
    }

    static boolean[] dilate(boolean[] mask, int rows, int columns, int radius) {
        boolean[] across = new boolean[mask.length];
        for (int y = 0; y < rows; y++) {
            int last = Integer.MIN_VALUE / 2;
            for (int x = 0; x < columns; x++) {
                if (mask[y * columns + x]) {
                    last = x;
                }
                across[y * columns + x] = x - last <= radius;
            }
            last = Integer.MAX_VALUE / 2;
            for (int x = columns - 1; x >= 0; x--) {
                if (mask[y * columns + x]) {
                    last = x;
                }
                across[y * columns + x] |= last - x <= radius;
            }
        }
        boolean[] result = new boolean[mask.length];
        for (int x = 0; x < columns; x++) {
            int last = Integer.MIN_VALUE / 2;
            for (int y = 0; y < rows; y++) {
                if (across[y * columns + x]) {
                    last = y;
                }
                result[y * columns + x] = y - last <= radius;
            }
            last = Integer.MAX_VALUE / 2;
            for (int y = rows - 1; y >= 0; y--) {
                if (across[y * columns + x]) {
                    last = y;
                }
                result[y * columns + x] |= last - y <= radius;
            }
        }
        return result;
    }

    /** The 4-connected part with the most pixels; the first in reading order among equals. */
    static boolean[] largest(boolean[] mask, int rows, int columns) {
        int[] part = new int[mask.length];
        int parts = 0;
        int best = 0;
        int bestSize = 0;
        int[] queue = new int[mask.length];
        for (int start = 0; start < mask.length; start++) {
            if (!mask[start] || part[start] != 0) {
                continue;
            }
            parts++;
            int size = flood(mask, rows, columns, start, part, parts, queue);
            if (size > bestSize) {
                bestSize = size;
                best = parts;
            }
        }
        boolean[] result = new boolean[mask.length];
        for (int i = 0; i < mask.length; i++) {
            result[i] = best != 0 && part[i] == best;
        }
        return result;
    }

    /** Marks a 4-connected part with a number; the queue gets its pixels. */
    static int flood(boolean[] mask, int rows, int columns, int start, int[] part, int number, int[] queue) {
        int tail = 0;
        queue[tail++] = start;
        part[start] = number;
        for (int head = 0; head < tail; head++) {
            int i = queue[head];
            int x = i % columns;
            int y = i / columns;
            if (x > 0 && mask[i - 1] && part[i - 1] == 0) {
                part[i - 1] = number;
                queue[tail++] = i - 1;
            }
            if (x < columns - 1 && mask[i + 1] && part[i + 1] == 0) {
                part[i + 1] = number;
                queue[tail++] = i + 1;
            }
            if (y > 0 && mask[i - columns] && part[i - columns] == 0) {
                part[i - columns] = number;
                queue[tail++] = i - columns;
            }
            if (y < rows - 1 && mask[i + columns] && part[i + columns] == 0) {
                part[i + columns] = number;
                queue[tail++] = i + columns;
            }
        }
        return tail;
    }

    /** Closes what is not connected to the edge of the picture. */
    static boolean[] fillHoles(boolean[] mask, int rows, int columns) {
        boolean[] outside = new boolean[mask.length];
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < mask.length; i++) {
            int x = i % columns;
            int y = i / columns;
            boolean edge = x == 0 || y == 0 || x == columns - 1 || y == rows - 1;
            if (edge && !mask[i]) {
                outside[i] = true;
                open.add(i);
            }
        }
        while (!open.isEmpty()) {
            int i = open.poll();
            int x = i % columns;
            int y = i / columns;
            int[] neighbours = {
                x > 0 ? i - 1 : -1,
                x < columns - 1 ? i + 1 : -1,
                y > 0 ? i - columns : -1,
                y < rows - 1 ? i + columns : -1
            };
            for (int j : neighbours) {
                if (j >= 0 && !mask[j] && !outside[j]) {
                    outside[j] = true;
                    open.add(j);
                }
            }
        }
        boolean[] filled = new boolean[mask.length];
        Arrays.fill(filled, true);
        for (int i = 0; i < mask.length; i++) {
            filled[i] = !outside[i];
        }
        return filled;
    }
}
