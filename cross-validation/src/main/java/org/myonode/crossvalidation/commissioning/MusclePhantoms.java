package org.myonode.crossvalidation.commissioning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.volume.HuSlice;

/**
 * A muscle model on the slice through the middle of L3 of phantoms, whose muscle is known to the pixel.
 *
 * <p>Training draws its bodies from seeds beyond 2^40, so that every seed below is new to every model trained here. The
 * figures are phantom results: they show errors that would be errors on patients too, and say nothing of patients that
 * are unlike the phantoms.
 *
 * @param model the package
 * @param cases one for each body, in the order of their seeds
 */
public record MusclePhantoms(ModelPackage model, List<Case> cases) {

    /** Grid of the slices, as of a PET-CT's CT. */
    private static final int SIZE = 512;

    private static final double SPACING_MM = 0.9765625;
    private static final int PICTURES = 6;

    /**
     * One body.
     *
     * @param seed makes the same body again: {@code myonode phantom --seed}
     * @param dice of the model's muscle and the true one
     * @param areaCm2 by the model
     * @param trueAreaCm2 of the phantom
     * @param doubtfulShare of the model's muscle whose probability is below 0.7
     * @param entropyBits mean entropy over the model's muscle
     * @param mirrorDice agreement of its answers for the slice and for the mirror image
     * @param body what kind of patient
     */
    public record Case(
            long seed,
            double dice,
            double areaCm2,
            double trueAreaCm2,
            double doubtfulShare,
            double entropyBits,
            double mirrorDice,
            String body) {

        /** Area error in percent of the truth, positive when the model finds too much. */
        public double areaErrorPercent() {
            return 100 * (areaCm2 - trueAreaCm2) / trueAreaCm2;
        }
    }

    public MusclePhantoms {
        cases = List.copyOf(cases);
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no phantoms");
        }
    }

    /**
     * Draws bodies and measures them.
     *
     * @param first seed of the first body; the others follow
     * @param pictures where the worst cases are drawn: the slice, and beside it common muscle in green, missed muscle in
     *     blue, wrong muscle in orange; null for none
     * @param progress hears how many are done
     */
    public static MusclePhantoms of(
            ModelPackage model, long first, int bodies, @Nullable Path pictures, IntConsumer progress)
            throws IOException {
        List<Case> cases = new ArrayList<>();
        try (MuscleSegmenter segmenter = new MuscleSegmenter(model)) {
            for (long seed : LongStream.range(first, first + bodies).toArray()) {
                cases.add(measure(segmenter, seed, null));
                progress.accept(cases.size());
            }
            MusclePhantoms result = new MusclePhantoms(model, cases);
            if (pictures != null) {
                Files.createDirectories(pictures);
                for (Case worst : result.worst(PICTURES)) {
                    String name = String.format(Locale.ROOT, "phantom-%d-dice-%.3f.png", worst.seed(), worst.dice());
                    measure(segmenter, worst.seed(), pictures.resolve(name));
                }
            }
            return result;
        }
    }

    private static Case measure(MuscleSegmenter segmenter, long seed, @Nullable Path picture) throws IOException {
        PhantomBody body = PhantomBody.of(seed);
        LevelRange l3 = body.level(Vertebra.L3);
        PhantomSlice phantom = body.slice((l3.inferiorZMm() + l3.superiorZMm()) / 2, SIZE, SPACING_MM);
        Segmentation found = segmenter.segment(new HuSlice(SIZE, SIZE, SPACING_MM, SPACING_MM, phantom.hu()));
        boolean[] truth = phantom.muscle();
        boolean[] muscle = found.muscle().pixels();
        int common = 0;
        int trueCount = 0;
        for (int i = 0; i < truth.length; i++) {
            common += truth[i] && muscle[i] ? 1 : 0;
            trueCount += truth[i] ? 1 : 0;
        }
        int count = found.muscle().count();
        if (picture != null) {
            ErrorPicture.write(picture, SIZE, phantom.hu(), truth, muscle);
        }
        double cm2 = SPACING_MM * SPACING_MM / 100;
        return new Case(
                seed,
                2.0 * common / (trueCount + count),
                count * cm2,
                trueCount * cm2,
                found.doubtfulShare(),
                found.meanEntropy(),
                found.mirrorDice(),
                describe(body));
    }

    private static String describe(PhantomBody body) {
        return String.format(
                Locale.ROOT,
                "%s, %d years, %.2f m, %.0f kg, visceral fat %.2f, muscularity %.2f, %s",
                body.type().sex().name().toLowerCase(Locale.ROOT),
                body.type().ageYears(),
                body.type().heightM(),
                body.type().weightKg(),
                body.type().visceralFat(),
                body.type().muscularity(),
                body.type().armsUp() ? "arms up" : "arms down");
    }

    /** The cases with the lowest Dice, worst first. */
    public List<Case> worst(int count) {
        return cases.stream()
                .sorted(Comparator.comparingDouble(Case::dice))
                .limit(count)
                .toList();
    }

    /** How many areas are off by no more than this many percent of the truth. */
    public long within(double percent) {
        return cases.stream()
                .filter(one -> Math.abs(one.areaErrorPercent()) <= percent)
                .count();
    }

    /** A quantile of Dice, 0 to 1, by the nearest rank. */
    public double dice(double quantile) {
        return quantile(Case::dice, quantile);
    }

    /** Mean Dice. */
    public double meanDice() {
        return cases.stream().mapToDouble(Case::dice).average().orElseThrow();
    }

    /** Mean error of the area in percent of the truth. */
    public double biasPercent() {
        return cases.stream().mapToDouble(Case::areaErrorPercent).average().orElseThrow();
    }

    private double quantile(ToDoubleFunction<Case> value, double quantile) {
        double[] sorted = cases.stream().mapToDouble(value).sorted().toArray();
        return sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }

    /** The figures in words. */
    public String summary() {
        double[] errors = cases.stream()
                .mapToDouble(one -> Math.abs(one.areaErrorPercent()))
                .sorted()
                .toArray();
        return String.format(
                Locale.ROOT,
                """
                Phantom results, %d fresh bodies (seeds %d to %d), slice through the middle of L3
                Model     %s, digest %s
                Dice      mean %.4f, median %.4f, quarter below %.4f, lowest %.4f
                Area      error median %.1f %%, highest %.1f %%, bias %+.1f %%; within 5 %% of the truth: %d of %d
                Not for primary diagnosis.
                """,
                cases.size(),
                cases.get(0).seed(),
                cases.get(cases.size() - 1).seed(),
                model,
                model.sha256().substring(0, 12),
                meanDice(),
                dice(0.5),
                dice(0.25),
                dice(0),
                errors[errors.length / 2],
                errors[errors.length - 1],
                biasPercent(),
                within(5),
                cases.size());
    }

    /** One row for each body, with a header; areas in square centimetres, errors in percent. */
    public String csv() {
        StringBuilder text =
                new StringBuilder("seed,dice,area_cm2,true_area_cm2,area_error_percent,doubtful_share,entropy_bits,"
                        + "mirror_dice,body\n");
        for (Case one : cases) {
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%.5f,%.3f,%.3f,%.3f,%.4f,%.4f,%.4f,\"%s\"%n",
                    one.seed(),
                    one.dice(),
                    one.areaCm2(),
                    one.trueAreaCm2(),
                    one.areaErrorPercent(),
                    one.doubtfulShare(),
                    one.entropyBits(),
                    one.mirrorDice(),
                    one.body()));
        }
        return text.toString();
    }
}
