package org.myonode.workers.locate;

import java.util.Arrays;

/**
 * Shows a spine of any length to a network that takes windows of a fixed number of rows.
 *
 * <p>A spine that fits lies in the middle of one window, air around it. A longer one is read in overlapping windows and
 * a row's answers are averaged, those from the middle of a window counting most.
 *
 * <p>Every window is shown several times: whole, and with one of the four images hidden at a time, each of them also with
 * left and right exchanged. The answers are averaged. So what is recognised from the side only, or from the front only, and
 * contradicted by the rest, does not pass for certain. Thread-safe when the network is.
 *
 * @param window rows of a window
 * @param network the network
 */
public record SpineReader(int window, Network network) {

    /** A network for one or more windows. */
    @FunctionalInterface
    public interface Network {

        /**
         * Runs the network.
         *
         * @param input {@code [batch][window][SpineImages.WIDTH][SpineImages.CHANNELS]}
         * @return {@code [batch][window][SpineRows.OUTPUTS]}
         */
        float[] run(float[] input, int batch);
    }

    /** How much the answer to everything counts, and each of those to all images but one. */
    private static final float WHOLE = 0.4f;

    private static final float WITHOUT_ONE = 0.15f;

    private static final int LINE = SpineImages.WIDTH * SpineImages.CHANNELS;

    /** What the network says of every row. */
    public SpineRows read(SpineImages images) {
        int rows = images.rows();
        int windows = rows <= window ? 1 : 1 + (int) Math.ceil((rows - window) / (window / 2.0));
        float[] input = new float[windows * window * LINE];
        Arrays.fill(input, -1);
        int[] first = new int[windows]; // row of the spine that the first row of each window shows
        for (int w = 0; w < windows; w++) {
            first[w] = windows == 1 ? -(window - rows) / 2 : (int) ((long) w * (rows - window) / (windows - 1));
            int from = Math.max(0, first[w]);
            int to = Math.min(rows, first[w] + window);
            System.arraycopy(
                    images.values(), from * LINE, input, (w * window + from - first[w]) * LINE, (to - from) * LINE);
        }
        float[] sum = new float[windows * window * SpineRows.OUTPUTS];
        look(input, windows, WHOLE, sum);
        for (SpineImages.Image image : SpineImages.Image.values()) {
            float[] rest = input.clone();
            image.hide(rest, 0, windows * window);
            look(rest, windows, WITHOUT_ONE, sum);
        }
        return blended(sum, first, rows);
    }

    private void look(float[] seen, int windows, float weight, float[] sum) {
        add(network.run(seen, windows), weight, sum);
        add(network.run(mirrored(seen), windows), weight, sum);
    }

    private static void add(float[] output, float weight, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight / 2 * output[i];
        }
    }

    /** The coronal views with left and right exchanged, the sagittal ones as they are. */
    private static float[] mirrored(float[] input) {
        float[] mirrored = input.clone();
        for (int line = 0; line < input.length; line += LINE) {
            for (int column = 0; column < SpineImages.CORONAL_COLUMNS; column++) {
                System.arraycopy(
                        input,
                        line + column * SpineImages.CHANNELS,
                        mirrored,
                        line + (SpineImages.CORONAL_COLUMNS - 1 - column) * SpineImages.CHANNELS,
                        SpineImages.CHANNELS);
            }
        }
        return mirrored;
    }

    private SpineRows blended(float[] output, int[] first, int rows) {
        float[][] level = new float[rows][SpineLevel.CHANNELS];
        float[] border = new float[rows];
        for (int row = 0; row < rows; row++) {
            double weights = 0;
            for (int w = 0; w < first.length; w++) {
                int at = row - first[w];
                if (at < 0 || at >= window) {
                    continue;
                }
                double weight = 1 + Math.min(at, window - 1 - at);
                weights += weight;
                int from = (w * window + at) * SpineRows.OUTPUTS;
                for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                    level[row][channel] += (float) (weight * output[from + channel]);
                }
                border[row] += (float) (weight * output[from + SpineLevel.CHANNELS]);
            }
            for (int channel = 0; channel < SpineLevel.CHANNELS; channel++) {
                level[row][channel] /= (float) weights;
            }
            border[row] /= (float) weights;
        }
        return new SpineRows(level, border);
    }
}
