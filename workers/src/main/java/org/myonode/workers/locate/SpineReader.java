package org.myonode.workers.locate;

import java.util.Arrays;

/**
 * Shows a spine of any length to a network that takes windows of a fixed number of rows.
 *
 * <p>A spine that fits lies in the middle of one window, air around it. A longer one is read in overlapping windows and
 * a row's answers are averaged, those from the middle of a window counting most. Every window is shown twice, the second
 * time with left and right exchanged, and the answers are averaged. Thread-safe when the network is.
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
        float[] output = network.run(input, windows);
        float[] mirrored = network.run(mirrored(input), windows);
        for (int i = 0; i < output.length; i++) {
            output[i] = (output[i] + mirrored[i]) / 2;
        }
        return blended(output, first, rows);
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
