package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorCommandTest {

    @TempDir
    Path directory;

    @Test
    void aMachineThatHidesItsCachesIsKnownByItsEmptyFolder() throws IOException {
        Path processor = Files.createDirectory(directory.resolve("cpu0"));

        assertThat(DoctorCommand.hidesCaches(directory.resolve("no Linux"))).isFalse();
        assertThat(DoctorCommand.hidesCaches(processor)).isTrue();
        Files.createDirectory(processor.resolve("cache"));
        assertThat(DoctorCommand.hidesCaches(processor)).isFalse();
    }
}
