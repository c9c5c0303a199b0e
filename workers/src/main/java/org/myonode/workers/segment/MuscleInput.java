package org.myonode.workers.segment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.myonode.workers.model.ModelException;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * What a muscle model sees of a slice, and what its answer means on that slice. Training and serving share this class,
 * so that they cannot drift apart.
 *
 * <p>The slice is resampled by area averaging to a square grid of fixed spacing around the middle of the trunk. A trunk
 * smaller than a slim adult's is magnified to that size, so that children, and data whose header understates the pixel
 * spacing, look like what the model knows. Everything outside the trunk (table, arms that do not touch) becomes air.
 * Each window of Hounsfield units makes one channel, -1 at its lower and 1 at its upper end.
 *
 * <p>On the way back the probability is interpolated bilinearly to the pixels of the slice; muscle is where it exceeds
 * {@value #THRESHOLD} and the median of the 3x3 neighbourhood (of pixels of {@value #COARSE_PIXEL_MM} mm and more, the pixel
 * itself) lies in {@value #MUSCLE_LOW} to {@value #MUSCLE_HIGH} HU (Prado, Lancet Oncol 2008;9:629).
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class MuscleInput {

    /** Lowest value of muscle, in Hounsfield units. */
    public static final int MUSCLE_LOW = -29;

    /**
     * Probability above which a pixel is muscle. At 0.45 the area is unbiased on fresh phantoms, and on contoured slices
     * it is less biased than at 0.4 or 0.5; at the edge of a thin muscle the grid's pixels hold part muscle, and the
     * Hounsfield units decide there.
     */
    public static final float THRESHOLD = 0.45f;

    /**
     * From here on a pixel is judged by itself: a median of 3x3 would reach over thin sheets, such as rectus, and take them
     * away, and so large a pixel has little noise.
     */
    private static final double COARSE_PIXEL_MM = 2.5;

    /** Highest value of muscle, in Hounsfield units. */
    public static final int MUSCLE_HIGH = 150;

    private static final float AIR = -1024f;

    /** Diameter of the circle with the area of a slim adult's trunk at L3, in millimetres. */
    public static final double SLIM_ADULT_MM = 240.0;

    /** Spacing of the grid on which the trunk is looked for, in millimetres. */
    private static final double COARSE_MM = 4.0;

    /** Parts of the mask smaller than this are noise, in square millimetres of the network's grid. */
    private static final double SMALLEST_PART_MM2 = 40.0;

    private final int size;
    private final double spacingMm;
    private final List<Window> windows;

    /** A range of Hounsfield units that makes one channel. */
    public record Window(double low, double high) {}

    /**
     * Where the network's grid lies on a slice: the position of the middle of the grid, measured from the centre of the
     * slice's first pixel along columns and rows, and the distance of neighbouring grid points; all in millimetres of the
     * slice.
     */
    public record Frame(double centreColumnMm, double centreRowMm, double spacingMm) {}

    /**
     * A slice ready for the network.
     *
     * @param frame where the grid lies
     * @param channels {@code size * size} values for each window, channel last
     * @param body the trunk on the grid
     */
    public record Prepared(Frame frame, float[] channels, boolean[] body) {}

    /** A grid of {@code size * size} points at a spacing in millimetres. */
    public MuscleInput(int size, double spacingMm, List<Window> windows) {
        this.size = size;
        this.spacingMm = spacingMm;
        this.windows = List.copyOf(windows);
    }

    /** What a package's card asks for. */
    public static MuscleInput of(ModelPackage source) {
        int[] shape = source.inputShape();
        JsonNode input = source.card().get("input");
        List<Window> windows = new ArrayList<>();
        input.path("windowsHu")
                .forEach(window -> windows.add(
                        new Window(window.get(0).asDouble(), window.get(1).asDouble())));
        double spacing = input.path("spacingMm").asDouble(0);
        if (shape.length != 3 || shape[0] != shape[1] || shape[2] != windows.size() || !(spacing > 0)) {
            throw new ModelException("the card of " + source
                    + " does not describe a square input with spacingMm and one of windowsHu for each channel");
        }
        return new MuscleInput(shape[0], spacing, windows);
    }

    /** Points of the grid along one side. */
    public int size() {
        return size;
    }

    /** Distance of neighbouring grid points for an adult, in millimetres. */
    public double spacingMm() {
        return spacingMm;
    }

    public List<Window> windows() {
        return windows;
    }

    /** Makes the network's input of a slice. */
    public Prepared prepare(HuSlice slice) {
        Frame frame = frame(slice);
        float[] hu = resample(slice, frame, size, size);
        boolean[] body = BodyMask.of(hu, size, size, spacingMm);
        return new Prepared(frame, channels(hu, body), body);
    }

    /** Where the grid goes on a slice: around the middle of the trunk's box, or of the slice when there is no trunk. */
    public Frame frame(HuSlice slice) {
        int rows = (int) Math.max(8, Math.round(slice.rows() * slice.rowSpacingMm() / COARSE_MM));
        int columns = (int) Math.max(8, Math.round(slice.columns() * slice.columnSpacingMm() / COARSE_MM));
        double middleColumn = (slice.columns() - 1) / 2.0 * slice.columnSpacingMm();
        double middleRow = (slice.rows() - 1) / 2.0 * slice.rowSpacingMm();
        Frame whole = new Frame(middleColumn, middleRow, COARSE_MM);
        boolean[] body = BodyMask.of(resample(slice, whole, rows, columns), rows, columns, COARSE_MM);
        int left = columns;
        int right = -1;
        int top = rows;
        int bottom = -1;
        int count = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                if (body[y * columns + x]) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y);
                    count++;
                }
            }
        }
        if (count == 0) {
            return new Frame(middleColumn, middleRow, spacingMm);
        }
        double centreColumn = middleColumn + ((left + right) / 2.0 - (columns - 1) / 2.0) * COARSE_MM;
        double centreRow = middleRow + ((top + bottom) / 2.0 - (rows - 1) / 2.0) * COARSE_MM;
        double diameter = 2 * Math.sqrt(count / Math.PI) * COARSE_MM;
        double magnified = spacingMm * Math.min(1.0, Math.max(0.3, diameter / SLIM_ADULT_MM));
        return new Frame(centreColumn, centreRow, magnified);
    }

    /** Channels of a grid of Hounsfield units (as training makes them), with everything outside the trunk as air. */
    public Prepared prepareGrid(float[] hu) {
        boolean[] body = BodyMask.of(hu, size, size, spacingMm);
        return new Prepared(new Frame(0, 0, spacingMm), channels(hu, body), body);
    }

    /** The trunk on any grid of Hounsfield units: the largest connected part, without table and free arms. */
    public static boolean[] trunk(float[] hu, int rows, int columns, double spacingMm) {
        return BodyMask.of(hu, rows, columns, spacingMm);
    }

    private float[] channels(float[] hu, boolean[] body) {
        int depth = windows.size();
        float[] channels = new float[hu.length * depth];
        for (int c = 0; c < depth; c++) {
            float low = (float) windows.get(c).low();
            float scale = (float) (2.0 / (windows.get(c).high() - windows.get(c).low()));
            for (int i = 0; i < hu.length; i++) {
                float value = ((body[i] ? hu[i] : AIR) - low) * scale - 1f;
                channels[i * depth + c] = Math.min(1f, Math.max(-1f, value));
            }
        }
        return channels;
    }

    /** Values of a slice on a grid, averaged over the area of each grid point; air outside the slice. */
    static float[] resample(HuSlice slice, Frame frame, int rows, int columns) {
        int across = (int) Math.max(1, Math.ceil(frame.spacingMm() / slice.columnSpacingMm() - 0.05));
        int down = (int) Math.max(1, Math.ceil(frame.spacingMm() / slice.rowSpacingMm() - 0.05));
        float[] grid = new float[rows * columns];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                double sum = 0;
                for (int j = 0; j < down; j++) {
                    double row =
                            (frame.centreRowMm() + (y - (rows - 1) / 2.0 + (j + 0.5) / down - 0.5) * frame.spacingMm())
                                    / slice.rowSpacingMm();
                    for (int i = 0; i < across; i++) {
                        double column = (frame.centreColumnMm()
                                        + (x - (columns - 1) / 2.0 + (i + 0.5) / across - 0.5) * frame.spacingMm())
                                / slice.columnSpacingMm();
                        sum += at(slice, row, column);
                    }
                }
                grid[y * columns + x] = (float) (sum / (across * down));
            }
        }
        return grid;
    }

    private static double at(HuSlice slice, double row, double column) {
        int y = (int) Math.floor(row);
        int x = (int) Math.floor(column);
        double fy = row - y;
        double fx = column - x;
        return (1 - fy) * ((1 - fx) * clipped(slice, y, x) + fx * clipped(slice, y, x + 1))
                + fy * ((1 - fx) * clipped(slice, y + 1, x) + fx * clipped(slice, y + 1, x + 1));
    }

    private static double clipped(HuSlice slice, int y, int x) {
        if (x < 0 || y < 0 || x >= slice.columns() || y >= slice.rows()) {
            return AIR;
        }
        // Metal is far above bone; unclipped, one pixel of it would outweigh its whole neighbourhood.
        return Math.max(AIR, Math.min(2000, slice.hu()[y * slice.columns() + x]));
    }

    /** The grid's probability at every pixel of the slice, bilinearly; 0 outside the grid. */
    public float[] toSlice(float[] probability, HuSlice slice, Frame frame) {
        float[] result = new float[slice.hu().length];
        for (int row = 0; row < slice.rows(); row++) {
            double y = (row * slice.rowSpacingMm() - frame.centreRowMm()) / frame.spacingMm() + (size - 1) / 2.0;
            int y0 = (int) Math.floor(y);
            if (y0 < 0 || y0 >= size - 1) {
                continue;
            }
            float fy = (float) (y - y0);
            for (int column = 0; column < slice.columns(); column++) {
                double x = (column * slice.columnSpacingMm() - frame.centreColumnMm()) / frame.spacingMm()
                        + (size - 1) / 2.0;
                int x0 = (int) Math.floor(x);
                if (x0 < 0 || x0 >= size - 1) {
                    continue;
                }
                float fx = (float) (x - x0);
                int i = y0 * size + x0;
                result[row * slice.columns() + column] =
                        (1 - fy) * ((1 - fx) * probability[i] + fx * probability[i + 1])
                                + fy * ((1 - fx) * probability[i + size] + fx * probability[i + size + 1]);
            }
        }
        return result;
    }

    /** Muscle by probability and by Hounsfield units on the slice; parts that are mere specks are dropped. */
    public Mask muscle(float[] probabilityOnSlice, HuSlice slice) {
        int columns = slice.columns();
        boolean[] muscle = new boolean[probabilityOnSlice.length];
        int[] window = new int[9];
        for (int row = 0; row < slice.rows(); row++) {
            for (int column = 0; column < columns; column++) {
                int i = row * columns + column;
                if (probabilityOnSlice[i] > THRESHOLD) {
                    int value = attenuation(slice, row, column, window);
                    muscle[i] = value >= MUSCLE_LOW && value <= MUSCLE_HIGH;
                }
            }
        }
        dropSpecks(muscle, slice);
        return new Mask(slice.rows(), columns, muscle);
    }

    private void dropSpecks(boolean[] muscle, HuSlice slice) {
        double smallest = SMALLEST_PART_MM2 / slice.pixelAreaMm2();
        int[] part = new int[muscle.length];
        int[] queue = new int[muscle.length];
        int parts = 0;
        for (int start = 0; start < muscle.length; start++) {
            if (muscle[start] && part[start] == 0) {
                int count = BodyMask.flood(muscle, slice.rows(), slice.columns(), start, part, ++parts, queue);
                if (count < smallest) {
                    for (int i = 0; i < count; i++) {
                        muscle[queue[i]] = false;
                    }
                }
            }
        }
    }

    /**
     * The value in HU by which a pixel is judged: the median of its 3x3 neighbourhood, which takes the noise out of the rule
     * and shrinks at the edge of the slice; of large pixels their own.
     *
     * @param window room for nine values
     */
    public static int attenuation(HuSlice slice, int row, int column, int[] window) {
        if (slice.pixelAreaMm2() >= COARSE_PIXEL_MM * COARSE_PIXEL_MM) {
            return slice.hu()[row * slice.columns() + column];
        }
        int count = 0;
        for (int y = Math.max(0, row - 1); y <= Math.min(slice.rows() - 1, row + 1); y++) {
            for (int x = Math.max(0, column - 1); x <= Math.min(slice.columns() - 1, column + 1); x++) {
                window[count++] = slice.hu()[y * slice.columns() + x];
            }
        }
        Arrays.sort(window, 0, count);
        return window[count / 2];
    }
}
