package org.myonode.node.web;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.myonode.crossvalidation.drift.DriftReport;
import org.myonode.db.Surveillance;

/** What the last nightly check found, quantity by quantity, and how the checks before ended. */
final class DriftPage {

    private DriftPage() {}

    static String render(String version, List<Surveillance.Check> checks, ZoneId zone) {
        StringBuilder content = new StringBuilder("<h1>Drift</h1>\n");
        if (checks.isEmpty()) {
            content.append(
                    "<p class=\"empty\">No check has been made yet. One is made every night at <code>drift.time</code>,"
                            + " or by <code>myonode drift --now</code>.</p>\n");
            return Html.page("Drift", version, content.toString());
        }
        Surveillance.Check last = checks.get(0);
        DriftReport report = DriftReport.read(last.reportJson());
        content.append("<p>Last check %s: the last %d studies against the first %d %s. %s</p>%n"
                .formatted(
                        Html.time(last.at(), zone),
                        report.recent(),
                        report.baseline(),
                        since(Instant.parse(report.since()), zone),
                        Html.escape(report.model())));
        List<String> alerts = report.alerts();
        if (alerts.isEmpty()) {
            content.append("<p>No alert.</p>\n");
        } else {
            content.append("<ul>\n");
            alerts.forEach(alert -> content.append("<li class=\"refused\">%s</li>%n".formatted(Html.escape(alert))));
            content.append("</ul>\n");
        }
        quantities(content, report);
        constancy(content, report.constancy());
        content.append(
                "<h2>Checks</h2>\n<table><thead><tr><th>Time</th><th class=\"n\">Alerts</th></tr></thead><tbody>\n");
        checks.forEach(check -> content.append("<tr><td>%s</td><td class=\"n\">%d</td></tr>%n"
                .formatted(Html.time(check.at(), zone), check.alerts())));
        content.append("</tbody></table>\n<p><a href=\"/health/drift\">as JSON</a></p>\n");
        return Html.page("Drift", version, content.toString());
    }

    private static void quantities(StringBuilder content, DriftReport report) {
        content.append("""
                <h2>Studies</h2>
                <table><thead><tr><th>Quantity</th><th>Baseline</th><th>Now</th><th class="n">n</th><th>Test</th>\
                <th class="n">Effect</th><th class="n">p (Holm)</th><th>Verdict</th></tr></thead><tbody>
                """);
        for (DriftReport.Outcome one : report.quantities()) {
            Double effect = one.effect();
            Double p = one.holmP();
            content.append(
                    "<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"n\">%d, %d</td><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td%s>%s</td></tr>%n"
                            .formatted(
                                    Html.escape(one.name()),
                                    Html.escape(one.before()),
                                    Html.escape(one.now()),
                                    one.baselineN(),
                                    one.recentN(),
                                    Html.escape(one.test()),
                                    effect == null ? "" : String.format(Locale.ROOT, "%.2f", effect),
                                    p == null ? "" : String.format(Locale.ROOT, "%.4f", p),
                                    one.verdict() == DriftReport.Verdict.ALERT ? " class=\"refused\"" : "",
                                    switch (one.verdict()) {
                                        case ALERT -> "shifted";
                                        case STEADY -> "steady";
                                        case TOO_FEW -> "too few to say anything";
                                    }));
        }
        content.append(
                "</tbody></table>\n<p class=\"empty\">An alert needs a p value below %s and an effect of at least %s (half of"
                        .formatted(report.policy().level(), report.policy().leastEffect()));
        content.append(" that for refusals). Steady means that no shift is shown, not that there is none.</p>\n");
    }

    private static void constancy(
            StringBuilder content, DriftReport.@org.jspecify.annotations.Nullable Constancy known) {
        content.append("<h2>Model on the stored contours</h2>\n");
        if (known == null) {
            content.append("<p class=\"empty\">No contours are stored.</p>\n");
            return;
        }
        content.append("<p>%d of %d slices give another Dice than at the last check with the same model.</p>%n<ul>%n"
                .formatted(known.changed(), known.compared()));
        known.words().stream()
                .filter(line -> !line.isBlank())
                .forEach(line -> content.append("<li>%s</li>%n".formatted(Html.escape(line.strip()))));
        content.append("</ul>\n");
    }

    /** A site that never put a model into use counts from its first study. */
    private static String since(Instant when, ZoneId zone) {
        return when.equals(Instant.EPOCH) ? "that were measured" : "since " + Html.time(when, zone);
    }
}
