package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.myonode.workers.locate.L3;
import org.myonode.workers.locate.L3Locator;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;
import org.myonode.workers.locate.SpineReader;

/**
 * How well L3 is found on spines with known levels, whole ones and pieces of them.
 *
 * @param withL3 volumes in which L3 is wholly in view
 * @param found of these, how many got an answer within {@value #NEAR_MM} mm
 * @param wrong of these, how many got another answer without a flag
 * @param refused of these, how many were refused
 * @param medianErrorMm median distance of the answers, in millimetres; NaN without answers
 * @param withoutL3 volumes in which L3 is not wholly in view
 * @param rightlyRefused of these, how many were refused
 */
public record SpineScores(
        int withL3, int found, int wrong, int refused, double medianErrorMm, int withoutL3, int rightlyRefused) {

    static final double NEAR_MM = 10;
    private static final int SHORTEST_PIECE = 40;

    /** Hears of every answer. */
    @FunctionalInterface
    interface Watcher {
        void judged(SpineSample sample, L3 answer, double errorMm);
    }

    /**
     * Judges spines and pieces of them.
     *
     * @param pieces pieces to cut from each spine, of 120 mm and more, beside the whole one
     */
    static SpineScores of(List<SpineSample> samples, int pieces, long seed, SpineReader reader, Watcher watcher) {
        Random random = new Random(seed);
        List<SpineSample> judged = new ArrayList<>();
        for (SpineSample sample : samples) {
            judged.add(sample);
            for (int piece = 0; piece < pieces && sample.rows() > SHORTEST_PIECE; piece++) {
                int count = SHORTEST_PIECE + random.nextInt(sample.rows() - SHORTEST_PIECE);
                int from = random.nextInt(sample.rows() - count + 1);
                judged.add(sample.part(from, from + count));
            }
        }
        List<Double> errors = new ArrayList<>();
        int withL3 = 0;
        int found = 0;
        int refused = 0;
        int rightlyRefused = 0;
        for (SpineSample sample : judged) {
            double[] range = sample.range(SpineLevel.L3.channel());
            L3 answer = L3Locator.locate(sample.images(), reader);
            double error = Double.NaN;
            if (range.length == 0) {
                rightlyRefused += answer instanceof L3.NotFound ? 1 : 0;
            } else {
                withL3++;
                if (answer instanceof L3.Found at) {
                    error = Math.abs(at.zMm() - SpineImages.ROW_MM * (range[0] + range[1]) / 2);
                    errors.add(error);
                    found += error <= NEAR_MM ? 1 : 0;
                } else {
                    refused++;
                }
            }
            watcher.judged(sample, answer, error);
        }
        errors.sort(null);
        return new SpineScores(
                withL3,
                found,
                errors.size() - found,
                refused,
                errors.isEmpty() ? Double.NaN : errors.get(errors.size() / 2),
                judged.size() - withL3,
                rightlyRefused);
    }

    /** One line for people. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "L3 in view: %d of %d found within %.0f mm, median %.1f mm, %d wrong, %d refused; not in view: %d of %d"
                        + " refused",
                found,
                withL3,
                NEAR_MM,
                medianErrorMm,
                wrong,
                refused,
                rightlyRefused,
                withoutL3);
    }
}
