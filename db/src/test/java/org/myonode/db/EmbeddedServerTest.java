package org.myonode.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.myonode.db.Entries.entry;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedServerTest {

    @TempDir
    Path directory;

    /** A process that stores one instance and then waits to be killed. */
    static final class Victim {
        public static void main(String[] arguments) throws IOException {
            Database database = Database.open(DatabaseConfig.embedded(Path.of(arguments[0])), Clock.systemUTC());
            new Ledger(database, Clock.systemUTC()).record(entry("1.2.3", 1));
            System.out.println("recorded");
            System.out.flush();
            int ignored = System.in.read();
        }
    }

    @Test
    void afterAHardKillTheOrphanIsStoppedAndNothingCommittedIsLost() throws Exception {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        waitFor(victim, "recorded");
        Path pidFile = directory.resolve("data/postmaster.pid");
        ProcessHandle postmaster = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(pidFile).get(0)))
                .orElseThrow();

        victim.destroyForcibly();
        assertThat(victim.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(postmaster.isAlive()).isTrue();

        try (Database database = Database.open(DatabaseConfig.embedded(directory), Clock.systemUTC())) {
            assertThat(postmaster.isAlive()).isFalse();
            assertThat(new Ledger(database, Clock.systemUTC()).instances(new Revision("1.2.3", 1)))
                    .containsExactly(entry("1.2.3", 1));
            assertThatThrownBy(() -> EmbeddedServer.start(directory))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("in use by a running process");
        }
        assertThat(pidFile).doesNotExist();
    }

    @Test
    void aCommandWorksBesideTheProcessThatKeepsTheServerAndLeavesItRunning() throws Exception {
        Process owner = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            waitFor(owner, "recorded");
            assertThatThrownBy(() -> Database.open(DatabaseConfig.embedded(directory), Clock.systemUTC()))
                    .hasMessageContaining("in use by a running process");
            for (int i = 0; i < 2; i++) {
                try (Database guest = Database.openBeside(DatabaseConfig.embedded(directory), Clock.systemUTC())) {
                    assertThat(guest.describe()).contains("of the running node");
                    assertThat(new Ledger(guest, Clock.systemUTC()).instances(new Revision("1.2.3", 1)))
                            .containsExactly(entry("1.2.3", 1));
                }
            }
            assertThat(owner.isAlive()).isTrue();
        } finally {
            owner.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        try (Database after = Database.openBeside(DatabaseConfig.embedded(directory), Clock.systemUTC())) {
            assertThat(after.describe()).as("nobody keeps it any more").contains("data in");
            try (Database second = Database.openBeside(DatabaseConfig.embedded(directory), Clock.systemUTC())) {
                assertThat(second.describe()).contains("of the running node");
            }
            assertThatThrownBy(() -> Database.open(DatabaseConfig.embedded(directory), Clock.systemUTC()))
                    .as("the lock outlived the guest of the same process")
                    .hasMessageContaining("in use by a running process");
        }
    }

    @Test
    void strangerWithTheOldProcessIdIsLeftAlone() throws Exception {
        Process stranger =
                new ProcessBuilder("sleep", "60").directory(directory.toFile()).start();
        try {
            Path data = Files.createDirectory(directory.resolve("data"));
            Path pidFile = data.resolve("postmaster.pid");
            Files.write(pidFile, List.of(Long.toString(stranger.pid()), data.toString()));

            EmbeddedServer.stopOrphan(data);

            assertThat(stranger.isAlive()).isTrue();
            assertThat(pidFile).doesNotExist();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void pidFileOfAProcessThatIsGoneIsRemoved() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        for (String content : List.of(Long.toString(gone.pid()), "not a number", "")) {
            Path pidFile = Files.writeString(directory.resolve("postmaster.pid"), content);
            EmbeddedServer.stopOrphan(directory);
            assertThat(pidFile).doesNotExist();
        }
    }

    @Test
    void dataBelowTheLibrarysWorkingDirectoryIsRefused() {
        Path inside = Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg", "data");
        assertThatThrownBy(() -> EmbeddedServer.start(inside))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("choose another place");
    }

    @Test
    void dataOfAnotherMajorVersionIsRefused() throws Exception {
        Files.createDirectory(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "14\n");
        assertThatThrownBy(() -> EmbeddedServer.start(directory))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("PostgreSQL 14");
    }

    private static void waitFor(Process process, String line) throws IOException {
        BufferedReader output = process.inputReader();
        String said = output.readLine();
        while (said != null && !said.contains(line)) {
            said = output.readLine();
        }
        assertThat(said).as("the process ended before it said '%s'", line).isNotNull();
    }
}
