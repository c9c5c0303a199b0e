package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.locate.SpineImages;
import org.myonode.workers.locate.SpineLevel;

/** Spines drawn with a few strokes: fast, and right about where things are. */
final class DrawnSpines {

    private DrawnSpines() {}

    /** Sacrum to head; L3 takes rows 46 to 57 when the scale is 1. */
    static SpineSample wholeBody(String subject, double scale) {
        List<SpineSample.Body> bodies = new ArrayList<>();
        double z = 0;
        z = add(bodies, SpineLevel.SACRUM, z + 30, 54, scale);
        for (SpineLevel lumbar :
                List.of(SpineLevel.L5, SpineLevel.L4, SpineLevel.L3, SpineLevel.L2, SpineLevel.L1, SpineLevel.T12)) {
            z = add(bodies, lumbar, z + 8, 28, scale);
        }
        for (SpineLevel thoracic : List.of(SpineLevel.T11, SpineLevel.T10)) {
            z = add(bodies, thoracic, z + 6, 24, scale);
        }
        for (int i = 0; i < 9; i++) {
            z = add(bodies, SpineLevel.UPPER_THORACIC, z + 5, 19, scale);
        }
        for (int i = 0; i < 7; i++) {
            z = add(bodies, SpineLevel.NECK_AND_HEAD, z + 4, 13, scale);
        }
        int rows = (int) ((z + 150) * scale / SpineImages.ROW_MM);
        float[] values = new float[rows * SpineImages.WIDTH * SpineImages.CHANNELS];
        for (int row = 0; row < rows; row++) {
            double at = row * SpineImages.ROW_MM;
            boolean bone = bodies.stream().anyMatch(body -> at >= body.inferiorZMm() && at <= body.superiorZMm());
            double level =
                    bodies.stream().filter(body -> body.superiorZMm() < at).count() / 30.0;
            for (int c = 0; c < SpineImages.WIDTH; c++) {
                int first = (row * SpineImages.WIDTH + c) * SpineImages.CHANNELS;
                boolean middle = Math.abs(c - 56) < 8 || Math.abs(c - 144) < 8;
                // Something lateral says how high up a row is, as ribs and wings do.
                values[first] = middle ? (bone ? 0.8f : -0.2f) : c < 112 ? (float) level : -0.8f;
                values[first + 1] = middle && bone ? 0.6f : -0.5f;
            }
        }
        return SpineSample.of(subject, new SpineImages(rows, values, 0), bodies, true);
    }

    private static double add(
            List<SpineSample.Body> bodies, SpineLevel level, double from, double height, double scale) {
        bodies.add(new SpineSample.Body(level, from * scale, (from + height) * scale));
        return from + height;
    }
}
