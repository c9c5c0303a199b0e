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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.phantom.LevelRange;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.model.ModelStore;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.HuSlice;

/** Models of a site: the commands, and the change of models under a node that measures. */
final class ModelsTest {

    private static final Path SHIPPED = Path.of(System.getProperty("myonode.home"), "models");

    @TempDir
    Path folder;

    private ModelStore store;

    @BeforeEach
    void a_site() {
        store = new ModelStore(SHIPPED, folder.resolve("data/models"), Clock.systemUTC());
    }

    @Test
    void a_promotion_takes_over_between_two_studies_and_never_under_a_call() throws Exception {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        HuSlice slice = slice();
        try (LiveModels models = new LiveModels(store, 2, heard::add)) {
            ModelPackage next = store.take(version("9.9.9"));
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch swapped = new CountDownLatch(1);
            List<String> old = Collections.synchronizedList(new ArrayList<>());
            Thread study = new Thread(() -> models.with(loaded -> {
                inside.countDown();
                await(swapped);
                // The pair that this study began with is still open and still itself.
                old.add(loaded.segmenterIdentity().version());
                old.add(String.valueOf(
                        loaded.segmenter().segment(slice).muscle().count() > 0));
                return loaded;
            }));
            study.start();
            await(inside);

            store.promote(next, "A. Physicist", "");
            models.refresh();
            swapped.countDown();
            study.join();

            assertThat(old).containsExactly(shippedVersion(), "true");
            assertThat(models.<String>with(loaded -> loaded.segmenterIdentity().version()))
                    .isEqualTo("9.9.9");
            assertThat(heard).singleElement().asString().contains("muscle-l3 9.9.9");

            models.refresh();
            assertThat(heard).hasSize(1);
        }
    }

    @Test
    void a_package_that_is_gone_leaves_the_node_with_the_models_it_has_and_is_reported_once() throws IOException {
        List<String> heard = new ArrayList<>();
        try (LiveModels models = new LiveModels(store, 1, heard::add)) {
            ModelPackage next = store.take(version("9.9.9"));
            store.promote(next, "A. Physicist", "");
            Files.writeString(next.folder().resolve("saved_model/saved_model.pb"), "overwritten");

            models.refresh();
            models.refresh();

            assertThat(models.<String>with(loaded -> loaded.segmenterIdentity().version()))
                    .isEqualTo(shippedVersion());
            assertThat(heard).singleElement().asString().contains("stay").contains("saved_model.pb");

            store.rollback(MuscleSegmenter.TASK, "A. Physicist", "");
            models.refresh();
            assertThat(heard).as("what runs is what the store says again").hasSize(1);
        }
    }

    @Test
    void the_commands_import_promote_and_roll_back() throws IOException {
        Path package999 = version("9.9.9");

        assertThat(run("models", "list")).contains("0 ").contains("* muscle-segmentation");
        assertThat(run("models", "import", package999.toString()))
                .contains("0 ")
                .contains("muscle-l3@9.9.9");
        assertThat(run("models", "promote", "muscle-l3@9.9.9", "--by", "Dr. Who", "--reason", "trial"))
                .contains("0 ")
                .contains("takes the place of muscle-l3 " + shippedVersion());
        assertThat(run("models", "show", "muscle-l3@9.9.9")).contains("in use").contains("UNVERIFIED");
        assertThat(run("models", "history")).contains("promote to muscle-l3 9.9.9 by Dr. Who: trial");
        assertThat(run("models", "rollback", "muscle", "--by", "Dr. Who"))
                .contains("0 ")
                .contains("is in use again");
        assertThat(run("models", "rollback", "muscle", "--by", "Dr. Who"))
                .contains("3 ")
                .contains("nothing to go back");
        assertThat(run("models", "promote", "liver", "--by", "x"))
                .contains("1 ")
                .contains("no model is called liver");
        assertThat(run("models", "import", folder.resolve("none").toString()))
                .contains("1 ")
                .contains("does not exist");
    }

    /** The shipped muscle model under another version. */
    private Path version(String version) throws IOException {
        return ShippedModel.as(version, SHIPPED.resolve("muscle-l3"), folder.resolve("package-" + version));
    }

    private static String shippedVersion() {
        return ModelPackage.load(SHIPPED.resolve("muscle-l3")).version();
    }

    private static HuSlice slice() {
        PhantomBody body = PhantomBody.of(31);
        LevelRange l3 = body.level(Vertebra.L3);
        PhantomSlice slice = body.slice((l3.inferiorZMm() + l3.superiorZMm()) / 2, 256, 1.8);
        return new HuSlice(slice.size(), slice.size(), slice.spacingMm(), slice.spacingMm(), slice.hu());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Exit code, and all that was printed. */
    private String run(String... arguments) throws IOException {
        Path config = folder.resolve("node.conf");
        Files.writeString(config, "storage.directory = \"" + folder.resolve("data") + "\"");
        List<String> line = new ArrayList<>(List.of(arguments));
        line.add("--config");
        line.add(config.toString());
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
