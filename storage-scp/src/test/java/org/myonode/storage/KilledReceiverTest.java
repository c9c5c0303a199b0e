package org.myonode.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Database;
import org.myonode.db.DatabaseConfig;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.Revision;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.TransferCapabilities;

/** The promise behind 0000: a receiver killed in the middle has everything that it acknowledged. */
final class KilledReceiverTest {

    private static final String STUDY = "1.2.826.7.1";
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int SENDERS = 4;
    private static final int EACH = 1000;
    private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 40;

    /** In {@link #killedAtAnyMomentNothingAcknowledgedIsLostAndNothingElseIsLeft}: every so many is a large one. */
    private static final int LARGE_EVERY = 25;

    private static final int KILLS = 4;

    @TempDir
    Path directory;

    /** A receiver with a database of its own, or that of a URL; says its port and runs until it is killed. */
    static final class Receiver {
        public static void main(String[] arguments) throws Exception {
            Path home = Path.of(arguments[0]);
            DatabaseConfig where = arguments.length == 1
                    ? DatabaseConfig.embedded(home.resolve("db"))
                    : new DatabaseConfig(arguments[1], "postgres", null, home, 4);
            Database database = Database.open(where, Clock.systemUTC());
            StorageScp scp = scp(home, new Ledger(database, Clock.systemUTC()));
            ListenerConfig config = new ListenerConfig(
                    "MYONODE",
                    InetAddress.getLoopbackAddress(),
                    0,
                    ListenerConfig.DEFAULT_MAX_PDU,
                    SENDERS,
                    WAIT,
                    WAIT,
                    TransferCapabilities.storage());
            System.out.println("port " + DicomListener.start(config, scp, scp).port());
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    @Test
    void everythingAcknowledgedIsOnDiskAndInTheLedger() throws Exception {
        Process receiver = receiver(directory.toString());
        Set<Integer> acknowledged = sendUntilKilled(receiver, port(receiver), 0, ACKNOWLEDGED_BEFORE_THE_KILL);

        try (Database database = Database.open(DatabaseConfig.embedded(directory.resolve("db")), Clock.systemUTC())) {
            Ledger ledger = new Ledger(database, Clock.systemUTC());
            try (StorageScp reopened = scp(directory, ledger)) {
                assertThat(reopened.isInFlight(STUDY)).isFalse();
                List<InstanceEntry> recorded = ledger.instances(new Revision(STUDY, 1));
                assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_KILL);
                assertThat(recorded)
                        .extracting(InstanceEntry::sopInstanceUid)
                        .containsAll(acknowledged.stream()
                                .map(number -> Instances.sopInstanceUid(STUDY, number))
                                .toList());
                for (InstanceEntry entry : recorded) {
                    int number = Integer.parseInt(entry.sopInstanceUid().substring(STUDY.length() + ".1.".length()));
                    assertThat(Part10.read(entry.path()).dataSet()).isEqualTo(instance(number));
                }
                reopened.awaitFiles();
                assertThat(files("studies"))
                        .containsExactlyInAnyOrderElementsOf(
                                recorded.stream().map(InstanceEntry::path).toList());
                assertThat(files("incoming")).isEmpty();
            }
        }
    }

    /** The database goes on; only the receiver dies, each time at another moment. */
    @Test
    void killedAtAnyMomentNothingAcknowledgedIsLostAndNothingElseIsLeft() throws Exception {
        Random random = new Random(20261124);
        Set<Integer> acknowledged = new HashSet<>();
        try (TestDatabase test = TestDatabase.create()) {
            Ledger ledger = new Ledger(test.database(), Clock.systemUTC());
            for (int kill = 0; kill < KILLS; kill++) {
                Process receiver = receiver(
                        directory.toString(), String.valueOf(test.config().url()));
                // The first time it dies before anything has come, and so in what a start does.
                int atLeast = kill == 0 ? 0 : 1 + random.nextInt(60);
                acknowledged.addAll(sendUntilKilled(receiver, port(receiver), kill * SENDERS * EACH, atLeast));
                checkStore(ledger, acknowledged);
            }
        }
    }

    private void checkStore(Ledger ledger, Set<Integer> acknowledged) throws Exception {
        try (StorageScp reopened = scp(directory, ledger)) {
            assertThat(reopened.isInFlight(STUDY)).isFalse();
            List<InstanceEntry> recorded = ledger.instances(new Revision(STUDY, 1));
            assertThat(recorded)
                    .extracting(InstanceEntry::sopInstanceUid)
                    .containsAll(acknowledged.stream()
                            .map(number -> Instances.sopInstanceUid(STUDY, number))
                            .toList());
            for (InstanceEntry entry : recorded) {
                int number = Integer.parseInt(entry.sopInstanceUid().substring(STUDY.length() + ".1.".length()));
                assertThat(Part10.read(entry.path()).dataSet()).isEqualTo(instance(number));
            }
            assertThat(files("studies"))
                    .containsExactlyInAnyOrderElementsOf(
                            recorded.stream().map(InstanceEntry::path).toList());
            assertThat(files("incoming")).isEmpty();
            assertThat(files("quarantine")).isEmpty();
        }
        try (Journal journal = Journal.open(directory.resolve("store/journal"), 1, 512)) {
            for (Segment segment : journal.segments()) {
                assertThat(segment.runs()).isEmpty();
            }
        }
    }

    /** Every so many has a file of its own on its way in. */
    private static DataSet instance(int number) {
        DataSet ct = Instances.ct(STUDY, number);
        return number % LARGE_EVERY == LARGE_EVERY - 1 ? ct.setBytes(Tag.PixelData, VR.OW, new byte[9 << 20]) : ct;
    }

    private static Process receiver(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Receiver.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Set<Integer> sendUntilKilled(Process receiver, int port, int from, int atLeast) throws Exception {
        Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Future<?>> senders = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                int first = from + sender * EACH;
                senders.add(threads.submit(() -> send(receiver, port, first, atLeast, acknowledged)));
            }
            if (atLeast == 0) {
                receiver.destroyForcibly();
            }
            for (Future<?> sender : senders) {
                sender.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(receiver.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return acknowledged;
    }

    private static void send(Process receiver, int port, int first, int atLeast, Set<Integer> acknowledged) {
        // Every other one sends several at once.
        int operations = first / EACH % 2 == 0 ? 1 : 8;
        try (Association association = Association.open(
                new AssociationConfig(new AeAddress("MYONODE", "localhost", port), "SENDER", WAIT, WAIT)
                        .withMaxOperations(operations),
                PresentationContext.storage(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)))) {
            assertThat(association.maxOperations()).isEqualTo(operations);
            for (int i = first; i < first + EACH; i++) {
                int number = i;
                association.store(Part10.of(instance(number), UID.ExplicitVRLittleEndian), status -> {
                    if (status.isSuccess()) {
                        acknowledged.add(number);
                    }
                });
                if (acknowledged.size() >= atLeast) {
                    receiver.destroyForcibly();
                }
            }
        } catch (IOException killed) {
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(atLeast);
        }
    }

    private static int port(Process receiver) throws IOException {
        BufferedReader output = receiver.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("port ")) {
            line = output.readLine();
        }
        assertThat(line).as("the receiver ended before it listened").isNotNull();
        return Integer.parseInt(line.substring("port ".length()));
    }

    private static StorageScp scp(Path home, Ledger ledger) {
        return new StorageScp(
                new StorageConfig(home.resolve("store"), "MYONODE", Set.of(), 0), ledger, Clock.systemUTC());
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> files =
                Files.walk(directory.toRealPath().resolve("store").resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
