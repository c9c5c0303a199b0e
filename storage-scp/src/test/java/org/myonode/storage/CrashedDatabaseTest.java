package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Database;
import org.myonode.db.DatabaseConfig;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Revision;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/** The promise behind 0000 when the machine dies: PostgreSQL loses its last commits, the journal has them. */
final class CrashedDatabaseTest {

    private static final String STUDY = "1.2.826.12.1";
    private static final int SENT = 40;
    private static final int RECORDED_FOR_GOOD = 5;

    @TempDir
    Path directory;

    @Test
    void whatPostgresqlLosesIsRecordedAgainFromTheJournal() throws Exception {
        List<DataSet> sent = new ArrayList<>();
        Database crashing = open();
        Ledger before = new Ledger(crashing, Clock.systemUTC());
        // Never closed, as a process that died has not closed it.
        StorageScp dying = new StorageScp(config("dying"), before, Clock.systemUTC(), Duration.ofHours(1));
        for (int i = 0; i < SENT; i++) {
            DataSet dataSet = Instances.ct(STUDY, i);
            sent.add(dataSet);
            byte[] bytes = Part10.encodeDataSet(dataSet, UID.ExplicitVRLittleEndian);
            assertThat(dying.store(incoming(dataSet), new ByteArrayInputStream(bytes))
                            .isSuccess())
                    .isTrue();
            if (i == RECORDED_FOR_GOOD) {
                // From here on the server writes its log only when somebody waits for it.
                try (Connection connection = crashing.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("alter system set wal_writer_delay = '10s'");
                    statement.execute("alter system set wal_writer_flush_after = '1GB'");
                    statement.execute("select pg_reload_conf()");
                }
            }
        }
        kill();
        copy(directory.resolve("dying/journal"), directory.resolve("store/journal"));
        closeQuietly(crashing);

        try (Database database = open()) {
            Ledger ledger = new Ledger(database, Clock.systemUTC());
            List<InstanceEntry> kept = ledger.instances(new Revision(STUDY, 1));
            assertThat(kept)
                    .as("the crash must cost something, or nothing is shown")
                    .hasSizeLessThan(SENT);
            try (StorageScp reopened = new StorageScp(config("store"), ledger, Clock.systemUTC())) {
                assertThat(reopened.isInFlight(STUDY)).isFalse();
                List<InstanceEntry> recorded = ledger.instances(new Revision(STUDY, 1));
                assertThat(recorded)
                        .extracting(InstanceEntry::sopInstanceUid)
                        .containsExactlyInAnyOrderElementsOf(sent.stream()
                                .map(dataSet -> dataSet.requireText(Tag.SOPInstanceUID))
                                .toList());
                assertThat(Part10.read(recorded.get(SENT - 1).path()).dataSet()).isIn(sent);
            }
        }
    }

    private Database open() {
        return Database.open(DatabaseConfig.embedded(directory.resolve("db")), Clock.systemUTC());
    }

    private StorageConfig config(String folder) {
        return new StorageConfig(directory.resolve(folder), "MYONODE", Set.of(), 0);
    }

    /** All processes of the server at once, as a power cut does. */
    private void kill() throws Exception {
        long postmaster = Long.parseLong(Files.readAllLines(directory.resolve("db/data/postmaster.pid"))
                .get(0)
                .strip());
        List<ProcessHandle> processes = new ArrayList<>();
        ProcessHandle server = ProcessHandle.of(postmaster).orElseThrow();
        processes.add(server);
        server.descendants().forEach(processes::add);
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            process.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        for (Path file : StorageScp.list(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static void closeQuietly(Database database) {
        try {
            database.close();
        } catch (RuntimeException gone) {
            assertThat(gone).isNotNull();
        }
    }

    private static Incoming incoming(DataSet dataSet) {
        return new Incoming(
                dataSet.requireText(Tag.SOPClassUID),
                dataSet.requireText(Tag.SOPInstanceUID),
                UID.ExplicitVRLittleEndian,
                "SCANNER",
                "MYONODE",
                "127.0.0.1");
    }
}
