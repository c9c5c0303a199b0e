package org.myonode.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.db.ContourRow;
import org.myonode.db.Database;
import org.myonode.db.ExpertContours;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists stored contours: patient (a digest, no name), slice, structure, observer, version, area, source.",
            "Older versions are shown with --all; what became of received objects with --received."
        })
final class ContoursListCommand implements Callable<Integer> {

    private static final int RECEIVED = 50;

    @Option(names = "--all", description = "older versions too")
    private boolean all;

    @Option(names = "--received", description = "the last " + RECEIVED + " received objects and what became of them")
    private boolean received;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration (default: the defaults)")
    private @Nullable Path config;

    @Override
    public Integer call() throws IOException {
        NodeConfig node = config == null ? NodeConfig.ofDefaults() : NodeConfig.read(config);
        Files.createDirectories(node.storage().directory());
        Clock clock = Clock.systemDefaultZone();
        try (Database database = Database.openBeside(Node.databaseConfig(node), clock)) {
            ExpertContours contours = new ExpertContours(database, clock);
            if (received) {
                contours.settled(RECEIVED).forEach(System.out::println);
                return Main.OK;
            }
            List<ContourRow> rows =
                    contours.list().stream().filter(row -> all || row.latest()).toList();
            if (json) {
                System.out.println(json(rows));
            } else {
                print(rows);
            }
            return Main.OK;
        }
    }

    private static void print(List<ContourRow> rows) {
        System.out.printf(
                "%-16s  %8s  %-10s  %-14s  %7s  %9s  %-8s  %s%n",
                "patient", "z mm", "structure", "observer", "version", "area cm\u00b2", "from", "image");
        for (ContourRow row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-16s  %8.1f  %-10s  %-14s  %7s  %9.1f  %-8s  %s%n",
                    row.patientKey(),
                    row.zMm(),
                    row.structure(),
                    row.observer(),
                    row.version() + (row.latest() ? "" : " old"),
                    row.areaCm2(),
                    row.kind(),
                    row.sopInstanceUid());
        }
        System.out.printf(
                "%d contours on %d slices of %d patients%n",
                rows.size(),
                rows.stream().map(ContourRow::sopInstanceUid).distinct().count(),
                rows.stream().map(ContourRow::patientKey).distinct().count());
    }

    private static String json(List<ContourRow> rows) {
        ArrayNode list = new ObjectMapper().createArrayNode();
        for (ContourRow row : rows) {
            list.addObject()
                    .put("patientKey", row.patientKey())
                    .put("sopInstanceUid", row.sopInstanceUid())
                    .put("zMm", row.zMm())
                    .put("structure", row.structure())
                    .put("observer", row.observer())
                    .put("version", row.version())
                    .put("latest", row.latest())
                    .put("areaCm2", row.areaCm2())
                    .put("source", row.kind())
                    .put("sourceUid", row.sourceUid())
                    .put("provenance", row.provenance())
                    .put("addedAt", row.addedAt().toString());
        }
        return list.toPrettyString();
    }
}
