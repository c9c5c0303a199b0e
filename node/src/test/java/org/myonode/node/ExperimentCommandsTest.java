package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.experiment.ExperimentProgress.State;
import org.myonode.crossvalidation.experiment.Experiments;

/** Experiments by the commands as a user would give them, in the foreground and in a node; very small networks. */
class ExperimentCommandsTest {

    private static final List<String> SMALL = List.of(
            "--phantoms",
            "4",
            "--observers",
            "2",
            "--folds",
            "2",
            "--sources",
            "none",
            "--steps",
            "3",
            "--input",
            "32",
            "--width",
            "0.05",
            "--looks",
            "1");

    @TempDir
    Path folder;

    @Test
    void the_papers_experiment_in_small_is_gone_on_with_and_grows() throws IOException {
        String out = folder.resolve("paper").toString();
        List<String> first = with(List.of("crossval", "--paper", "--sizes", "2,99", "--out", out), SMALL);

        assertThat(run(first))
                .startsWith("0 ")
                .contains("n = 99 is not possible: of 4 phantoms 2 remain")
                .contains("2 of 2 runs are done")
                .contains("These are phantom results");
        assertThat(run(with(List.of("crossval", "--paper", "--sizes", "1", "--out", out), SMALL)))
                .startsWith("0 ")
                .contains("4 of 4 runs are done")
                .doesNotContain("none-n002-fold1-repeat1: mean Dice");
        JsonNode report =
                new ObjectMapper().readTree(folder.resolve("paper/report.json").toFile());
        assertThat(report.at("/data/kind").asText()).isEqualTo("phantoms");
        assertThat(report.at("/data/observerModel").asText()).contains("SD 0.25 mm between observers");
        assertThat(report.path("points")).hasSize(2);
        assertThat(Files.readAllLines(folder.resolve("paper/cases.csv"))).hasSize(1 + 2 * 4);

        List<String> other = new ArrayList<>(first);
        other.set(other.indexOf("--steps") + 1, "4");
        assertThat(run(other))
                .startsWith("2 ")
                .contains("was planned with training")
                .contains("another folder");
        assertThat(run(List.of("crossval", "--train", "--model", "x", "--out", out)))
                .startsWith("2 ");
    }

    @Test
    void a_node_takes_up_what_is_submitted_and_leaves_what_is_cancelled() throws Exception {
        Path config = Files.writeString(
                folder.resolve("node.conf"),
                "storage.directory = \"" + folder.resolve("data") + "\"\n"
                        + "web.port = 0\ndicom { port = 0, bind = \"127.0.0.1\" }");
        String[] site = {"--config", config.toString()};
        assertThat(run(with(List.of("experiments", "submit", "curve", "--sizes", "2"), SMALL), site))
                .startsWith("0 ");
        assertThat(run(with(List.of("experiments", "submit", "idle", "--sizes", "2"), SMALL), site))
                .startsWith("0 ");
        assertThat(run(List.of("experiments", "cancel", "idle"), site)).startsWith("0 ");
        assertThat(run(List.of("experiments", "cancel", "nobody"), site))
                .startsWith("2 ")
                .contains("there is no experiment nobody");
        assertThat(run(with(List.of("experiments", "submit", "a/b"), SMALL), site))
                .startsWith("2 ");

        NodeConfig node = NodeConfig.read(config);
        Experiments experiments = ExperimentsCommand.of(node, Clock.systemUTC());
        try (Node running = Node.start(node, Clock.systemDefaultZone())) {
            await(experiments, "curve", State.DONE);
            assertThat(run(List.of("experiments", "list"), site))
                    .containsPattern("curve +done +2 of 2 runs")
                    .containsPattern("idle +cancelled +0 of 2 runs");
            assertThat(run(List.of("experiments", "cancel", "curve"), site)).startsWith("3 ");
            assertThat(page(running.webPort(), "/experiments"))
                    .contains("href=\"/experiments/curve\"")
                    .contains("2 of 2")
                    .contains("4 phantoms");
            assertThat(page(running.webPort(), "/experiments/curve")).contains("These are phantom results");
            assertThat(page(running.webPort(), "/experiments/nobody")).contains("no experiment nobody");

            assertThat(run(List.of("experiments", "resume", "idle"), site)).startsWith("0 ");
            await(experiments, "idle", State.DONE);
        }
        assertThat(experiments.result("idle").runs())
                .zipSatisfy(
                        experiments.result("curve").runs(),
                        (one, other) -> assertThat(one.modelSha256()).isEqualTo(other.modelSha256()));
        assertThat(run(List.of("experiments", "show", "curve"), site)).contains("2 of 2 runs are done");
    }

    private static void await(Experiments experiments, String name, State wanted) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (experiments.list().stream()
                .noneMatch(
                        entry -> entry.name().equals(name) && entry.progress().state() == wanted)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(name + " is not " + wanted + ": " + experiments.list());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static String page(int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static List<String> with(List<String> command, List<String> more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        return all;
    }

    /** Exit code, and all that was printed. */
    private static String run(List<String> command, String... more) {
        List<String> arguments = with(command, List.of(more));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            int exitCode = Main.execute(arguments.toArray(String[]::new));
            return exitCode + " " + bytes.toString(StandardCharsets.UTF_8);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
