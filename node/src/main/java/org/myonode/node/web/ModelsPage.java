package org.myonode.node.web;

import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.myonode.db.AuditRow;
import org.myonode.workers.model.ModelStore;

/** Which models are in use, who decided so and on what grounds, and what else happened to the node as a whole. */
final class ModelsPage {

    private static final int NEWEST = 100;

    private ModelsPage() {}

    static String render(
            String version,
            List<ModelStore.Entry> models,
            List<ModelStore.Activation> history,
            List<AuditRow> audit,
            ZoneId zone) {
        StringBuilder content = new StringBuilder("""
                <h1>Models</h1>
                <table><thead><tr><th>Task</th><th>Model</th><th>Version</th><th>In use</th><th>Origin</th><th>Digest</th></tr>\
                </thead><tbody>
                """);
        for (ModelStore.Entry entry : models) {
            content.append("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"uid\">%s</td></tr>%n"
                    .formatted(
                            Html.escape(entry.model().task()),
                            Html.escape(entry.model().id()),
                            Html.escape(entry.model().version()),
                            entry.active() ? "<b>in use</b>" : "",
                            entry.origin().name().toLowerCase(Locale.ROOT),
                            Html.escape(entry.model().sha256().substring(0, 12))));
        }
        content.append("""
                </tbody></table>
                <h2>Decisions</h2>
                """);
        if (history.isEmpty()) {
            content.append("<p class=\"empty\">None: the models that came with the program are in use.</p>\n");
        } else {
            content.append("""
                    <table><thead><tr><th>Time</th><th>Task</th><th>Decision</th><th>By</th><th>Reason</th><th>Comparison</th>\
                    </tr></thead><tbody>
                    """);
            history.stream()
                    .sorted(Comparator.comparing(ModelStore.Activation::at).reversed())
                    .limit(NEWEST)
                    .forEach(one -> content.append(
                            "<tr><td>%s</td><td>%s</td><td>%s to %s %s</td><td>%s</td><td>%s</td><td class=\"pre\">%s</td></tr>%n"
                                    .formatted(
                                            Html.time(one.at(), zone),
                                            Html.escape(one.task()),
                                            one.action() == ModelStore.Action.PROMOTE ? "promoted" : "rolled back",
                                            Html.escape(one.id()),
                                            Html.escape(one.version()),
                                            Html.escape(one.by()),
                                            Html.escape(one.reason()),
                                            Html.escape(one.comparison()))));
            content.append("</tbody></table>\n");
        }
        content.append("<h2>Audit of the node</h2>\n");
        if (audit.isEmpty()) {
            content.append("<p class=\"empty\">Nothing yet.</p>\n");
        } else {
            content.append("<table><thead><tr><th>Time</th><th>Event</th><th>Detail</th></tr></thead><tbody>\n");
            audit.stream()
                    .sorted(Comparator.comparingLong(AuditRow::id).reversed())
                    .limit(NEWEST)
                    .forEach(row -> content.append("<tr><td>%s</td><td>%s</td><td class=\"pre\">%s</td></tr>%n"
                            .formatted(
                                    Html.time(row.at(), zone),
                                    Html.escape(
                                            row.event().toLowerCase(Locale.ROOT).replace('_', ' ')),
                                    Html.escape(row.detail()))));
            content.append("</tbody></table>\n");
        }
        return Html.page("Models", version, content.toString());
    }
}
