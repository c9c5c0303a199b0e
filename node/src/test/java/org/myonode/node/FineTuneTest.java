package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelPackage;

/** A site's own model by the command, from contours in the database. */
final class FineTuneTest {

    @TempDir
    Path folder;

    @Test
    void stored_contours_make_a_package_that_can_be_taken_in() throws IOException {
        Path config = folder.resolve("node.conf");
        Files.writeString(config, "storage.directory = \"" + folder.resolve("data") + "\"");
        String[] finetune = {
            "finetune",
            "--out",
            folder.resolve("own").toString(),
            "--version-name",
            "1.0-site",
            "--steps",
            "1",
            "--keep",
            "1",
            "--config",
            config.toString()
        };

        assertThat(run(finetune)).startsWith("3 ").contains("no contours of muscle are stored");

        draw(NodeConfig.read(config));
        assertThat(run(finetune))
                .startsWith("0 ")
                .contains("1 slices of 1 patients to learn from, 1 of 1 to judge by")
                .contains("kept patient")
                .contains("models import");
        assertThat(ModelPackage.load(folder.resolve("own")).version()).isEqualTo("1.0-site");
        assertThat(run("models", "import", folder.resolve("own").toString(), "--config", config.toString()))
                .startsWith("0 ")
                .contains("muscle-l3@1.0-site");
        List<String> all = new ArrayList<>(List.of(finetune));
        all.set(8, "2");
        assertThat(run(all.toArray(String[]::new))).startsWith("2 ").contains("leaves none to learn from");
    }

    private static void draw(NodeConfig config) {
        Clock clock = Clock.systemUTC();
        try (Database database = Database.open(Node.databaseConfig(config), clock)) {
            ExpertContours contours = new ExpertContours(database, clock);
            for (int patient = 1; patient <= 2; patient++) {
                PhantomBody body = PhantomBody.of(70 + patient);
                LevelRange l3 = body.level(Vertebra.L3);
                PhantomSlice slice = body.slice((l3.inferiorZMm() + l3.superiorZMm()) / 2, 256, 1.8);
                contours.add(
                        new ContourSlice(
                                "2.25." + patient,
                                "2.25.10" + patient,
                                "2.25.20" + patient,
                                "2.25.30" + patient,
                                "patient" + patient,
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
                                "2.25." + patient,
                                "observer",
                                "muscle",
                                slice.muscle(),
                                slice.muscleAreaCm2(),
                                "SEG",
                                "2.25.40" + patient,
                                "0".repeat(64)));
            }
        }
    }

    /** Exit code, and all that was printed. */
    private static String run(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            int exitCode = Main.execute(arguments);
            return exitCode + " " + bytes.toString(StandardCharsets.UTF_8);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
