package org.myonode.node.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.myonode.db.AuditRow;
import org.myonode.db.DeliveryRow;
import org.myonode.db.IntakeRow;
import org.myonode.db.OutputObject;
import org.myonode.db.StudyRow;
import org.myonode.dicom.UID;

/** One study: the picture, the measures with units, what was sent where, and all that happened, in order. */
final class StudyPage {

    private StudyPage() {}

    static String render(
            String version,
            StudyRow study,
            List<OutputObject> outputs,
            List<DeliveryRow> deliveries,
            List<AuditRow> audit,
            List<IntakeRow> received,
            ZoneId zone) {
        String link = "/studies/" + Html.escape(study.studyUid());
        ResultView result = ResultView.of(study.resultJson());
        StringBuilder content = new StringBuilder();
        content.append("<h1>Study</h1>\n<p class=\"uid\">%s</p>\n".formatted(Html.escape(study.studyUid())));
        content.append("<p class=\"%s\"><span class=\"state\">%s</span> revision %d, %d instances%s</p>%n"
                .formatted(
                        study.state().name(),
                        StudyListPage.words(study.state()),
                        study.revision().number(),
                        study.instances(),
                        study.reason().map(reason -> ": " + Html.escape(reason)).orElse("")));
        content.append("<div class=\"two\">\n");
        if (study.picture().isPresent()) {
            content.append("<a href=\"%s/overlay.png\"><img class=\"overlay\" src=\"%s/overlay.png\" alt=\"%s\"></a>%n"
                    .formatted(
                            link,
                            link,
                            result.isCorrected()
                                    ? "L3 slice with the muscle that an expert drew, and the model's before"
                                    : "L3 slice with the muscle that was found"));
        }
        content.append("<dl>\n");
        if (result.isCorrected()) {
            term(content, "Contour", Optional.of("corrected by " + result.expert()));
        }
        term(content, "Skeletal muscle area", result.area());
        term(content, "Skeletal muscle index", result.index());
        for (String comparison : result.comparisons()) {
            term(content, "Compared", Optional.of(comparison));
        }
        term(content, "Mean attenuation", result.meanHu());
        term(content, "Attenuation of the pixels", result.spread());
        term(content, "Low-attenuation muscle", result.lowAttenuation());
        term(content, "Intramuscular fat", result.intramuscularFat());
        term(content, "Visceral fat, this slice", result.visceralFat());
        term(content, "Subcutaneous fat, this slice", result.subcutaneousFat());
        term(content, "SUVbw in muscle, mean", result.suvMean());
        term(content, "SUVbw in muscle, max", result.suvMax());
        term(content, "No SUV", result.noSuv());
        term(content, "L3 slice at z", result.zMm());
        term(content, "L3 slice", result.sliceUid());
        term(content, "L3 confidence", result.confidence());
        if (!result.quality().isEmpty()) {
            term(content, "Quality", Optional.of(String.join("; ", result.quality())));
        }
        for (String model : result.models()) {
            term(content, "Model", Optional.of(model));
        }
        content.append("</dl>\n</div>\n");
        if (study.resultJson().isPresent()) {
            content.append("<p><a href=\"%s/result.json\">result.json</a></p>%n".formatted(link));
        }
        CorrectionSection.figures(content, study, result);
        CorrectionSection.received(content, received, zone);
        objects(content, outputs, deliveries);
        timeline(content, audit, zone);
        return Html.page("Study " + study.studyUid(), version, content.toString());
    }

    private static void term(StringBuilder content, String name, Optional<String> value) {
        value.ifPresent(text -> content.append("<dt>%s</dt><dd>%s</dd>%n".formatted(name, Html.escape(text))));
    }

    private static void objects(StringBuilder content, List<OutputObject> outputs, List<DeliveryRow> deliveries) {
        if (outputs.isEmpty()) {
            return;
        }
        content.append("""
                <h2>Objects</h2>
                <table><thead><tr><th>Object</th><th>SOP instance UID</th><th>Destination</th><th>State</th>\
                <th class="n">Attempts</th><th>Last error</th></tr></thead><tbody>
                """);
        for (OutputObject output : outputs) {
            List<DeliveryRow> own = deliveries.stream()
                    .filter(delivery -> delivery.sopInstanceUid().equals(output.sopInstanceUid()))
                    .toList();
            if (own.isEmpty()) {
                content.append("<tr><td>%s</td><td class=\"uid\">%s</td><td colspan=\"4\">no destination</td></tr>%n"
                        .formatted(Html.escape(output.kind()), Html.escape(output.sopInstanceUid())));
            }
            for (DeliveryRow delivery : own) {
                boolean otherForm = !delivery.sopClassUid().equals(output.sopClassUid());
                content.append(
                        "<tr class=\"%s\"><td>%s</td><td class=\"uid\">%s</td><td>%s</td><td>%s</td><td class=\"n\">%d</td><td>%s</td></tr>%n"
                                .formatted(
                                        Html.escape(delivery.state()),
                                        Html.escape(output.kind()
                                                + (otherForm ? " as " + UID.nameOf(delivery.sopClassUid()) : "")),
                                        Html.escape(output.sopInstanceUid()),
                                        Html.escape(delivery.destination()),
                                        Html.escape(words(delivery)),
                                        delivery.attempts(),
                                        Html.escape(delivery.lastError().orElse(""))));
            }
        }
        content.append("</tbody></table>\n");
    }

    /** The state, and what the destination says when it is asked whether it has the object. */
    private static String words(DeliveryRow delivery) {
        String state = delivery.state().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return state
                + switch (delivery.arrival().orElse("")) {
                    case "FOUND" -> ", found there";
                    case "MISSING" -> ", but not found there";
                    case "WAITING" -> ", not found there yet";
                    default -> "";
                };
    }

    private static void timeline(StringBuilder content, List<AuditRow> audit, ZoneId zone) {
        content.append("""
                <h2>Timeline</h2>
                <table><thead><tr><th>Time</th><th class="n">After</th><th>Event</th><th>Detail</th></tr></thead><tbody>
                """);
        Instant before = null;
        for (AuditRow row : audit) {
            String event = row.to().isPresent()
                    ? row.from().map(from -> StudyListPage.words(from) + " → ").orElse("")
                            + StudyListPage.words(row.to().get())
                    : row.event().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            content.append("<tr><td>%s</td><td class=\"n\">%s</td><td>%s</td><td>%s</td></tr>%n"
                    .formatted(
                            Html.time(row.at(), zone),
                            before == null ? "" : Html.duration(Duration.between(before, row.at())),
                            Html.escape(event),
                            Html.escape(row.detail())));
            before = row.at();
        }
        content.append("</tbody></table>\n");
    }
}
