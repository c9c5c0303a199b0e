package org.myonode.crossvalidation.training;

import java.util.Arrays;
import org.myonode.crossvalidation.contours.ContourSet;
import org.myonode.workers.segment.MuscleInput;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * A slice with a class for every pixel, from which training slices are made.
 *
 * @param subject whose it is, the unit of sampling and of cross-validation
 * @param zMm height, for people
 * @param slice the image; spacing in true millimetres, which may differ from what its file says
 * @param classes one of {@link #OTHER}, {@link #MUSCLE}, {@link #LEAN}, {@link #BONE} for each pixel
 * @param cavity inside the ring of muscle and bone
 * @param weight how often it is drawn, relative to the other slices of the subject
 */
record LabelledSlice(
        String subject, double zMm, HuSlice slice, byte[] classes, boolean[] cavity, double weight, Outline outline) {

    /** Air, gas, fat: what Hounsfield units tell from muscle. */
    static final byte OTHER = 0;

    static final byte MUSCLE = 1;

    /** Organs, vessels, bowel, skin, disc: what only knowledge of the anatomy tells from muscle. */
    static final byte LEAN = 2;

    static final byte BONE = 3;
    static final int CLASSES = 4;

    /** Bins of an {@link Outline}. */
    static final int ANGLES = 120;

    /** Half the gap in the abdominal wall that is closed, in pixels of 4 mm. */
    private static final int CLOSING = 5;

    /**
     * The trunk in polar coordinates around the middle of the muscle ring, by {@link #ANGLES} angles from the patient's
     * left over posterior.
     *
     * @param centreX millimetres from the first pixel's centre along columns
     * @param centreY along rows
     * @param ring outer radius of muscle and bone, in millimetres
     * @param skin radius of the trunk, in millimetres
     */
    record Outline(double centreX, double centreY, double[] ring, double[] skin) {

        double ringAt(double angle) {
            return at(ring, angle);
        }

        double skinAt(double angle) {
            return at(skin, angle);
        }

        static double at(double[] radii, double angle) {
            double position = (angle / (2 * Math.PI) + 1) * ANGLES;
            int low = (int) Math.floor(position);
            double f = position - low;
            return (1 - f) * radii[low % ANGLES] + f * radii[(low + 1) % ANGLES];
        }
    }

    /** Where the reference says muscle. */
    Mask muscle() {
        boolean[] muscle = new boolean[classes.length];
        for (int i = 0; i < muscle.length; i++) {
            muscle[i] = classes[i] == MUSCLE;
        }
        return new Mask(slice.rows(), slice.columns(), muscle);
    }

    /** Makes classes by Hounsfield units where only muscle is known. */
    static LabelledSlice ofMuscle(String subject, double zMm, HuSlice slice, boolean[] muscle, double weight) {
        boolean[] bone = ContourSet.bone(slice);
        byte[] classes = new byte[muscle.length];
        boolean[] body = body(slice);
        float[] smooth = smooth(slice);
        for (int i = 0; i < classes.length; i++) {
            if (muscle[i]) {
                classes[i] = MUSCLE;
            } else if (!body[i]) {
                classes[i] = OTHER;
            } else if (bone[i]) {
                classes[i] = BONE;
            } else if (smooth[i] >= MuscleInput.MUSCLE_LOW) {
                classes[i] = LEAN;
            }
        }
        return of(subject, zMm, slice, classes, body, weight);
    }

    /** With known classes. */
    static LabelledSlice of(String subject, double zMm, HuSlice slice, byte[] classes, boolean[] body, double weight) {
        return new LabelledSlice(
                subject, zMm, slice, classes, cavity(slice, classes, body), weight, outline(slice, classes, body));
    }

    /** The trunk on the slice's own grid. */
    static boolean[] body(HuSlice slice) {
        float[] hu = new float[slice.hu().length];
        for (int i = 0; i < hu.length; i++) {
            hu[i] = slice.hu()[i];
        }
        return MuscleInput.trunk(hu, slice.rows(), slice.columns(), Math.sqrt(slice.pixelAreaMm2()));
    }

    private static float[] smooth(HuSlice slice) {
        int rows = slice.rows();
        int columns = slice.columns();
        float[] result = new float[rows * columns];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                float sum = 0;
                int count = 0;
                for (int v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++) {
                        sum += Math.max(-300, Math.min(500, slice.hu()[v * columns + u]));
                        count++;
                    }
                }
                result[y * columns + x] = sum / count;
            }
        }
        return result;
    }

    private static Outline outline(HuSlice slice, byte[] classes, boolean[] body) {
        int columns = slice.columns();
        double left = Double.MAX_VALUE;
        double right = -1;
        double top = Double.MAX_VALUE;
        double bottom = -1;
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] == MUSCLE) {
                left = Math.min(left, i % columns);
                right = Math.max(right, i % columns);
                top = Math.min(top, i / columns);
                bottom = Math.max(bottom, i / columns);
            }
        }
        double cx = (left + right) / 2 * slice.columnSpacingMm();
        double cy = (top + bottom) / 2 * slice.rowSpacingMm();
        double[] ring = new double[ANGLES];
        double[] skin = new double[ANGLES];
        for (int i = 0; i < classes.length; i++) {
            if (!body[i]) {
                continue;
            }
            double dx = i % columns * slice.columnSpacingMm() - cx;
            double dy = i / columns * slice.rowSpacingMm() - cy;
            double r = Math.hypot(dx, dy);
            int bin = (int) ((Math.atan2(dy, dx) / (2 * Math.PI) + 1) * ANGLES + 0.5) % ANGLES;
            skin[bin] = Math.max(skin[bin], r);
            if (classes[i] == MUSCLE || classes[i] == BONE) {
                ring[bin] = Math.max(ring[bin], r);
            }
        }
        double[] smoothRing = smooth(spread(ring));
        double[] smoothSkin = smooth(skin);
        for (int a = 0; a < ANGLES; a++) {
            smoothRing[a] = Math.min(smoothRing[a], Math.max(1, smoothSkin[a] - 2));
        }
        return new Outline(cx, cy, smoothRing, smoothSkin);
    }

    /** Gaps between muscles, such as the linea alba, take the radius of their neighbours. */
    private static double[] spread(double[] radii) {
        double[] result = radii.clone();
        for (int a = 0; a < ANGLES; a++) {
            for (int d = -3; d <= 3; d++) {
                result[a] = Math.max(result[a], radii[(a + d + ANGLES) % ANGLES]);
            }
        }
        return result;
    }

    private static double[] smooth(double[] radii) {
        double[] result = new double[ANGLES];
        for (int a = 0; a < ANGLES; a++) {
            double sum = 0;
            for (int d = -2; d <= 2; d++) {
                sum += radii[(a + d + ANGLES) % ANGLES];
            }
            result[a] = sum / 5;
        }
        return result;
    }

    /**
     * What cannot be reached from the skin when muscle and bone, closed over gaps of some 40 mm, are a wall. Worked out on
     * a grid of 4 mm.
     */
    private static boolean[] cavity(HuSlice slice, byte[] classes, boolean[] body) {
        double coarse = 4.0;
        int rows = (int) Math.ceil(slice.rows() * slice.rowSpacingMm() / coarse);
        int columns = (int) Math.ceil(slice.columns() * slice.columnSpacingMm() / coarse);
        boolean[] wall = new boolean[rows * columns];
        boolean[] trunk = new boolean[rows * columns];
        for (int y = 0; y < slice.rows(); y++) {
            for (int x = 0; x < slice.columns(); x++) {
                int i = y * slice.columns() + x;
                int j = Math.min(rows - 1, (int) (y * slice.rowSpacingMm() / coarse)) * columns
                        + Math.min(columns - 1, (int) (x * slice.columnSpacingMm() / coarse));
                wall[j] |= classes[i] == MUSCLE || classes[i] == BONE;
                trunk[j] |= body[i];
            }
        }
        boolean[] closed = grow(wall, rows, columns, CLOSING);
        boolean[] reached = new boolean[wall.length];
        int[] queue = new int[wall.length];
        int tail = 0;
        for (int i = 0; i < wall.length; i++) {
            if (!trunk[i] && !closed[i]) {
                reached[i] = true;
                queue[tail++] = i;
            }
        }
        for (int head = 0; head < tail; head++) {
            int i = queue[head];
            int x = i % columns;
            for (int j : new int[] {x > 0 ? i - 1 : -1, x < columns - 1 ? i + 1 : -1, i - columns, i + columns}) {
                if (j >= 0 && j < wall.length && !closed[j] && !reached[j]) {
                    reached[j] = true;
                    queue[tail++] = j;
                }
            }
        }
        // The closing is undone towards the outside, so that subcutaneous fat beside the wall is not cavity.
        boolean[] outside = grow(reached, rows, columns, CLOSING);
        boolean[] cavity = new boolean[classes.length];
        for (int y = 0; y < slice.rows(); y++) {
            for (int x = 0; x < slice.columns(); x++) {
                int i = y * slice.columns() + x;
                int j = Math.min(rows - 1, (int) (y * slice.rowSpacingMm() / coarse)) * columns
                        + Math.min(columns - 1, (int) (x * slice.columnSpacingMm() / coarse));
                cavity[i] = body[i] && !outside[j] && !reached[j] && classes[i] != MUSCLE && classes[i] != BONE;
            }
        }
        return cavity;
    }

    private static boolean[] grow(boolean[] mask, int rows, int columns, int radius) {
        boolean[] result = new boolean[mask.length];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                if (mask[y * columns + x]) {
                    for (int v = Math.max(0, y - radius); v <= Math.min(rows - 1, y + radius); v++) {
                        Arrays.fill(
                                result,
                                v * columns + Math.max(0, x - radius),
                                v * columns + Math.min(columns - 1, x + radius) + 1,
                                true);
                    }
                }
            }
        }
        return result;
    }
}
