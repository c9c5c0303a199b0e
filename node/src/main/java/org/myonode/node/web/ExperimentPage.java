package org.myonode.node.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.myonode.crossvalidation.experiment.ExperimentProgress;
import org.myonode.crossvalidation.experiment.ExperimentResult;
import org.myonode.crossvalidation.experiment.ExperimentTables;
import org.myonode.crossvalidation.experiment.Experiments;

/** Training experiments: how each stands, and the figures of one. */
final class ExperimentPage {

    private static final double MARGIN = 0.01;

    private ExperimentPage() {}

    static String list(
            String version, List<Experiments.Entry> entries, List<ExperimentFiles.Listed> reports, Clock clock) {
        StringBuilder content = new StringBuilder("<h1>Experiments</h1>\n");
        if (entries.isEmpty()) {
            content.append("<p class=\"empty\">No experiment has been asked for. See"
                    + " <code>myonode experiments submit --help</code>.</p>\n");
            return Html.page("Experiments", version, content + reports(reports, clock));
        }
        content.append("""
                <table>
                <thead><tr><th>Experiment</th><th>Data</th><th>State</th><th class="n">Runs</th>\
                <th class="n">Steps</th><th>Doing</th><th class="n">Left</th><th>Last change</th></tr></thead>
                <tbody>
                """);
        for (Experiments.Entry entry : entries) {
            ExperimentProgress progress = entry.progress();
            Instant updated = Instant.parse(progress.updated());
            content.append("""
                    <tr class="%s"><td><a href="/experiments/%s">%s</a></td><td>%s</td><td><span class="state">%s</span></td>\
                    <td class="n">%d of %d</td><td class="n">%s</td><td>%s</td><td class="n">%s</td>\
                    <td>%s<small>%s ago</small></td></tr>
                    """.formatted(
                    progress.state().name(),
                    Html.escape(entry.name()),
                    Html.escape(entry.name()),
                    entry.plan().data().arePhantoms()
                            ? entry.plan().data().phantoms() + " phantoms"
                            : "stored contours of " + Html.escape(entry.plan().structure()),
                    progress.state().name().toLowerCase(Locale.ROOT),
                    entry.runsDone(),
                    entry.runsInAll(),
                    progress.stepsInAll() == 0
                            ? "–"
                            : String.format(Locale.ROOT, "%d %%", 100 * progress.stepsDone() / progress.stepsInAll()),
                    Html.escape(progress.doing()),
                    left(progress),
                    Html.time(updated, clock.getZone()),
                    Html.duration(Duration.between(updated, clock.instant()))));
        }
        return Html.page("Experiments", version, content.append("</tbody>\n</table>\n") + reports(reports, clock));
    }

    /** Reports of experiments and of benchmarks that were written into the same folder. */
    private static String reports(List<ExperimentFiles.Listed> reports, Clock clock) {
        if (reports.isEmpty()) {
            return "";
        }
        StringBuilder content = new StringBuilder(
                "<h2>Reports</h2>\n<table><thead><tr><th>Report</th><th>Written</th></tr></thead><tbody>\n");
        reports.forEach(one -> content.append(
                "<tr><td><a href=\"/experiments/%s/report.html\">%s</a><small>%s</small></td><td>%s</td></tr>%n"
                        .formatted(
                                one.id(),
                                Html.escape(one.title()),
                                one.id(),
                                Html.time(one.written(), clock.getZone()))));
        return content.append("</tbody></table>\n").toString();
    }

    private static String left(ExperimentProgress progress) {
        Long seconds = progress.secondsLeft();
        return seconds == null || progress.state() != ExperimentProgress.State.RUNNING
                ? "–"
                : Html.duration(Duration.ofSeconds(seconds));
    }

    static String one(String version, String name, ExperimentResult result, boolean hasReport) {
        return Html.page(
                name,
                version,
                "<h1>Experiment " + Html.escape(name)
                        + "</h1>\n<p><a href=\"/experiments\">All experiments</a>"
                        + (hasReport
                                ? " <a href=\"/experiments/" + Html.escape(name) + "/report.html\">Report</a>"
                                : "")
                        + "</p>\n<pre>"
                        + Html.escape(String.join("\n", ExperimentTables.text(result, MARGIN)))
                        + "</pre>\n");
    }
}
