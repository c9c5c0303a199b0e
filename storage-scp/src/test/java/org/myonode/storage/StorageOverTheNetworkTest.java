package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.Revision;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.TransferCapabilities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The provider behind a real listener, with our own sender and with DCMTK's. */
final class StorageOverTheNetworkTest {

    private static final Logger log = LoggerFactory.getLogger(StorageOverTheNetworkTest.class);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int SENDERS = 16;

    private static TestDatabase test;
    private static int studies;

    @TempDir
    Path directory;

    private final MutableClock clock = new MutableClock();
    private final Ledger ledger = new Ledger(test.database(), clock);
    private StorageScp scp;
    private DicomListener listener;
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
    void listen() throws IOException {
        study = "1.2.826.8." + ++studies;
        scp = new StorageScp(
                new StorageConfig(directory.resolve("store"), "MYONODE", Set.of("SENDER", "STORESCU", "DCMSEND"), 0),
                ledger,
                clock);
        ListenerConfig config = new ListenerConfig(
                "MYONODE",
                InetAddress.getLoopbackAddress(),
                0,
                ListenerConfig.DEFAULT_MAX_PDU,
                SENDERS,
                WAIT,
                WAIT,
                TransferCapabilities.storage());
        listener = DicomListener.start(config, scp, scp);
    }

    @AfterEach
    void stop() {
        listener.close();
        scp.close();
    }

    @Test
    void sixteenSendersAtOnceAreCountedExactly() throws Exception {
        int each = 25;
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        long start = System.nanoTime();
        try {
            List<Callable<Integer>> senders = IntStream.range(0, SENDERS)
                    .mapToObj(sender -> (Callable<Integer>) () -> send(sender * each, each))
                    .toList();
            for (Future<Integer> sent : threads.invokeAll(senders)) {
                // Each sends its own 25 and the first five of everybody.
                assertThat(sent.get()).isEqualTo(each + 5);
            }
        } finally {
            threads.shutdownNow();
        }
        double seconds = (System.nanoTime() - start) / 1e9;

        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(SENDERS * each);
        assertThat(stored()).hasSize(SENDERS * each);
        assertThat(incoming()).isEmpty();
        log.warn("{} instances from {} senders in {} s", SENDERS * (each + 5), SENDERS, seconds);

        clock.advance(Duration.ofMinutes(10));
        assertThat(scp.isInFlight(study)).isFalse();
        assertThat(ledger.sealQuiet(Duration.ofMinutes(1), scp::isInFlight)).contains(new Revision(study, 1));
    }

    private int send(int first, int count) throws Exception {
        int successes = 0;
        try (Association association = open("SENDER", "MYONODE")) {
            for (int i = 0; i < count + 5; i++) {
                DataSet ct = Instances.ct(study, i < count ? first + i : i - count);
                DimseStatus status = association.store(Part10.of(ct, UID.ExplicitVRLittleEndian));
                successes += status.isSuccess() ? 1 : 0;
            }
        }
        return successes;
    }

    /** PostgreSQL numbers transactions: equal numbers in xmin were written by one. */
    @Test
    void instancesOfOneAssociationShareOneTransactionWhereItsWindowAllows() throws Exception {
        List<DimseStatus> answers = new ArrayList<>();
        try (Connection blocker = test.database().dataSource().getConnection();
                Statement statement = blocker.createStatement();
                Association association = open(12)) {
            holdUp(association, blocker, 12, answers);
            assertThat(answers).isEmpty();
            blocker.rollback();
            blocker.setAutoCommit(true);
            association.awaitResponses();
            try (ResultSet count = statement.executeQuery(
                    "select count(*), count(distinct xmin::text) from instance where study_uid = '" + study + "'")) {
                count.next();
                assertThat(count.getInt(1)).isEqualTo(13);
                // The one before, the first of the twelve, and all that came meanwhile.
                assertThat(count.getInt(2)).isEqualTo(3);
            }
        }
        assertThat(answers).hasSize(12).containsOnly(DimseStatus.SUCCESS);
        assertThat(stored()).hasSize(13);
    }

    @Test
    void eachOfManyOnOneAssociationGetsItsOwnAnswer() throws Exception {
        int count = 200;
        Map<Integer, Integer> answers = new HashMap<>();
        try (Association association = open(8)) {
            assertThat(association.maxOperations()).isEqualTo(8);
            for (int i = 0; i < count; i++) {
                int number = i;
                association.store(
                        Part10.of(sent(number), UID.ExplicitVRLittleEndian),
                        status -> answers.put(number, status.code()));
            }
            association.awaitResponses();
            assertThat(answers).hasSize(count);
            for (int number = 0; number < count; number++) {
                int expected = number % 10 == 7 ? StorageScp.OTHER_BYTES.code() : number % 10 == 8 ? 0xC000 : 0;
                assertThat(answers.get(number)).as("instance %d", number).isEqualTo(expected);
            }
            assertThat(scp.isInFlight(study)).isTrue();
        }
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(count * 7 / 10);
        assertThat(stored()).hasSize(count * 7 / 10);
        assertThat(incoming()).isEmpty();
        assertThat(files("quarantine")).hasSize(2 * count * 2 / 10);
        assertThat(scp.isInFlight(study)).isFalse();
        for (int number = 0; number < count; number += 10) {
            Path file = ledger.instance(Instances.sopInstanceUid(study, number))
                    .orElseThrow()
                    .path();
            assertThat(Part10.read(file).dataSet()).isEqualTo(sent(number));
        }
    }

    /** Stores one, locks its study, and sends so many: the first waits for the study, the others for the first. */
    private void holdUp(Association association, Connection blocker, int count, List<DimseStatus> answers)
            throws Exception {
        association.store(Part10.of(Instances.ct(study, 0), UID.ExplicitVRLittleEndian));
        blocker.setAutoCommit(false);
        try (Statement lock = blocker.createStatement()) {
            lock.execute("select 1 from study where study_uid = '" + study + "' for update");
        }
        association.store(Part10.of(Instances.ct(study, 1), UID.ExplicitVRLittleEndian), answers::add);
        await(this::ledgerWaitsForALock);
        for (int i = 2; i <= count; i++) {
            association.store(Part10.of(Instances.ct(study, i), UID.ExplicitVRLittleEndian), answers::add);
        }
        await(() -> scp.waitingForCommit() == count - 1);
    }

    private boolean ledgerWaitsForALock() throws SQLException {
        try (Connection observer = test.database().dataSource().getConnection();
                Statement statement = observer.createStatement();
                ResultSet waiting = statement.executeQuery("select 1 from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")) {
            return waiting.next();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Of ten: the sixth once more, the sixth with other bytes, one without a study, and seven that are new. */
    private DataSet sent(int number) {
        int ten = number - number % 10;
        return switch (number % 10) {
            case 6 -> Instances.ct(study, ten + 5);
            case 7 -> Instances.ct(study, ten + 5).set(Tag.InstanceNumber, "99");
            case 8 -> Instances.ct(study, number).remove(Tag.StudyInstanceUID);
            default -> Instances.ct(study, number);
        };
    }

    @Test
    void whatHasComeWholeIsKeptAlthoughItsSenderIsGone() throws Exception {
        List<DimseStatus> answers = new ArrayList<>();
        try (Connection blocker = test.database().dataSource().getConnection()) {
            try (Association association = open(8)) {
                holdUp(association, blocker, 8, answers);
                association.abort();
            }
            assertThat(answers).isEmpty();
            assertThat(scp.isInFlight(study)).isTrue();
            blocker.rollback();
        }
        // Waits for the association to end, and so for the last commit.
        listener.close();
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(9);
        assertThat(stored()).hasSize(9);
        assertThat(scp.isInFlight(study)).isFalse();
    }

    @Test
    void conflictAndReportOnOneAssociationDoNotDisturbTheOthers() throws Exception {
        try (Association association = open("SENDER", "MYONODE")) {
            DataSet first = Instances.ct(study, 1);
            assertThat(association.store(Part10.of(first, UID.ExplicitVRLittleEndian)))
                    .isEqualTo(DimseStatus.SUCCESS);
            DataSet other = Instances.ct(study, 2).set(Tag.SOPInstanceUID, study + ".1.1");
            assertThat(association
                            .store(Part10.of(other, UID.ExplicitVRLittleEndian))
                            .code())
                    .isEqualTo(StorageScp.OTHER_BYTES.code());
            assertThat(association.store(Part10.of(Instances.report(study, 3), UID.ExplicitVRLittleEndian)))
                    .isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(1);
        assertThat(stored()).hasSize(2);
    }

    @Test
    void wrongCalledAndUnknownCallingAeTitlesAreRejected() {
        assertThatThrownBy(() -> open("SENDER", "SOMEONE"))
                .isInstanceOf(AssociationException.class)
                .hasMessageContaining("called AE title not recognized");
        assertThatThrownBy(() -> open("STRANGER", "MYONODE"))
                .isInstanceOf(AssociationException.class)
                .hasMessageContaining("calling AE title not recognized");
    }

    // ---- DCMTK

    @Test
    void storescuSendsAndSendsAgain() throws Exception {
        List<String> files = write(5);
        for (int round = 0; round < 2; round++) {
            Run run = dcmtk(
                    "storescu",
                    Stream.concat(Stream.of("-aec", "MYONODE"), address()).toList(),
                    files);
            assertThat(run.exit()).as(run.output()).isZero();
        }
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(5);
        assertThat(stored()).hasSize(5);
    }

    @Test
    void storescuOfATruncatedFileIsToldAndTheNextFileIsStored() throws Exception {
        List<String> files = write(2);
        Path whole = Path.of(files.get(0));
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length - 1001));
        dcmtk("storescu", Stream.concat(Stream.of("-aec", "MYONODE"), address()).toList(), files.subList(0, 1));
        Run next = dcmtk(
                "storescu",
                Stream.concat(Stream.of("-aec", "MYONODE"), address()).toList(),
                files.subList(1, 2));
        assertThat(next.exit()).as(next.output()).isZero();
        assertThat(ledger.study(study).orElseThrow().instances()).isEqualTo(1);
        assertThat(incoming()).isEmpty();
    }

    @Test
    void dcmsendSendsTheRestOfAFolderWithATextFile() throws Exception {
        List<String> files = new ArrayList<>(write(3));
        Path text = directory.resolve("notes.dcm");
        Files.writeString(text, "not DICOM at all", StandardCharsets.UTF_8);
        files.add(text.toString());
        Run run = dcmtk(
                "dcmsend",
                Stream.concat(Stream.of("-v", "--no-halt", "-aec", "MYONODE"), address())
                        .toList(),
                files);
        assertThat(ledger.study(study).orElseThrow().instances())
                .as(run.output())
                .isEqualTo(3);
    }

    @Test
    void dcmsendToAWrongAeTitleIsRejected() throws Exception {
        Run run = dcmtk(
                "dcmsend",
                Stream.concat(Stream.of("-v", "-aec", "OTHER"), address()).toList(),
                write(1));
        assertThat(run.exit()).isNotZero();
        assertThat(run.output()).contains("Association Rejected");
        assertThat(ledger.study(study)).isEmpty();
    }

    // ---- steps

    private Association open(String calling, String called) throws AssociationException {
        return open(calling, called, 1);
    }

    private Association open(int operations) throws AssociationException {
        return open("SENDER", "MYONODE", operations);
    }

    private Association open(String calling, String called, int operations) throws AssociationException {
        List<PresentationContext> contexts = new ArrayList<>();
        contexts.add(PresentationContext.verification());
        contexts.addAll(PresentationContext.storage(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)));
        contexts.addAll(PresentationContext.storage(UID.BasicTextSRStorage, List.of(UID.ExplicitVRLittleEndian)));
        return Association.open(
                new AssociationConfig(new AeAddress(called, "localhost", listener.port()), calling, WAIT, WAIT)
                        .withMaxOperations(operations),
                contexts);
    }

    private Stream<String> address() {
        return Stream.of("localhost", Integer.toString(listener.port()));
    }

    private List<String> write(int count) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("outgoing"));
        List<String> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve(i + ".dcm");
            Part10.write(file, Part10.of(Instances.ct(study, i), UID.ExplicitVRLittleEndian));
            files.add(file.toString());
        }
        return files;
    }

    private List<Path> stored() throws Exception {
        return files("studies");
    }

    private List<Path> incoming() throws Exception {
        return files("incoming");
    }

    private List<Path> files(String folder) throws Exception {
        scp.awaitFiles();
        try (Stream<Path> files = Files.walk(directory.resolve("store").resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private record Run(int exit, String output) {}

    private static Run dcmtk(String program, List<String> options, List<String> files) throws Exception {
        boolean present = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(present, "dcmtk is not installed");
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(options);
        command.addAll(files);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TCP_NODELAY", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
