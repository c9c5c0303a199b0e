package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.db.Attempt;
import org.myonode.db.AuditRow;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Revision;
import org.myonode.db.StudyRow;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.Rejection;
import org.myonode.dicom.net.StoreRequest;

/** The provider without a network: what it does with the bytes of a C-STORE. */
final class StorageScpTest {

    private static final AssociationInfo SCANNER =
            new AssociationInfo(7, "SCANNER", "MYONODE", "127.0.0.1", 50000, "1.2.3", "TEST");
    private static final int CANNOT_UNDERSTAND = 0xC000;
    private static final int DOES_NOT_MATCH = 0xA900;

    private static TestDatabase test;
    private static int studies;

    @TempDir
    Path directory;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(test.database(), clock);
    private StorageScp scp;
    private String study;

    @BeforeAll
    static void openDatabase() {
        test = TestDatabase.create();
    }

    @AfterAll
    static void closeDatabase() {
        test.close();
    }

    @BeforeEach
    void open() {
        study = "1.2.826.9." + ++studies;
        scp = scp(0);
        scp.associationOpened(SCANNER);
    }

    @AfterEach
    void close() {
        scp.close();
    }

    // ---- what is stored

    @ParameterizedTest
    @ValueSource(
            strings = {
                UID.ExplicitVRLittleEndian,
                UID.ImplicitVRLittleEndian,
                UID.ExplicitVRBigEndian,
                UID.DeflatedExplicitVRLittleEndian
            })
    void instanceLiesUnderItsUidsWithTheBytesThatWereSent(String transferSyntax) throws IOException {
        DataSet ct = Instances.ct(study, 1);
        byte[] bytes = Part10.encodeDataSet(ct, transferSyntax);

        assertThat(store(request(ct, transferSyntax), bytes)).isEqualTo(DimseStatus.SUCCESS);

        Path file = directory.toRealPath().resolve("studies/" + study + "/" + study + ".1/" + study + ".1.1.dcm");
        assertThat(files("studies")).containsExactly(file);
        DicomFile stored = Part10.read(file);
        assertThat(stored.transferSyntax()).isEqualTo(transferSyntax);
        assertThat(stored.dataSet()).isEqualTo(ct);
        assertThat(stored.meta().text(Tag.SourceApplicationEntityTitle)).contains("SCANNER");
        byte[] all = Files.readAllBytes(file);
        assertThat(Arrays.copyOfRange(all, all.length - bytes.length, all.length))
                .isEqualTo(bytes);
        assertThat(ledger.instances(new Revision(study, 1))).singleElement().satisfies(entry -> {
            assertThat(entry.path()).isEqualTo(file);
            assertThat(entry.bytes()).isEqualTo(bytes.length);
            assertThat(entry.sha256()).matches("[0-9a-f]{64}");
            assertThat(entry.callingAeTitle()).isEqualTo("SCANNER");
        });
        assertThat(files("incoming")).isEmpty();
        assertThat(files("quarantine")).isEmpty();
    }

    @Test
    void sameBytesAgainAreANoOp() throws IOException {
        DataSet ct = Instances.ct(study, 1);
        assertThat(store(ct)).isEqualTo(DimseStatus.SUCCESS);
        StudyRow before = ledger.study(study).orElseThrow();
        assertThat(store(ct)).isEqualTo(DimseStatus.SUCCESS);

        assertThat(ledger.study(study)).contains(before);
        assertThat(files("studies")).hasSize(1);
        assertThat(files("incoming")).isEmpty();
    }

    @Test
    void otherBytesUnderTheSameUidAreQuarantinedAndTheFirstStays() throws IOException {
        DataSet first = Instances.ct(study, 1);
        DataSet second = first.copy().set(Tag.InstanceNumber, "99");
        store(first);

        assertThat(store(second)).isEqualTo(StorageScp.OTHER_BYTES);

        assertThat(StorageScp.OTHER_BYTES.isRetryable()).isFalse();
        assertThat(Part10.read(files("studies").get(0)).dataSet()).isEqualTo(first);
        assertThat(quarantined()).isEqualTo(second);
        assertThat(ledger.audit(study)).extracting(AuditRow::event).contains("INSTANCE_CONFLICT");
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(1);
    }

    @Test
    void reportIsStoredButOpensNoRevision() throws IOException {
        DataSet report = Instances.report(study, 1);

        assertThat(store(report)).isEqualTo(DimseStatus.SUCCESS);

        assertThat(Part10.read(files("studies").get(0)).dataSet()).isEqualTo(report);
        assertThat(ledger.instance(report.requireText(Tag.SOPInstanceUID))).isPresent();
        assertThat(ledger.revisions(study)).isEmpty();
        assertThat(store(report)).isEqualTo(DimseStatus.SUCCESS);
    }

    @Test
    void lateReportDoesNotStartTheWorkAgain() throws IOException {
        store(Instances.ct(study, 1));
        clock.advance(Duration.ofMinutes(5));
        ledger.sealQuiet(Duration.ofMinutes(1));

        assertThat(store(Instances.report(study, 2))).isEqualTo(DimseStatus.SUCCESS);
        assertThat(ledger.revisions(study)).hasSize(1);
        assertThat(store(Instances.ct(study, 3))).isEqualTo(DimseStatus.SUCCESS);
        assertThat(ledger.revisions(study)).hasSize(2);
    }

    @Test
    void ourOwnResultComingBackIsStoredButOpensNoRevision() throws IOException {
        store(Instances.ct(study, 1));
        clock.advance(Duration.ofMinutes(5));
        ledger.sealQuiet(Duration.ofMinutes(1));
        Revision revision = new Revision(study, 1);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "w").orElseThrow();
        DataSet result = Instances.ct(study, 50);
        String uid = result.requireText(Tag.SOPInstanceUID);
        ledger.produced(
                attempt, "{}", List.of(new OutputObject("SC", UID.CTImageStorage, uid, Path.of("out.dcm"), "00")));

        assertThat(store(result)).isEqualTo(DimseStatus.SUCCESS);
        DataSet fromSister = Instances.ct(study, 51).set(Tag.ManufacturerModelName, "MyoNode");
        assertThat(store(fromSister)).isEqualTo(DimseStatus.SUCCESS);

        assertThat(ledger.revisions(study)).hasSize(1);
        assertThat(files("studies")).hasSize(3);
    }

    // ---- what is refused

    @Test
    void truncatedDataSetIsNotUnderstoodAndKeptForAPerson() throws IOException {
        DataSet ct = Instances.ct(study, 1);
        for (String syntax : List.of(UID.ExplicitVRLittleEndian, UID.ImplicitVRLittleEndian)) {
            byte[] whole = Part10.encodeDataSet(ct, syntax);
            for (int length : new int[] {whole.length - 1, whole.length / 2, 300, 13, 7}) {
                DimseStatus status = store(request(ct, syntax), Arrays.copyOf(whole, length));
                assertThat(status.code())
                        .as("%s of %s bytes", length, whole.length)
                        .isEqualTo(CANNOT_UNDERSTAND);
            }
        }
        assertThat(files("quarantine")).hasSize(2 * 2 * 5);
        assertThat(files("studies")).isEmpty();
        assertThat(ledger.instance(ct.requireText(Tag.SOPInstanceUID))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "This is a text file named .dcm\n", "\0\0\0\0\0\0\0\0"})
    void whatIsNoDataSetIsNotUnderstood(String text) throws IOException {
        DimseStatus status = store(
                request(Instances.ct(study, 1), UID.ExplicitVRLittleEndian), text.getBytes(StandardCharsets.UTF_8));
        assertThat(status.code()).isEqualTo(CANNOT_UNDERSTAND);
        assertThat(status.comment()).isNotEmpty();
        assertThat(files("quarantine")).hasSize(2);
    }

    @Test
    void missingOrDangerousUidsAreNotUnderstood() throws IOException {
        List<DataSet> wrong = List.of(
                Instances.ct(study, 1).remove(Tag.StudyInstanceUID),
                Instances.ct(study, 2).setEmpty(Tag.SeriesInstanceUID),
                Instances.ct(study, 3).setBytes(Tag.StudyInstanceUID, VR.UI, ascii("../../../etc")),
                Instances.ct(study, 4).setBytes(Tag.StudyInstanceUID, VR.UI, ascii("..")),
                Instances.ct(study, 5).setBytes(Tag.SeriesInstanceUID, VR.UI, ascii("/tmp/1")),
                Instances.ct(study, 6).setBytes(Tag.SeriesInstanceUID, VR.UI, ascii("1." + "2".repeat(64))));
        for (DataSet dataSet : wrong) {
            assertThat(store(dataSet).code()).isEqualTo(CANNOT_UNDERSTAND);
        }
        assertThat(store(Instances.ct(study, 1).remove(Tag.StudyInstanceUID)).comment())
                .isEqualTo("Study Instance UID is missing");
        assertThat(files("studies")).isEmpty();
        assertThat(files("quarantine")).hasSize(2 * (wrong.size() + 1));
    }

    @Test
    void dataSetThatIsNotWhatTheCommandNamesDoesNotMatch() throws IOException {
        byte[] bytes = Part10.encodeDataSet(Instances.ct(study, 1), UID.ExplicitVRLittleEndian);
        StoreRequest otherInstance = request(Instances.ct(study, 2), UID.ExplicitVRLittleEndian);
        StoreRequest otherClass = new StoreRequest(
                SCANNER, UID.MRImageStorage, Instances.sopInstanceUid(study, 1), UID.ExplicitVRLittleEndian, 1);

        assertThat(store(otherInstance, bytes).code()).isEqualTo(DOES_NOT_MATCH);
        assertThat(store(otherClass, bytes).code()).isEqualTo(DOES_NOT_MATCH);

        assertThat(files("studies")).isEmpty();
        assertThat(files("quarantine")).hasSize(4);
    }

    @Test
    void belowTheFreeSpaceWatermarkNothingIsAccepted() throws IOException {
        scp.close();
        scp = scp(Long.MAX_VALUE);
        DimseStatus status = store(Instances.ct(study, 1));

        assertThat(status.code()).isEqualTo(0xA700);
        assertThat(status.isRetryable()).isTrue();
        assertThat(files("studies")).isEmpty();
        assertThat(files("incoming")).isEmpty();
        assertThat(ledger.revisions(study)).isEmpty();
    }

    @Test
    void senderThatVanishesLeavesNothing() {
        byte[] bytes = Part10.encodeDataSet(Instances.ct(study, 1), UID.ExplicitVRLittleEndian);
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(bytes, 0, 1000), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new EOFException("connection reset");
            }
        });
        assertThatThrownBy(() -> scp.store(request(Instances.ct(study, 1), UID.ExplicitVRLittleEndian), broken))
                .isInstanceOf(EOFException.class);
        assertThat(files("incoming")).isEmpty();
        assertThat(files("studies")).isEmpty();
        assertThat(files("quarantine")).isEmpty();
    }

    // ---- what breaks

    @Test
    void ledgerThatFailsIsNotSuccessAndTheInstanceSentAgainIsStored() throws Exception {
        DataSet ct = Instances.ct(study, 1);
        sql("alter table revision rename to revision_away");
        try {
            DimseStatus status = store(ct);
            assertThat(status.code()).isEqualTo(0x0110);
            assertThat(status.isRetryable()).isTrue();
        } finally {
            sql("alter table revision_away rename to revision");
        }
        assertThat(files("studies")).isEmpty();
        assertThat(ledger.revisions(study)).isEmpty();
        assertThat(scp.isInFlight("another study")).isFalse();

        assertThat(store(ct)).isEqualTo(DimseStatus.SUCCESS);
        assertThat(files("studies")).hasSize(1);
        assertThat(ledger.instances(new Revision(study, 1))).hasSize(1);
        assertThat(files("quarantine")).isEmpty();
    }

    @Test
    void fileThatTheLedgerDoesNotKnowIsQuarantinedAtTheNextStartAndSentAgainStored() throws Exception {
        DataSet unknown = Instances.ct(study, 2);
        store(Instances.ct(study, 1));
        Path known = files("studies").get(0);
        scp.close();
        Part10.write(
                known.resolveSibling(Instances.sopInstanceUid(study, 2) + ".dcm"),
                Part10.of(unknown, UID.ExplicitVRLittleEndian));

        scp = scp(0);
        assertThat(files("studies")).containsExactly(known);
        assertThat(quarantined()).isEqualTo(unknown);

        assertThat(store(unknown)).isEqualTo(DimseStatus.SUCCESS);
        assertThat(files("studies")).hasSize(2);
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(2);
    }

    @Test
    void largeInstanceGoesToAFileOfItsOwn() throws IOException {
        DataSet large = Instances.ct(study, 1).setBytes(Tag.PixelData, VR.OW, new byte[9 << 20]);
        assertThat(store(large)).isEqualTo(DimseStatus.SUCCESS);
        assertThat(store(large)).isEqualTo(DimseStatus.SUCCESS);
        assertThat(store(large.copy().set(Tag.InstanceNumber, "7"))).isEqualTo(StorageScp.OTHER_BYTES);

        assertThat(Part10.read(files("studies").get(0)).dataSet()).isEqualTo(large);
        assertThat(files("incoming")).isEmpty();
        assertThat(quarantined().requireText(Tag.InstanceNumber)).isEqualTo("7");
    }

    /** PostgreSQL numbers transactions: equal numbers in xmin were written by one. */
    @Test
    void instancesThatWaitTogetherShareOneTransaction() throws Exception {
        store(Instances.ct(study, 0));
        ExecutorService senders = Executors.newFixedThreadPool(12);
        try (Connection blocker = test.database().dataSource().getConnection();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("select 1 from study where study_uid = '" + study + "' for update");
            List<Future<DimseStatus>> answers = new ArrayList<>();
            for (int i = 1; i <= 12; i++) {
                DataSet ct = Instances.ct(study, i);
                answers.add(senders.submit(() -> store(ct)));
            }
            // The first waits for the study, the others for the first.
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (scp.waitingForCommit() < 11 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(answers).noneMatch(Future::isDone);
            blocker.rollback();
            blocker.setAutoCommit(true);
            for (Future<DimseStatus> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(DimseStatus.SUCCESS);
            }
            try (ResultSet count = statement.executeQuery(
                    "select count(*), count(distinct xmin::text) from instance where study_uid = '" + study + "'")) {
                count.next();
                assertThat(count.getInt(1)).isEqualTo(13);
                // The one before, the first of the twelve, and all that came meanwhile.
                assertThat(count.getInt(2)).isLessThanOrEqualTo(3);
            }
        } finally {
            senders.shutdownNow();
        }
        assertThat(files("studies")).hasSize(13);
    }

    @Test
    void withoutADatabaseNothingIsAcknowledged() throws IOException {
        TestDatabase lost = TestDatabase.create();
        scp.close();
        scp = new StorageScp(config(0), new Ledger(lost.database(), clock), clock);
        lost.close();

        assertThat(store(Instances.ct(study, 1)).code()).isEqualTo(0x0110);
        assertThat(files("incoming")).isEmpty();
        scp.close();
        scp = scp(0);
        assertThat(store(Instances.ct(study, 1))).isEqualTo(DimseStatus.SUCCESS);
        assertThat(files("studies")).hasSize(1);
    }

    @Test
    void brokenFileSystemIsAnsweredAndDoesNotCostTheAssociation() throws IOException {
        Files.delete(directory.resolve("quarantine"));
        assertThat(store(Instances.ct(study, 1).remove(Tag.StudyInstanceUID)).code())
                .isEqualTo(0xA700);
        Files.delete(directory.resolve("studies"));
        assertThat(store(Instances.ct(study, 1)).code()).isEqualTo(0xA700);
        assertThat(ledger.revisions(study)).isEmpty();
        assertThat(files("incoming")).isEmpty();
    }

    @Test
    void halfReceivedFileIsRemovedAtTheNextStart() throws IOException {
        scp.close();
        Files.write(directory.resolve("incoming/abc.part"), new byte[100]);
        scp = scp(0);
        assertThat(files("incoming")).isEmpty();
    }

    @Test
    void secondStartLooksOnlyAtWhatChangedAndKeepsWhatIsRecorded() throws IOException {
        for (int i = 0; i < 5; i++) {
            store(Instances.ct(study, i));
        }
        for (int start = 0; start < 3; start++) {
            scp.close();
            scp = scp(0);
            assertThat(files("studies")).hasSize(5);
            assertThat(files("quarantine")).isEmpty();
        }
    }

    @Test
    void vanishedFileIsBroughtBackByTheSameBytes() throws IOException {
        store(Instances.ct(study, 1));
        Files.delete(files("studies").get(0));

        assertThat(store(Instances.ct(study, 1))).isEqualTo(DimseStatus.SUCCESS);
        assertThat(files("studies")).hasSize(1);
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(1);
    }

    @Test
    void directoryBelongsToOneProcess() {
        assertThatThrownBy(() -> scp(0))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("in use by a running process");
    }

    // ---- associations

    @Test
    void studyIsInFlightWhileTheAssociationThatBroughtItIsOpen() throws IOException, InterruptedException {
        assertThat(scp.isInFlight(study)).isFalse();
        store(Instances.ct(study, 1));
        assertThat(scp.isInFlight(study)).isTrue();
        assertThat(scp.isInFlight("1.2.3")).isFalse();

        List<Revision> told = new ArrayList<>();
        StudySealer sealer = new StudySealer(ledger, scp::isInFlight, Duration.ofSeconds(60), told::add);
        clock.advance(Duration.ofMinutes(10));
        Revision revision = new Revision(study, 1);
        assertThat(sealer.tick()).doesNotContain(revision);
        scp.associationClosed(SCANNER, true);
        scp.awaitFiles();
        assertThat(scp.isInFlight(study)).isFalse();
        assertThat(sealer.tick()).contains(revision);
        assertThat(told).contains(revision);
        assertThat(sealer.tick()).isEmpty();
    }

    @Test
    void policyKnowsCalledAndCallingAeTitles() {
        scp.close();
        scp = new StorageScp(new StorageConfig(directory, "MYONODE", Set.of("SCANNER"), 0), ledger, clock);

        assertThat(scp.check(SCANNER)).isEmpty();
        assertThat(scp.check(association("SCANNER", "OTHER"))).contains(Rejection.CALLED_AE_NOT_RECOGNIZED);
        assertThat(scp.check(association("STRANGER", "MYONODE"))).contains(Rejection.CALLING_AE_NOT_RECOGNIZED);
    }

    // ---- steps

    private StorageConfig config(long minimumFreeBytes) {
        return new StorageConfig(directory, "MYONODE", Set.of(), minimumFreeBytes);
    }

    private StorageScp scp(long minimumFreeBytes) {
        return new StorageScp(config(minimumFreeBytes), ledger, clock);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static AssociationInfo association(String calling, String called) {
        return new AssociationInfo(8, calling, called, "127.0.0.1", 50000, "", "");
    }

    private static StoreRequest request(DataSet dataSet, String transferSyntax) {
        return new StoreRequest(
                SCANNER,
                dataSet.requireText(Tag.SOPClassUID),
                dataSet.requireText(Tag.SOPInstanceUID),
                transferSyntax,
                1);
    }

    private DimseStatus store(DataSet dataSet) throws IOException {
        return store(
                request(dataSet, UID.ExplicitVRLittleEndian),
                Part10.encodeDataSet(dataSet, UID.ExplicitVRLittleEndian));
    }

    private DimseStatus store(StoreRequest request, byte[] bytes) throws IOException {
        return scp.store(request, new ByteArrayInputStream(bytes));
    }

    private List<Path> files(String folder) {
        try {
            scp.awaitFiles();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DataSet quarantined() throws IOException {
        List<Path> kept = files("quarantine").stream()
                .filter(file -> file.toString().endsWith(".dcm"))
                .toList();
        assertThat(kept).hasSize(1);
        return Part10.read(kept.get(0)).dataSet();
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = test.database().dataSource().getConnection();
                Statement executor = connection.createStatement()) {
            executor.execute(statement);
        }
    }
}
