package org.myonode.workers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelPackageTest {

    @TempDir
    Path folder;

    @Test
    void a_whole_package_is_loaded_and_says_what_it_is() throws IOException {
        write("graph", "1");

        ModelPackage model = ModelPackage.load(folder);

        assertThat(model.id()).isEqualTo("muscle-l3");
        assertThat(model.version()).isEqualTo("0.1.0");
        assertThat(model.inputShape()).containsExactly(224, 224, 2);
        assertThat(model.sha256()).isEqualTo(ModelPackage.digest(folder.resolve("model.json")));
        assertThat(model.require("muscle-segmentation")).isSameAs(model);
        assertThatThrownBy(() -> model.require("l3-localisation"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("l3-localisation");
    }

    @Test
    void a_changed_file_is_refused_by_name() throws IOException {
        write("graph", "1");
        Files.writeString(folder.resolve("saved_model/saved_model.pb"), "grapf");

        assertThatThrownBy(() -> ModelPackage.load(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("saved_model.pb")
                .hasMessageContaining("SHA-256");
    }

    @Test
    void a_missing_file_is_refused_by_name() throws IOException {
        write("graph", "1");
        Files.delete(folder.resolve("saved_model/saved_model.pb"));

        assertThatThrownBy(() -> ModelPackage.load(folder)).hasMessageContaining("saved_model.pb is missing");
    }

    @Test
    void another_schema_and_a_missing_card_are_refused() throws IOException {
        write("graph", "2");

        assertThatThrownBy(() -> ModelPackage.load(folder)).hasMessageContaining("schema 2, expected 1");
        assertThatThrownBy(() -> ModelPackage.load(folder.resolve("elsewhere")))
                .hasMessageContaining("model.json is missing");
    }

    @Test
    void a_file_outside_the_package_is_refused() throws IOException {
        write("graph", "1");
        Path card = folder.resolve("model.json");
        Files.writeString(card, Files.readString(card).replace("saved_model/saved_model.pb", "../../etc/passwd"));

        assertThatThrownBy(() -> ModelPackage.load(folder)).hasMessageContaining("outside the model package");
    }

    private void write(String graph, String schema) throws IOException {
        Path file = folder.resolve("saved_model/saved_model.pb");
        Files.createDirectories(file.getParent());
        Files.writeString(file, graph);
        Files.writeString(folder.resolve("model.json"), """
                {"schema": %s, "id": "muscle-l3", "version": "0.1.0", "task": "muscle-segmentation",
                 "input": {"shape": [224, 224, 2]}, "files": {"saved_model/saved_model.pb": "%s"}}
                """.formatted(schema, ModelPackage.digest(file)));
    }
}
