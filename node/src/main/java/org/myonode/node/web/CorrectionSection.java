package org.myonode.node.web;

import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.myonode.db.IntakeRow;
import org.myonode.db.StudyRow;
import org.myonode.dicom.UID;

/** What an expert changed: both sets of figures side by side, who it was, and what became of every object that came back. */
final class CorrectionSection {

    private CorrectionSection() {}

    /** Nothing when the result is the models' own. */
    static void figures(StringBuilder content, StudyRow study, ResultView result) {
        if (!result.isCorrected()) {
            return;
        }
        ResultView before = result.automatic();
        content.append("<h2>Corrected by an expert</h2>\n<p>%s</p>%n".formatted(Html.escape(sentence(study, result))));
        content.append(
                "<table><thead><tr><th></th><th class=\"n\">Model, revision %d</th><th class=\"n\">Expert</th></tr></thead>"
                        .formatted(result.automaticRevision()));
        content.append("<tbody>\n");
        row(content, "Skeletal muscle area", before.area(), result.area());
        row(content, "Skeletal muscle index", before.index(), result.index());
        row(content, "Mean attenuation", before.meanHu(), result.meanHu());
        row(content, "Low-attenuation muscle", before.lowAttenuation(), result.lowAttenuation());
        row(content, "SUVbw in muscle, mean", before.suvMean(), result.suvMean());
        row(content, "SUVbw in muscle, max", before.suvMax(), result.suvMax());
        content.append("</tbody></table>\n");
        String link = "/studies/" + Html.escape(study.studyUid());
        content.append(
                "<p>The picture shows both contours: orange the expert's, blue the model's. <a href=\"%s/revisions/%d/overlay.png\">Picture of the model's result</a>, <a href=\"%s/corrections.json\">corrections.json</a></p>%n"
                        .formatted(link, result.automaticRevision(), link));
    }

    private static String sentence(StudyRow study, ResultView result) {
        StringBuilder text = new StringBuilder("Contour of ")
                .append(result.expert())
                .append(", received from ")
                .append(result.correction("receivedFrom").orElse("?"))
                .append(" in revision ")
                .append(result.correction("revision").orElse("?"))
                .append(", known by ")
                .append(result.correction("recognisedBy").orElse("?"))
                .append(". Dice with the model's contour ")
                .append(result.dice().orElse("?"))
                .append(result.correction("verifiedBy")
                        .map(name ->
                                ". Approved by " + name.replaceAll("\\^+", " ").strip() + " on "
                                        + day(result.correction("verifiedAt").orElse("")) + '.')
                        .orElse(". Nobody is known to have verified it."));
        if (!result.correction("revision")
                .equals(Optional.of(Integer.toString(study.revision().number())))) {
            text.append(
                    " It stands: instances that came later were measured with the expert's contour, and no model was asked"
                            + " again.");
        }
        return text.toString();
    }

    /** The day of a DT value. */
    private static String day(String dateTime) {
        return dateTime.replaceFirst("^([0-9]{4})([0-9]{2})([0-9]{2}).*", "$1-$2-$3");
    }

    private static void row(StringBuilder content, String name, Optional<String> before, Optional<String> after) {
        if (before.isPresent() || after.isPresent()) {
            content.append("<tr><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>%n"
                    .formatted(
                            name,
                            before.map(Html::escape).orElse("\u2013"),
                            after.map(Html::escape).orElse("\u2013")));
        }
    }

    /** Structure sets and segmentations that came for this study, and what became of each. */
    static void received(StringBuilder content, List<IntakeRow> received, ZoneId zone) {
        if (received.isEmpty()) {
            return;
        }
        content.append("""
                <h2>Received contours</h2>
                <table><thead><tr><th>Time</th><th>From</th><th>Object</th><th>Outcome</th><th>Detail</th></tr></thead><tbody>
                """);
        for (IntakeRow row : received) {
            content.append(
                    "<tr class=\"%s\"><td>%s</td><td>%s</td><td>%s<small class=\"uid\">%s</small></td><td>%s</td><td>%s</td></tr>%n"
                            .formatted(
                                    row.outcome(),
                                    Html.time(row.at(), zone),
                                    Html.escape(row.callingAeTitle()),
                                    Html.escape(UID.nameOf(row.sopClassUid())),
                                    Html.escape(row.sopInstanceUid()),
                                    row.outcome().toLowerCase(java.util.Locale.ROOT),
                                    Html.escape(row.detail())));
        }
        content.append("</tbody></table>\n");
    }
}
