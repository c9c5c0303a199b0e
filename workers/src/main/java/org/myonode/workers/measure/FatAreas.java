package org.myonode.workers.measure;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Areas of fat on the slice of a muscle mask, by the attenuation of fat ({@value #LOWEST_HU} to {@value #HIGHEST_HU}
 * HU) and by where it lies: in the clefts of the muscle, inside the ring of muscle and bone, or outside it.
 *
 * <p>The ring has gaps, at the midline in front and between muscles. It is closed as seen from outside: what cannot be
 * reached from the air at a distance of {@value #REACH_MM} mm from muscle and bone lies inside (a morphological closing
 * by that distance, which leaves the outer surface as it is). When more than {@value #MOST_OPEN} of the convex hull of
 * the ring, muscle and bone aside, is reached, the ring is open and the two areas that depend on it are left out. They
 * are left out too where the body is cut by the field of view.
 *
 * <p>Fat in the clefts is fat within a closing of the mask by {@value #CLEFT_MM} mm: streaks and islands between and
 * inside muscles, without what only lies beside them. There is no mask of organs: fat in bowel contents or in the spinal
 * canal counts as visceral when its attenuation is that of fat.
 *
 * @param intramuscularCm2 in square centimetres
 * @param visceralCm2 in square centimetres, absent when the ring is open or the body is cut
 * @param subcutaneousCm2 in square centimetres, absent when the ring is open or the body is cut
 */
public record FatAreas(double intramuscularCm2, OptionalDouble visceralCm2, OptionalDouble subcutaneousCm2) {
    static final int LOWEST_HU = -190;
    static final int HIGHEST_HU = -30;
    static final double REACH_MM = 12;
    static final double CLEFT_MM = 3;
    static final double MOST_OPEN = 0.15;

    private static final int BONE_HU = 150;
    private static final int SOFT_TISSUE_HU = -300;
    private static final double TABLE_SHELL_MM = 4;

    /**
     * Measures around a mask that is not empty; both on the same grid.
     *
     * @param cutByField whether the body reaches the edge of the field of view
     */
    public static FatAreas of(HuSlice slice, Mask muscle, boolean cutByField) {
        int rows = slice.rows();
        int columns = slice.columns();
        int size = rows * columns;
        double pixelMm = Math.sqrt(slice.pixelAreaMm2());
        boolean[] tissue = new boolean[size];
        boolean[] fat = new boolean[size];
        for (int i = 0; i < size; i++) {
            int hu = slice.hu()[i];
            tissue[i] = hu > SOFT_TISSUE_HU;
            fat[i] = hu >= LOWEST_HU && hu <= HIGHEST_HU;
        }
        int shell = (int) Math.max(1, Math.round(TABLE_SHELL_MM / pixelMm));
        boolean[] body = new Regions(rows, columns, tissue)
                .eroded(shell)
                .largest()
                .dilated(shell)
                .pixels();
        boolean[] wall = new boolean[size];
        for (int i = 0; i < size; i++) {
            wall[i] = muscle.pixels()[i] || (body[i] && slice.hu()[i] > BONE_HU);
        }
        int cleft = (int) Math.max(1, Math.round(CLEFT_MM / pixelMm));
        boolean[] compartment = new Regions(rows, columns, muscle.pixels())
                .dilated(cleft)
                .eroded(cleft)
                .pixels();
        boolean[] outside = outside(rows, columns, wall, (int) Math.max(1, Math.round(REACH_MM / pixelMm)));
        int inClefts = 0;
        int inside = 0;
        int beneathSkin = 0;
        for (int i = 0; i < size; i++) {
            if (!fat[i] || wall[i]) {
                continue;
            }
            if (compartment[i]) {
                inClefts++;
            } else if (body[i] && outside[i]) {
                beneathSkin++;
            } else if (body[i]) {
                inside++;
            }
        }
        double cm2 = slice.pixelAreaMm2() / 100;
        boolean known = !cutByField
                && !touchesEdge(rows, columns, body)
                && openShare(rows, columns, wall, outside) <= MOST_OPEN;
        return new FatAreas(
                inClefts * cm2,
                known ? OptionalDouble.of(inside * cm2) : OptionalDouble.empty(),
                known ? OptionalDouble.of(beneathSkin * cm2) : OptionalDouble.empty());
    }

    /** Why two of the areas are absent. */
    public static final String WHY_ABSENT = "the ring of muscle is open or the body is cut by the field of view";

    /** What is reached from the edge of the image along ways that a square of that reach can take round the wall. */
    private static boolean[] outside(int rows, int columns, boolean[] wall, int reach) {
        boolean[] barrier = new Regions(rows, columns, wall).dilated(reach).pixels();
        int[] distance = new int[wall.length];
        Arrays.fill(distance, -1);
        ArrayDeque<Integer> open = new ArrayDeque<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                boolean edge = row == 0 || column == 0 || row == rows - 1 || column == columns - 1;
                if (edge && !barrier[row * columns + column]) {
                    distance[row * columns + column] = 0;
                    open.add(row * columns + column);
                }
            }
        }
        // First all that lies outside the barrier, then from there into it, by as much as it is wide.
        ArrayDeque<Integer> front = new ArrayDeque<>();
        while (!open.isEmpty()) {
            int at = open.remove();
            front.add(at);
            neighbours(rows, columns, at, false, next -> {
                if (distance[next] < 0 && !barrier[next]) {
                    distance[next] = 0;
                    open.add(next);
                }
            });
        }
        while (!front.isEmpty()) {
            int at = front.remove();
            if (distance[at] == reach) {
                continue;
            }
            neighbours(rows, columns, at, true, next -> {
                if (distance[next] < 0 && !wall[next]) {
                    distance[next] = distance[at] + 1;
                    front.add(next);
                }
            });
        }
        boolean[] outside = new boolean[wall.length];
        for (int i = 0; i < outside.length; i++) {
            outside[i] = distance[i] >= 0;
        }
        return outside;
    }

    private static void neighbours(int rows, int columns, int at, boolean diagonals, IntConsumer visit) {
        int row = at / columns;
        int column = at % columns;
        for (int dr = -1; dr <= 1; dr++) {
            for (int dc = -1; dc <= 1; dc++) {
                boolean self = dr == 0 && dc == 0;
                if (self || (!diagonals && dr != 0 && dc != 0)) {
                    continue;
                }
                if (row + dr >= 0 && row + dr < rows && column + dc >= 0 && column + dc < columns) {
                    visit.accept((row + dr) * columns + column + dc);
                }
            }
        }
    }

    private static boolean touchesEdge(int rows, int columns, boolean[] body) {
        for (int i = 0; i < body.length; i++) {
            int row = i / columns;
            int column = i % columns;
            if (body[i] && (row == 0 || column == 0 || row == rows - 1 || column == columns - 1)) {
                return true;
            }
        }
        return false;
    }

    /** How much of the convex hull of the wall, the wall aside, is reached from outside, 0 to 1. */
    private static double openShare(int rows, int columns, boolean[] wall, boolean[] outside) {
        boolean[] hull = ConvexHull.filled(rows, columns, wall);
        int free = 0;
        int reached = 0;
        for (int i = 0; i < wall.length; i++) {
            if (hull[i] && !wall[i]) {
                free++;
                if (outside[i]) {
                    reached++;
                }
            }
        }
        return free == 0 ? 1 : (double) reached / free;
    }
}
