package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.ContourSlice;
import org.myonode.db.Database;
import org.myonode.db.ExpertContour;
import org.myonode.db.ExpertContours;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;

/** The gate of a promotion, on contours in the embedded database of a node that runs beside. */
final class PromotionTest {

    private static final Path SHIPPED = Path.of(System.getProperty("myonode.home"), "models");
    private static final int PATIENTS = 7;

    @TempDir
    Path folder;

    @Test
    void a_worse_model_is_refused_beside_a_running_node_and_only_a_reason_overrides_that() throws Exception {
        Path config = config("");
        try (Node node = Node.start(NodeConfig.read(config), Clock.systemUTC())) {
            draw(NodeConfig.read(config));
            assertThat(run(config, "contours", "list")).startsWith("0 ").contains(PATIENTS + " contours");

            assertThat(run(config, "models", "import", same("9.9.9").toString()))
                    .startsWith("0 ");
            assertThat(run(config, "models", "promote", "muscle-l3@9.9.9", "--by", "Dr. Who"))
                    .startsWith("0 ")
                    .contains("not inferior", PATIENTS + " phantoms", "takes the place of");

            assertThat(run(
                            config,
                            "finetune",
                            "--out",
                            folder.resolve("poor").toString(),
                            "--version-name",
                            "0.0-poor",
                            "--source",
                            "none",
                            "--steps",
                            "1",
                            "--keep",
                            Integer.toString(PATIENTS - 1)))
                    .startsWith("0 ");
            assertThat(run(config, "models", "import", folder.resolve("poor").toString()))
                    .startsWith("0 ");
            assertThat(run(config, "models", "promote", "muscle-l3@0.0-poor", "--by", "Dr. Who"))
                    .startsWith("3 ")
                    .contains("1 patients are left out", ": inferior", "is refused", "--override");
            assertThat(run(config, "models", "promote", "muscle-l3@0.0-poor", "--by", "Dr. Who", "--override"))
                    .startsWith("2 ")
                    .contains("--reason");
            assertThat(run(
                            config,
                            "models",
                            "promote",
                            "muscle-l3@0.0-poor",
                            "--by",
                            "Dr. Who",
                            "--override",
                            "--reason",
                            "to see it fail"))
                    .startsWith("0 ");
            assertThat(run(config, "models", "history"))
                    .contains("0.0-poor by Dr. Who: to see it fail", "OVERRIDDEN", ": inferior");
            assertThat(run(config, "models", "rollback", "muscle", "--by", "Dr. Who", "--reason", "it failed"))
                    .startsWith("0 ");

            assertThat(run(config, "drift")).startsWith("0 ").contains("No check has been made yet");
            assertThat(run(config, "drift", "--now"))
                    .startsWith("0 ")
                    .contains("too few values", PATIENTS + " stored slices", "No alert.");
            assertThat(page(node, "/drift")).contains("No alert", "too few to say anything", "0 of 0 slices");
            assertThat(page(node, "/health/drift")).contains("\"status\":\"ok\"");

            assertThat(page(node, "/models"))
                    .contains("promotion refused", "model promoted by override", "model rolled back")
                    .contains("Dr. Who", "to see it fail", "it failed", ": inferior");
        }
    }

    @Test
    void without_contours_the_site_decides_and_the_record_says_that_nothing_was_compared() throws Exception {
        Path strict = config("promotion.uncompared = refuse");
        Path model = same("9.9.9");
        assertThat(run(strict, "models", "import", model.toString())).startsWith("0 ");
        assertThat(run(strict, "models", "promote", "muscle-l3@9.9.9", "--by", "Dr. Who"))
                .startsWith("3 ")
                .contains("not compared: contours of 0 patients");

        Path lenient = config("promotion.uncompared = allow");
        assertThat(run(lenient, "models", "promote", "muscle-l3@9.9.9", "--by", "Dr. Who"))
                .startsWith("0 ")
                .contains("not compared");
        assertThat(run(lenient, "models", "history")).contains("by Dr. Who", "not compared: contours of 0 patients");
    }

    private Path config(String more) throws IOException {
        return Files.writeString(
                folder.resolve("node.conf"),
                "storage.directory = \"" + folder.resolve("data")
                        + "\"\ndicom { port = 0, bind = \"127.0.0.1\" }\nweb.port = 0\n" + more);
    }

    private static String page(Node node, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.webPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The shipped muscle model under another version. */
    private Path same(String version) throws IOException {
        return ShippedModel.as(version, SHIPPED.resolve("muscle-l3"), folder.resolve("package-" + version));
    }

    private static void draw(NodeConfig config) {
        Clock clock = Clock.systemUTC();
        try (Database database = Database.openBeside(Node.databaseConfig(config), clock)) {
            ExpertContours contours = new ExpertContours(database, clock);
            for (int p = 1; p <= PATIENTS; p++) {
                PhantomBody body = PhantomBody.of(400 + p);
                PhantomSlice slice = body.slice(body.level(Vertebra.L3).midZMm(), 256, 1.8);
                contours.add(
                        new ContourSlice(
                                "2.25." + p,
                                "2.25.10" + p,
                                "2.25.20" + p,
                                "2.25.30" + p,
                                "key" + p,
                                slice.zMm(),
                                256,
                                256,
                                1.8,
                                1.8,
                                OptionalDouble.of(5),
                                "",
                                "phantom",
                                slice.hu()),
                        new ExpertContour(
                                "2.25." + p,
                                "observer",
                                "muscle",
                                slice.muscle(),
                                slice.muscleAreaCm2(),
                                "SEG",
                                "2.25.40" + p,
                                "0".repeat(64)));
            }
        }
    }

    /** Exit code, and all that was printed. */
    private static String run(Path config, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--config", config.toString()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            int exitCode = Main.execute(line.toArray(String[]::new));
            return exitCode + " " + bytes.toString(StandardCharsets.UTF_8);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
