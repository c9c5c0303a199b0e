package org.myonode.node.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.myonode.db.StudyRow;
import org.myonode.db.StudyState;

/** Now: how many studies stand where, in the order in which they pass through, and the latest ones below. */
final class StudyListPage {

    private StudyListPage() {}

    static String render(String version, Map<StudyState, Integer> counts, List<StudyRow> studies, Clock clock) {
        StringBuilder content = new StringBuilder("<h1>Studies</h1>\n<ol class=\"flow\">\n");
        for (StudyState state : StudyState.values()) {
            int count = counts.getOrDefault(state, 0);
            content.append("<li class=\"%s%s\"><b>%d</b> <span>%s</span></li>%n"
                    .formatted(state.name(), count == 0 ? " none" : "", count, words(state)));
        }
        content.append("</ol>\n");
        if (studies.isEmpty()) {
            return Html.page(
                    "MyoNode",
                    version,
                    content + "<p class=\"empty\">No study has arrived yet. Send one by C-STORE, or start"
                            + " <code>myonode demo</code> to see three phantom studies.</p>\n");
        }
        content.append("""
                <table>
                <thead><tr><th>L3 slice</th><th>Study</th><th>State</th><th class="n">Muscle area</th>\
                <th class="n">Index</th><th class="n">Mean</th><th>Remarks</th><th>Last change</th></tr></thead>
                <tbody>
                """);
        ZoneId zone = clock.getZone();
        Instant now = clock.instant();
        for (StudyRow study : studies) {
            row(content, study, zone, now);
        }
        return Html.page(
                "MyoNode", version, content.append("</tbody>\n</table>\n").toString());
    }

    private static void row(StringBuilder content, StudyRow study, ZoneId zone, Instant now) {
        String link = "/studies/" + Html.escape(study.studyUid());
        ResultView result = ResultView.of(study.resultJson());
        String picture = study.picture().isPresent()
                ? "<a href=\"%s\"><img src=\"%s/overlay.png\" alt=\"L3 slice with muscle contour\" loading=\"lazy\"></a>"
                        .formatted(link, link)
                : "";
        String remarks = study.reason().map(Html::escape).orElse("")
                + (study.deadLetters() > 0
                        ? "<b class=\"refused\">%d object%s refused for good</b> "
                                .formatted(study.deadLetters(), study.deadLetters() == 1 ? "" : "s")
                        : "")
                + (result.isCorrected() ? "<b>corrected by an expert</b> " : "")
                + String.join("; ", result.quality().stream().map(Html::escape).toList());
        content.append("""
                <tr class="%s"><td class="thumb">%s</td><td><a class="uid" href="%s">%s</a><small>%d instances%s</small></td>\
                <td><span class="state">%s</span></td><td class="n">%s</td><td class="n">%s</td><td class="n">%s</td>\
                <td>%s</td><td>%s<small>%s ago</small></td></tr>
                """.formatted(
                study.state().name(),
                picture,
                link,
                Html.escape(shortened(study.studyUid())),
                study.instances(),
                study.revision().number() > 1 ? ", revision " + study.revision().number() : "",
                words(study.state()),
                result.area().orElse("–"),
                result.index().orElse("–"),
                result.meanHu().orElse("–"),
                remarks,
                Html.time(study.updated(), zone),
                Html.duration(Duration.between(study.updated(), now))));
    }

    /** The state in words that an operator would use. */
    static String words(StudyState state) {
        return switch (state) {
            case RECEIVING -> "receiving";
            case SEALED -> "complete";
            case QUEUED -> "queued";
            case RUNNING -> "measuring";
            case PRODUCED -> "to be sent";
            case EXPORTED -> "sent";
            case COMMITTED -> "committed";
            case NO_L3 -> "no L3";
            case FAILED -> "failed";
            case QUARANTINED -> "quarantined";
        };
    }

    private static String shortened(String uid) {
        return uid.length() <= 28 ? uid : uid.substring(0, 10) + "…" + uid.substring(uid.length() - 14);
    }
}
