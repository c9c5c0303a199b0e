package org.myonode.crossvalidation.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.SlicePicture;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.CaseFigures;
import org.myonode.crossvalidation.experiment.CaseScore;
import org.myonode.crossvalidation.experiment.CohortFacts;
import org.myonode.crossvalidation.experiment.ExperimentResult;
import org.myonode.crossvalidation.experiment.RunKey;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/** The slices with the lowest Dice, with the outline of the reference and of the model on the image. */
final class WorstCases {

    private static final int PICTURE_PIXELS = 380;
    private static final float WIDE = 3.4f;
    private static final float THIN = 1.3f;
    private static final int WINDOW_LOW_HU = -160;
    private static final int WINDOW_HU = 400;
    private static final int AIR_HU = -1000;

    private WorstCases() {}

    static List<CaseScore> of(Benchmark.ModelScores model, int count) {
        return model.scores().stream()
                .sorted(Comparator.comparingDouble(
                                (CaseScore score) -> score.scores().dice())
                        .thenComparing(score -> score.scored().id()))
                .limit(count)
                .toList();
    }

    static Figure draw(String id, String title, List<Benchmark.ModelScores> models, int each, String caption)
            throws IOException {
        StringBuilder gallery = new StringBuilder("<div class=\"gallery\">\n");
        Table data = new Table(
                "model", "rank", "patient", "case", "dice", "rms_dta_mm", "hd95_mm", "reference_area_cm2", "area_cm2");
        for (Benchmark.ModelScores model : models) {
            int rank = 1;
            for (CaseScore score : of(model, each)) {
                String dice = Table.cell(score.scores().dice(), 4);
                data.row(
                        model.candidate().name(),
                        Integer.toString(rank++),
                        score.scored().patient(),
                        score.scored().id(),
                        dice,
                        Table.cell(score.scores().rmsDtaMm(), 2),
                        Table.cell(score.scores().hd95Mm(), 2),
                        Table.cell(score.referenceAreaCm2(), 2),
                        Table.cell(score.areaCm2(), 2));
                entry(
                        gallery,
                        png(score.scored().slice(), score.scored().reference(), score.mask()),
                        model.candidate().name(),
                        score.scored().patient(),
                        Svg.format(
                                "Dice %s, RMS %s, HD95 %s, area %+.1f cm\u00b2%s",
                                dice,
                                millimetres(score.scores().rmsDtaMm().orElse(Double.NaN)),
                                millimetres(score.scores().hd95Mm().orElse(Double.NaN)),
                                score.areaCm2() - score.referenceAreaCm2(),
                                score.mask().isEmpty() ? " (nothing found)" : ""));
            }
        }
        return new Figure(id, title, gallery.append("</div>\n").toString(), caption, data);
    }

    /** Those of an experiment, from the pictures in its folder. */
    static Figure ofRuns(String id, String title, ExperimentResult result, int n, int each, String caption)
            throws IOException {
        StringBuilder gallery = new StringBuilder("<div class=\"gallery\">\n");
        Table data = new Table(
                "source",
                "rank",
                "patient",
                "case",
                "fold",
                "repeat",
                "dice",
                "rms_dta_mm",
                "hd95_mm",
                "reference_area_cm2",
                "area_cm2");
        for (SourceTask task : result.plan().sources()) {
            record Tested(RunKey key, CaseFigures figures) {}
            List<Tested> worst = result.runs(task, n).stream()
                    .flatMap(run -> run.cases().stream().map(one -> new Tested(run.key(), one)))
                    .sorted(Comparator.comparingDouble(
                                    (Tested one) -> one.figures().dice())
                            .thenComparing(one -> one.figures().caseId()))
                    .limit(each)
                    .toList();
            int rank = 1;
            for (Tested tested : worst) {
                CaseFigures one = tested.figures();
                String dice = Table.cell(one.dice(), 4);
                data.row(
                        task.name().toLowerCase(Locale.ROOT),
                        Integer.toString(rank++),
                        one.patient(),
                        one.caseId(),
                        Integer.toString(tested.key().fold()),
                        Integer.toString(tested.key().repeat()),
                        dice,
                        Table.cell(orNaN(one.rmsDtaMm()), 2),
                        Table.cell(orNaN(one.hd95Mm()), 2),
                        Table.cell(one.referenceAreaCm2(), 2),
                        Table.cell(one.areaCm2(), 2));
                CohortFacts.CaseFacts facts = result.caseOf(one.caseId())
                        .orElseThrow(() -> new IOException("the cohort lacks the case " + one.caseId()));
                entry(
                        gallery,
                        png(
                                slice(facts, result.folder()),
                                mask(result.folder().resolve(facts.reference())),
                                mask(result.folder().resolve(one.maskFile()))),
                        "from " + task.name().toLowerCase(Locale.ROOT) + ", fold "
                                + tested.key().fold(),
                        one.patient(),
                        Svg.format(
                                "Dice %s, RMS %s, HD95 %s, area %+.1f cm\u00b2%s",
                                dice,
                                millimetres(orNaN(one.rmsDtaMm())),
                                millimetres(orNaN(one.hd95Mm())),
                                one.areaCm2() - one.referenceAreaCm2(),
                                one.areaCm2() == 0 ? " (nothing found)" : ""));
            }
        }
        return new Figure(id, title, gallery.append("</div>\n").toString(), caption, data);
    }

    private static void entry(StringBuilder gallery, String png, String model, String patient, String figures) {
        gallery.append(Svg.format(
                "<div><img src=\"data:image/png;base64,%s\" alt=\"%s\"/>%n<p>%s<br/>%s<br/>%s</p></div>%n",
                png,
                Xml.text("CT slice of " + patient + " with the outlines of the reference and of " + model + ". "
                        + figures),
                Xml.text(Xml.shortened(model, 48)),
                Xml.text(Xml.shortened(patient, 40)),
                Xml.text(figures)));
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static String millimetres(double value) {
        return Double.isNaN(value) ? "none" : Table.cell(value, 1) + " mm";
    }

    /** The slice as its picture keeps it: cut to the window, which is all that is shown here. */
    private static HuSlice slice(CohortFacts.CaseFacts facts, Path folder) throws IOException {
        BufferedImage picture = image(folder.resolve(facts.picture()));
        short[] hu = new short[picture.getWidth() * picture.getHeight()];
        for (int i = 0; i < hu.length; i++) {
            int grey = picture.getRaster().getSample(i % picture.getWidth(), i / picture.getWidth(), 0);
            // Black is air as far as this picture knows; as such it is cut off around the body.
            hu[i] = (short) (grey == 0 ? AIR_HU : WINDOW_LOW_HU + grey * WINDOW_HU / 255);
        }
        return new HuSlice(picture.getHeight(), picture.getWidth(), facts.rowMm(), facts.columnMm(), hu);
    }

    private static Mask mask(Path file) throws IOException {
        BufferedImage picture = image(file);
        boolean[] pixels = new boolean[picture.getWidth() * picture.getHeight()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = picture.getRaster().getSample(i % picture.getWidth(), i / picture.getWidth(), 0) != 0;
        }
        return new Mask(picture.getHeight(), picture.getWidth(), pixels);
    }

    private static BufferedImage image(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        if (picture == null) {
            throw new IOException(file + " is no picture");
        }
        return picture;
    }

    private static String png(HuSlice slice, Mask reference, Mask found) throws IOException {
        return Base64.getEncoder()
                .encodeToString(SlicePicture.png(
                        slice,
                        List.of(
                                new SlicePicture.Layer("", reference, SlicePicture.ORANGE, WIDE),
                                new SlicePicture.Layer("", found, SlicePicture.SKY_BLUE, THIN)),
                        List.of(),
                        PICTURE_PIXELS));
    }
}
