package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.myonode.db.StudyState;
import picocli.CommandLine;

/** The README says what the program does: its picture of the states is that of the enum, its commands are all there. */
class ReadmeTest {

    @Test
    void the_picture_of_the_states_is_drawn_from_the_enum() throws IOException {
        assertThat(readme()).contains(diagram());
    }

    @Test
    void every_command_is_in_the_table() throws IOException {
        String readme = readme();
        assertThat(new CommandLine(new Main()).getSubcommands()).isNotEmpty();
        for (String command : new CommandLine(new Main()).getSubcommands().keySet()) {
            assertThat(readme).contains("| `" + command);
        }
    }

    private static String diagram() {
        List<String> lines = new ArrayList<>(List.of("```mermaid", "stateDiagram-v2", "    [*] --> RECEIVING"));
        for (StudyState from : StudyState.values()) {
            for (StudyState to : StudyState.values()) {
                if (from.canMoveTo(to)) {
                    lines.add("    " + from + " --> " + to);
                }
            }
        }
        lines.add("```");
        return String.join("\n", lines);
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "README.md"));
    }
}
