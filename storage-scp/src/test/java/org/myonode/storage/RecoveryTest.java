package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Reception;
import org.myonode.db.Revision;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/** The journal alone, and what a start makes of one that was left as a crash leaves it. */
final class RecoveryTest {

    private static final int LARGE = 9 << 20;

    private static TestDatabase test;
    private static int studies;

    @TempDir
    Path directory;

    private final Ledger ledger = new Ledger(test.database(), Clock.systemUTC());
    private final String study = "1.2.826.11." + ++studies;

    @BeforeAll
    static void openDatabase() {
        test = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        test.close();
    }

    @Test
    void whatIsWholeBecomesAFileAndTheRestIsForgotten() throws IOException {
        Path home = directory.toRealPath();
        Path incoming = Files.createDirectories(home.resolve("incoming"));
        List<DataSet> acknowledged = new ArrayList<>();
        try (Journal journal = Journal.open(home.resolve("journal"), 2, 16)) {
            journal.clear();
            for (int i = 0; i < 12; i++) {
                DataSet dataSet = i % 4 == 3 ? large(i) : Instances.ct(study, i);
                Intake intake = intake(journal, incoming, dataSet, Integer.MAX_VALUE);
                intake.complete(i % 3 != 0);
                // Every other one is synced and not recorded: the commit did not come, or the database has lost it. A
                // large one is always recorded for good before it is acknowledged.
                if (i % 3 != 0) {
                    if (i % 2 == 0 || i % 4 == 3) {
                        record(intake, dataSet, home);
                    }
                    acknowledged.add(dataSet);
                }
            }
            Intake withdrawn = intake(journal, incoming, Instances.ct(study, 49), Integer.MAX_VALUE);
            withdrawn.complete(true);
            withdrawn.withdraw();
            // The crash came in the middle of a data set, after runs of it had been written.
            intake(journal, incoming, large(50), LARGE / 2);
            intake(
                    journal,
                    incoming,
                    Instances.ct(study, 51).setBytes(Tag.PixelData, VR.OW, new byte[300_000]),
                    200_000);
        }

        // The second time after a clean end; both find the same.
        for (int start = 0; start < 2; start++) {
            try (StorageScp scp = open()) {
                assertThat(files("incoming")).isEmpty();
                assertThat(files("quarantine")).isEmpty();
                assertThat(files("studies")).hasSize(acknowledged.size());
                for (DataSet dataSet : acknowledged) {
                    Path file = ledger.instance(dataSet.requireText(Tag.SOPInstanceUID))
                            .orElseThrow()
                            .path();
                    assertThat(Part10.read(file).dataSet()).isEqualTo(dataSet);
                }
                assertThat(ledger.instances(new Revision(study, 1)))
                        .hasSize(acknowledged.size())
                        .allSatisfy(entry -> {
                            assertThat(entry.callingAeTitle()).isEqualTo("SCANNER");
                            assertThat(entry.calledAeTitle()).isEqualTo("MYONODE");
                            assertThat(entry.transferSyntax()).isEqualTo(UID.ExplicitVRLittleEndian);
                            assertThat(entry.bytes())
                                    .isEqualTo(Part10.encodeDataSet(
                                                    Part10.read(entry.path()).dataSet(), entry.transferSyntax())
                                            .length);
                        });
                assertThat(scp.isInFlight(study)).isFalse();
            }
            try (Journal journal = Journal.open(home.resolve("journal"), 2, 16)) {
                for (Segment segment : journal.segments()) {
                    assertThat(segment.runs()).isEmpty();
                }
            }
        }
    }

    @Test
    void damagedBytesAreNeverTakenForTheInstance() throws IOException {
        Path home = directory.toRealPath();
        Path incoming = Files.createDirectories(home.resolve("incoming"));
        DataSet dataSet = Instances.ct(study, 1);
        try (Journal journal = Journal.open(home.resolve("journal"), 2, 16)) {
            journal.clear();
            Intake intake = intake(journal, incoming, dataSet, Integer.MAX_VALUE);
            intake.complete(true);
            record(intake, dataSet, home);
        }
        Path segment = home.resolve("journal/segment-0");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 1] ^= 1;
        Files.write(segment, bytes);

        try (StorageScp scp = open()) {
            assertThat(files("studies")).isEmpty();
            assertThat(files("incoming")).isEmpty();
            assertThat(scp.isInFlight(study)).isFalse();
        }
    }

    @Test
    void ofTwoWithOneUidTheFirstIsTakenAgain() throws IOException {
        Path home = directory.toRealPath();
        Path incoming = Files.createDirectories(home.resolve("incoming"));
        DataSet first = Instances.ct(study, 1);
        try (Journal journal = Journal.open(home.resolve("journal"), 2, 16)) {
            journal.clear();
            intake(journal, incoming, first, Integer.MAX_VALUE).complete(true);
            // Its sender was told C001, and the database has lost what it compared it with.
            DataSet other = Instances.ct(study, 1).setBytes(Tag.PixelData, VR.OW, new byte[] {1, 2});
            intake(journal, incoming, other, Integer.MAX_VALUE).complete(true);
        }
        try (StorageScp scp = open()) {
            Path file = ledger.instance(first.requireText(Tag.SOPInstanceUID))
                    .orElseThrow()
                    .path();
            assertThat(Part10.read(file).dataSet()).isEqualTo(first);
            assertThat(scp.isInFlight(study)).isFalse();
        }
    }

    @Test
    void whatTheDatabaseForgetsWhileTheReceiverRunsIsRecordedAgain() throws Exception {
        List<DataSet> sent = List.of(Instances.ct(study, 1), Instances.ct(study, 2), Instances.ct(study, 3));
        // Nothing is confirmed before it ends.
        try (StorageScp scp = new StorageScp(
                new StorageConfig(directory, "MYONODE", Set.of(), 0), ledger, Clock.systemUTC(), Duration.ofHours(1))) {
            for (DataSet dataSet : sent) {
                byte[] bytes = Part10.encodeDataSet(dataSet, UID.ExplicitVRLittleEndian);
                assertThat(scp.store(incoming(dataSet), new ByteArrayInputStream(bytes))
                                .isSuccess())
                        .isTrue();
            }
            // As a crash of the database leaves it: the last commits are gone.
            try (Connection connection = test.database().dataSource().getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("delete from instance where sop_instance_uid = ?")) {
                statement.setString(1, sent.get(1).requireText(Tag.SOPInstanceUID));
                assertThat(statement.executeUpdate()).isOne();
            }
        }
        assertThat(ledger.instances(new Revision(study, 1)))
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.path()).isRegularFile());
    }

    @Test
    void segmentsAreUsedAgainAndAFullJournalTurnsNobodyAway() throws IOException {
        Path incoming = Files.createDirectories(directory.resolve("incoming"));
        try (Journal journal = Journal.open(directory.resolve("journal"), 2, 4)) {
            journal.clear();
            List<Intake> held = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                Intake intake = intake(journal, incoming, Instances.ct(study, i), Integer.MAX_VALUE);
                intake.complete(true);
                held.add(intake);
            }
            assertThat(journal.isNearlyFull()).isTrue();
            assertThat(files("journal")).hasSize(2);
            // Eight slots are taken: the ninth has a file of its own.
            assertThat(files("incoming")).hasSize(1);
            assertThat(held.get(8).segments()).isEmpty();

            held.forEach(Intake::release);
            held.forEach(Intake::release);
            assertThat(files("incoming")).isEmpty();
            for (int i = 0; i < 20; i++) {
                Intake intake = intake(journal, incoming, Instances.ct(study, i), Integer.MAX_VALUE);
                intake.complete(true);
                Path copy = directory.resolve("copy");
                intake.moveTo(copy);
                assertThat(Part10.read(copy).dataSet()).isEqualTo(Instances.ct(study, i));
                intake.release();
            }
            assertThat(files("journal")).hasSize(2);
        }
    }

    @Test
    void fullDiskIsAFailureOfOursAndNotOfTheSender() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/full")), "no /dev/full");
        Path incoming = Files.createDirectories(directory.resolve("incoming"));
        try (Journal journal = Journal.open(directory.resolve("journal"), 2, 1)) {
            journal.clear();
            intake(journal, incoming, Instances.ct(study, 1), Integer.MAX_VALUE).complete(true);
            Files.createSymbolicLink(directory.resolve("journal/segment-1"), Path.of("/dev/full"));
            Intake next = intake(journal, incoming, Instances.ct(study, 2), Integer.MAX_VALUE);
            assertThatThrownBy(() -> next.complete(true)).isInstanceOf(DiskException.class);
            assertThat(next.sourceFailure()).isEmpty();
            next.release();
        }
    }

    @Test
    void whatWaitsForItsFileHoldsNoBuffer() throws IOException {
        Path incoming = Files.createDirectories(directory.resolve("incoming"));
        try (Journal journal = Journal.open(directory.resolve("journal"), 2, 8)) {
            journal.clear();
            byte[] only = journal.borrowBuffer();
            journal.giveBack(only);
            List<Intake> waiting = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                Intake intake = intake(journal, incoming, Instances.ct(study, i), Integer.MAX_VALUE);
                intake.complete(true);
                assertThat(intake.read()).isEqualTo(-1);
                waiting.add(intake);
            }
            assertThat(journal.borrowBuffer()).isSameAs(only);
            for (Intake intake : waiting) {
                intake.moveTo(directory.resolve("filed"));
                intake.release();
            }
        }
    }

    // ---- steps

    private StorageScp open() {
        return new StorageScp(new StorageConfig(directory, "MYONODE", Set.of(), 0), ledger, Clock.systemUTC());
    }

    private DataSet large(int number) {
        return Instances.ct(study, number).setBytes(Tag.PixelData, VR.OW, new byte[LARGE]);
    }

    /** Takes so many bytes of a data set, or all. */
    private static Intake intake(Journal journal, Path incoming, DataSet dataSet, int bytes) throws IOException {
        byte[] encoded = Part10.encodeDataSet(dataSet, UID.ExplicitVRLittleEndian);
        Intake intake = new Intake(journal, incoming, incoming(dataSet), new ByteArrayInputStream(encoded));
        intake.skip(bytes);
        return intake;
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

    private void record(Intake intake, DataSet dataSet, Path home) {
        String uid = dataSet.requireText(Tag.SOPInstanceUID);
        ledger.record(List.of(new Reception(
                new InstanceEntry(
                        study,
                        study + ".1",
                        uid,
                        UID.CTImageStorage,
                        UID.ExplicitVRLittleEndian,
                        home.resolve("studies")
                                .resolve(study)
                                .resolve(study + ".1")
                                .resolve(uid + ".dcm"),
                        intake.length(),
                        intake.sha256(),
                        "SCANNER",
                        "MYONODE"),
                true)));
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
