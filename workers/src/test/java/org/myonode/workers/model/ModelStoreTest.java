package org.myonode.workers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelStoreTest {

    private static final String TASK = "muscle-segmentation";

    @TempDir
    Path folder;

    private ModelStore store;

    @BeforeEach
    void a_program_with_one_model_for_each_task() throws IOException {
        write(folder.resolve("shipped/muscle"), "muscle-l3", "1.0", TASK, "graph 1");
        write(folder.resolve("shipped/spine"), "spine-l3", "1.0", "l3-localisation", "spine");
        store = new ModelStore(
                folder.resolve("shipped"),
                folder.resolve("site"),
                Clock.fixed(Instant.parse("2026-11-24T10:00:00Z"), ZoneOffset.UTC));
    }

    @Test
    void what_came_with_the_program_is_in_use_until_something_is_promoted() {
        assertThat(store.active(TASK).version()).isEqualTo("1.0");
        assertThat(store.promoted(TASK)).isEmpty();
        assertThat(store.list()).allMatch(ModelStore.Entry::active).hasSize(2);
        assertThat(folder.resolve("site")).doesNotExist();
    }

    @Test
    void a_promoted_package_is_in_use_and_two_roll_backs_lead_back_to_the_shipped_one() throws IOException {
        ModelPackage second = store.take(write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2"));
        ModelPackage third = store.take(write(folder.resolve("c"), "muscle-l3", "3.0", TASK, "graph 3"));
        assertThat(store.active(TASK).version()).isEqualTo("1.0");

        store.promote(second, "A. Physicist", "better on our contours");
        store.promote(third, "A. Physicist", "");
        assertThat(store.active(TASK).version()).isEqualTo("3.0");
        assertThat(store.promoted(TASK)).contains(third.sha256());

        assertThat(store.rollback(TASK, "B", "too much muscle").map(ModelStore.Activation::version))
                .contains("2.0");
        assertThat(store.active(TASK).version()).isEqualTo("2.0");
        assertThat(store.rollback(TASK, "B", "").map(ModelStore.Activation::version))
                .contains("1.0");
        assertThat(store.rollback(TASK, "B", "")).isEmpty();
        assertThat(store.active(TASK).version()).isEqualTo("1.0");
        assertThat(store.history(TASK))
                .extracting(ModelStore.Activation::toString)
                .containsExactly(
                        "promote to muscle-l3 2.0 by A. Physicist: better on our contours",
                        "promote to muscle-l3 3.0 by A. Physicist",
                        "rollback to muscle-l3 2.0 by B: too much muscle",
                        "rollback to muscle-l3 1.0 by B");
        assertThat(store.active("l3-localisation").id()).isEqualTo("spine-l3");
    }

    @Test
    void a_second_import_changes_nothing_and_other_content_under_the_same_version_is_refused() throws IOException {
        Path source = write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2");
        Files.writeString(source.resolve("notes.txt"), "not in the card");
        ModelPackage first = store.take(source);

        assertThat(store.take(source).folder()).isEqualTo(first.folder());
        assertThat(first.folder().resolve("notes.txt")).doesNotExist();
        Path other = write(folder.resolve("c"), "muscle-l3", "2.0", TASK, "graph of somebody else");
        assertThatThrownBy(() -> store.take(other))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("muscle-l3 2.0 is here already with other content");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_damaged_package_is_refused_and_leaves_nothing() throws IOException {
        Path source = write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2");
        Files.writeString(source.resolve("saved_model/saved_model.pb"), "tampered");

        assertThatThrownBy(() -> store.take(source))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("saved_model.pb");
        assertThat(leftovers()).isEmpty();
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void a_zip_is_taken_at_its_root_or_in_its_only_folder_and_may_not_reach_outside() throws IOException {
        Path source = write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2");
        Path zip = folder.resolve("package.zip");
        zip(zip, source, "muscle-l3/");

        assertThat(store.take(zip).version()).isEqualTo("2.0");

        Path evil = folder.resolve("evil.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(evil))) {
            out.putNextEntry(new ZipEntry("../outside.txt"));
            out.write(1);
        }
        assertThatThrownBy(() -> store.take(evil)).hasMessageContaining("lies outside of it");
        assertThat(Files.writeString(folder.resolve("text.zip"), "no zip"))
                .satisfies(text -> assertThatThrownBy(() -> store.take(text)).hasMessageContaining("is no zip file"));
        assertThatThrownBy(() -> store.take(folder.resolve("nowhere.zip"))).hasMessageContaining("does not exist");
    }

    @Test
    void a_line_that_a_crash_cut_short_is_ignored_and_does_not_take_the_next_one_with_it() throws IOException {
        ModelPackage second = store.take(write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2"));
        store.promote(second, "A", "");
        Files.writeString(
                folder.resolve("site/activations.jsonl"),
                "{\"at\":\"2026-11-24T10:0",
                StandardCharsets.UTF_8,
                StandardOpenOption.APPEND);
        assertThat(store.active(TASK).version()).isEqualTo("2.0");

        store.rollback(TASK, "A", "");

        assertThat(store.active(TASK).version()).isEqualTo("1.0");
        assertThat(store.history(TASK)).hasSize(2);
    }

    @Test
    void a_promoted_package_that_is_gone_is_said_and_not_replaced_in_silence() throws IOException {
        ModelPackage second = store.take(write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2"));
        store.promote(second, "A", "");
        Files.delete(second.folder().resolve("model.json"));

        assertThatThrownBy(() -> store.active(TASK))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(second.folder().toString());
    }

    @Test
    void names_that_mean_no_model_or_several_are_refused() throws IOException {
        ModelPackage second = store.take(write(folder.resolve("b"), "muscle-l3", "2.0", TASK, "graph 2"));

        assertThat(store.find("muscle-l3@2.0").model().sha256()).isEqualTo(second.sha256());
        assertThat(store.find(second.sha256().substring(0, 10)).origin()).isEqualTo(ModelStore.Origin.IMPORTED);
        assertThatThrownBy(() -> store.find("muscle-l3"))
                .hasMessageContaining("muscle-l3@1.0")
                .hasMessageContaining("muscle-l3@2.0");
        assertThatThrownBy(() -> store.find("liver")).hasMessage("no model is called liver");
        assertThatThrownBy(() -> store.promote(second, " ", "")).hasMessageContaining("name of the person");
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> inside = Files.list(folder.resolve("site/packages"))) {
            return inside.filter(path -> path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private static Path write(Path to, String id, String version, String task, String graph) throws IOException {
        Path file = to.resolve("saved_model/saved_model.pb");
        Files.createDirectories(file.getParent());
        Files.writeString(file, graph);
        Files.writeString(to.resolve("model.json"), """
                {"schema": 1, "id": "%s", "version": "%s", "task": "%s", "input": {"shape": [1, 1, 1]},
                 "files": {"saved_model/saved_model.pb": "%s"}}
                """.formatted(id, version, task, ModelPackage.digest(file)));
        return to;
    }

    private static void zip(Path zip, Path source, String prefix) throws IOException {
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (Map.Entry<String, Path> entry : Map.of(
                            prefix + "model.json", source.resolve("model.json"),
                            prefix + "saved_model/saved_model.pb", source.resolve("saved_model/saved_model.pb"))
                    .entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                Files.copy(entry.getValue(), out);
            }
        }
    }
}
