package org.myonode.crossvalidation.experiment;

import java.util.SplittableRandom;
import org.myonode.crossvalidation.scoring.DistanceTransform;
import org.myonode.workers.volume.Mask;

/**
 * An observer made by computation, for phantoms, whose truth is known: no person, and called so wherever it appears.
 *
 * <p><b>Model.</b> The true outline moved along its normal by
 *
 * <pre>shift(x, y) = habit + mood + hand(x, y)</pre>
 *
 * in millimetres, positive outwards. {@code habit} belongs to the observer and is the same on every slice (SD {@value
 * #HABIT_MM} mm between observers): some draw wide, others narrow. {@code mood} belongs to the observer on one slice (SD
 * {@value #MOOD_MM} mm). {@code hand} is a smooth random field (SD {@value #HAND_MM} mm, correlated over about {@value
 * #WAVE_MM} mm), different for each slice and observer: the tremor and the local judgement. All three are Gaussian.
 * Whole muscles that are forgotten, and slices that are mistaken, are not modelled: real observers differ by more.
 *
 * <p>Depends on the seeds alone. Immutable and safe for use by several threads.
 *
 * @param name what it is called in tables
 * @param seed who it is
 */
public record SimulatedObserver(String name, long seed) {

    static final double HABIT_MM = 0.25;
    static final double MOOD_MM = 0.15;
    static final double HAND_MM = 0.6;
    static final double WAVE_MM = 30;

    private static final int WAVES = 48;

    private static final String NAME = "simulated ";

    /** So many different observers, always the same ones. */
    public static java.util.List<SimulatedObserver> panel(int count) {
        return java.util.stream.IntStream.rangeClosed(1, count)
                .mapToObj(number -> new SimulatedObserver(NAME + number, number))
                .toList();
    }

    /** Whether a name is that of one of a {@link #panel}. */
    static boolean isSimulated(String observer) {
        return observer.startsWith(NAME);
    }

    /** One sentence for reports. */
    public static String describe() {
        return String.format(
                java.util.Locale.ROOT,
                "Simulated observers move the true outline along its normal by a habit (SD %.2f mm between observers), a"
                        + " mood (SD %.2f mm between slices) and a smooth local error (SD %.2f mm, correlated over about"
                        + " %.0f mm); forgotten muscles are not modelled.",
                HABIT_MM,
                MOOD_MM,
                HAND_MM,
                WAVE_MM);
    }

    /**
     * What this observer draws.
     *
     * @param truth the true mask
     * @param slice tells slices apart
     */
    public Mask draw(Mask truth, double rowMm, double columnMm, long slice) {
        double habit = HABIT_MM * new SplittableRandom(seed).nextGaussian();
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + slice);
        double level = habit + MOOD_MM * random.nextGaussian();
        // A sum of waves with random directions and lengths is a smooth Gaussian field.
        double[] alongRow = new double[WAVES];
        double[] alongColumn = new double[WAVES];
        double[] phase = new double[WAVES];
        for (int w = 0; w < WAVES; w++) {
            alongRow[w] = random.nextGaussian() / WAVE_MM * 2;
            alongColumn[w] = random.nextGaussian() / WAVE_MM * 2;
            phase[w] = random.nextDouble() * 2 * Math.PI;
        }
        double amplitude = HAND_MM * Math.sqrt(2.0 / WAVES);
        int rows = truth.rows();
        int columns = truth.columns();
        double[] outwards = DistanceTransform.millimetres(truth.pixels(), rows, columns, rowMm, columnMm);
        boolean[] outside = new boolean[outwards.length];
        for (int i = 0; i < outside.length; i++) {
            outside[i] = !truth.pixels()[i];
        }
        double[] inwards = DistanceTransform.millimetres(outside, rows, columns, rowMm, columnMm);
        double half = Math.sqrt(rowMm * columnMm) / 2;
        boolean[] drawn = new boolean[outwards.length];
        for (int i = 0; i < drawn.length; i++) {
            // Distance to the outline, which runs half a pixel from the centres on its two sides.
            double depth = truth.pixels()[i] ? inwards[i] - half : half - outwards[i];
            if (Math.abs(depth) > 6) {
                drawn[i] = truth.pixels()[i];
                continue;
            }
            double x = (i % columns) * columnMm;
            double y = (i / columns) * rowMm;
            double hand = 0;
            for (int w = 0; w < WAVES; w++) {
                hand += Math.cos(alongRow[w] * x + alongColumn[w] * y + phase[w]);
            }
            drawn[i] = depth + level + amplitude * hand > 0;
        }
        return new Mask(rows, columns, drawn);
    }
}
