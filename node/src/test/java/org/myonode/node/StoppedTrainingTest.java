package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a training: TensorFlow is not in the middle of a step when the process ends, and nothing is lost. */
final class StoppedTrainingTest {

    private static final int SIGTERM = 128 + 15;

    @TempDir
    Path directory;

    @Test
    void aSignalEndsATrainingBetweenTwoStepsWithACheckpoint() throws Exception {
        Process training = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "train",
                        "--task",
                        "muscle",
                        "--steps",
                        "5000",
                        "--out",
                        directory.resolve("model").toString()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader output = training.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith("step 1 of 5000")) {
                    training.toHandle().destroy();
                }
            }
        }
        assertThat(training.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said)
                .containsPattern("Training muscle stopped after step [0-9]+ of 5000\\. Go on with .* --resume\\.");
        assertThat(training.exitValue()).as(said.toString()).isEqualTo(SIGTERM);
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .contains("model.checkpoint")
                    .noneMatch(name -> name.startsWith("hs_err"));
        }
    }
}
