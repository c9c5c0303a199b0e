package org.myonode.crossvalidation.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.myonode.crossvalidation.contours.SlicePicture;
import org.myonode.crossvalidation.experiment.Benchmark;
import org.myonode.crossvalidation.experiment.CaseScore;

/** The slices with the lowest Dice, with the outline of the reference and of the model on the image. */
final class WorstCases {

    private static final int PICTURE_PIXELS = 380;
    private static final float WIDE = 3.4f;
    private static final float THIN = 1.3f;

    private WorstCases() {}

    static List<CaseScore> of(Benchmark.ModelScores model, int count) {
        return model.scores().stream()
                .sorted(Comparator.comparingDouble(
                                (CaseScore score) -> score.scores().dice())
                        .thenComparing(score -> score.scored().id()))
                .limit(count)
                .toList();
    }

    static Figure draw(String id, String title, List<Benchmark.ModelScores> models, int each, String caption) {
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
                gallery.append(Svg.format(
                        "<div><img src=\"data:image/png;base64,%s\" alt=\"%s\"/>%n<p>%s<br/>%s<br/>Dice %s, RMS"
                                + " %s, HD95 %s, area %+.1f cm\u00b2%s</p></div>%n",
                        png(score),
                        Xml.text("CT slice of " + score.scored().patient()
                                + " with the outlines of the reference and of "
                                + model.candidate().name() + ", Dice "
                                + dice),
                        Xml.text(Xml.shortened(model.candidate().name(), 48)),
                        Xml.text(Xml.shortened(score.scored().patient(), 40)),
                        dice,
                        millimetres(score.scores().rmsDtaMm()),
                        millimetres(score.scores().hd95Mm()),
                        score.areaCm2() - score.referenceAreaCm2(),
                        score.mask().isEmpty() ? " (nothing found)" : ""));
            }
        }
        return new Figure(id, title, gallery.append("</div>\n").toString(), caption, data);
    }

    private static String millimetres(OptionalDouble value) {
        return value.isEmpty() ? "none" : Table.cell(value, 1) + " mm";
    }

    private static String png(CaseScore score) {
        try {
            return Base64.getEncoder()
                    .encodeToString(SlicePicture.png(
                            score.scored().slice(),
                            List.of(
                                    new SlicePicture.Layer("", score.scored().reference(), SlicePicture.ORANGE, WIDE),
                                    new SlicePicture.Layer("", score.mask(), SlicePicture.SKY_BLUE, THIN)),
                            List.of(),
                            PICTURE_PIXELS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
