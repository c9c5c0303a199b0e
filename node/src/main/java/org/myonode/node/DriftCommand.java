package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.drift.DriftReport;
import org.myonode.db.Database;
import org.myonode.db.Surveillance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what the last nightly check found: whether the last studies are like the first ones since the models in"
                    + " use were put into use, and whether the model still gives the same on the stored contours.",
            "With --now the check is made first. Ends with 3 when there is an alert."
        })
final class DriftCommand implements Callable<Integer> {

    @Option(names = "--now", description = "make the check now and keep what it finds")
    private boolean now;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration (default: the defaults)")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NodeConfig config = file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
        Files.createDirectories(config.storage().directory());
        Clock clock = Clock.systemDefaultZone();
        try (Database database = Database.openBeside(Node.databaseConfig(config), clock)) {
            List<DriftReport> reports = now
                    ? List.of(new NightlyCheck(config, database, clock).run(Thread::interrupted))
                    : new Surveillance(database, clock)
                            .checks(1).stream()
                                    .map(check -> DriftReport.read(check.reportJson()))
                                    .toList();
            if (reports.isEmpty()) {
                System.out.println("No check has been made yet: myonode drift --now makes one");
                return Main.OK;
            }
            DriftReport report = reports.get(0);
            if (json) {
                System.out.print(report.json());
            } else {
                report.text().forEach(System.out::println);
            }
            return report.alerts().isEmpty() ? Main.OK : Main.EXPECTED_NO;
        }
    }
}
