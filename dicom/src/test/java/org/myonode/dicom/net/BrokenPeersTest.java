package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.net.AssociationException.Kind;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Peers;

/**
 * Peers that abort, refuse, vanish without a word, stop reading or drip, as provider and as user: each has one outcome, and
 * neither a thread nor a descriptor remains.
 */
@Timeout(60)
final class BrokenPeersTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(300);
    private static final byte[] ABORT_BY_USER = {7, 0, 0, 0, 0, 4, 0, 0, 0, 0};

    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private DicomListener listener;
    private long descriptors;

    @BeforeEach
    void count() {
        descriptors = openDescriptors();
    }

    @AfterEach
    void nothingRemains() throws Exception {
        if (listener != null) {
            await(() -> listener.associationCount() == 0);
            listener.close();
        }
        await(() -> dicomThreads() == 0);
        await(() -> openDescriptors() <= descriptors);
    }

    private static long openDescriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static long dicomThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("dicom-(association|listener)-.*"))
                .count();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private int listen(Duration artim, Duration idle) throws IOException {
        listener = DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        4,
                        artim,
                        idle,
                        TransferCapabilities.storage()),
                AssociationPolicy.anyone(),
                store);
        return listener.port();
    }

    // ---- as user: DCMTK aborts and refuses

    private AssociationException twoStoresTo(AeAddress to, Duration patience) throws IOException {
        Path file = CtFile.write(folder.resolve("ct.dcm"), 1024);
        return catchThrowableOfType(AssociationException.class, () -> {
            try (Association association =
                    Association.open(to, "TESTSCU", PresentationContext.forFiles(List.of(file)), LONG, patience)) {
                association.store(file);
                association.store(file);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "--refuse, REJECTED_PERMANENT, rejected by STORESCP (no reason given)",
        "--abort-after, ABORTED, aborted by STORESCP (aborted by the service user)",
        "--abort-during, ABORTED, aborted by STORESCP (aborted by the service user)"
    })
    void dcmtk_refuses_or_aborts(String option, Kind kind, String message) throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        try (DcmtkStoreScp peer = DcmtkStoreScp.start(folder.resolve("peer"), option)) {
            AssociationException end = twoStoresTo(peer.address(), LONG);
            assertThat(end).as(peer.log()).hasMessage(message);
            assertThat(end.kind()).isEqualTo(kind);
            assertThat(end.isRetryable()).isEqualTo(kind == Kind.ABORTED);
        }
    }

    /** PS3.8 table 9-21, and a reason that is not in it. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, REJECTED_PERMANENT, no reason given",
        "1, 1, 2, REJECTED_PERMANENT, application context name not supported",
        "1, 1, 3, REJECTED_PERMANENT, calling AE title not recognized",
        "1, 1, 7, REJECTED_PERMANENT, called AE title not recognized",
        "1, 2, 1, REJECTED_PERMANENT, no reason given",
        "1, 2, 2, REJECTED_PERMANENT, protocol version not supported",
        "2, 3, 1, REJECTED_TRANSIENT, temporary congestion",
        "2, 3, 2, REJECTED_TRANSIENT, local limit exceeded",
        "1, 1, 10, REJECTED_PERMANENT, 'result 1, source 1, reason 10'"
    })
    void every_reason_of_a_rejection_is_told(int result, int source, int reason, Kind kind, String words)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> peer = answering(server, wire -> {
                wire.readPdu();
                wire.send(PduEncoder.encode(new Pdu.AssociateReject(new Rejection(result, source, reason))));
            });
            AeAddress to = new AeAddress("PACS", "127.0.0.1", server.getLocalPort());
            assertThatThrownBy(() -> Association.open(to, "T", List.of(PresentationContext.verification()), LONG, LONG))
                    .isInstanceOfSatisfying(AssociationException.class, e -> {
                        assertThat(e.kind()).isEqualTo(kind);
                        assertThat(e.isRetryable()).isEqualTo(result == 2);
                    })
                    .hasMessage("rejected by PACS (" + words + ")");
            peer.get(10, TimeUnit.SECONDS);
        }
    }

    private interface Script {
        void play(Wire wire) throws IOException;
    }

    private static CompletableFuture<Void> answering(ServerSocket server, Script script) {
        return CompletableFuture.runAsync(() -> {
            try (Wire wire = new Wire(server.accept())) {
                script.play(wire);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    // ---- a wire that goes dead, seen from both ends

    /** In the request; in the data set; when it is stored and the answer is on its way. */
    @ParameterizedTest
    @CsvSource({"100, 9, 0", "1000000, 9, 0", "100000000, 1, 1"})
    void who_vanishes_is_given_up_in_time_at_both_ends(long forth, int back, int kept) throws Exception {
        int port = listen(SOON, SOON);
        try (DeadWire wire = new DeadWire(port, forth, back)) {
            AssociationException end = twoStoresTo(new AeAddress("MYONODE", "127.0.0.1", wire.port()), SOON);
            assertThat(end).hasMessageStartingWith("MYONODE did not answer in time (");
            assertThat(end.kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(end.isRetryable()).isTrue();
            // while the wire still hangs between the two
            await(() -> listener.associationCount() == 0);
        }
        assertThat(store.dataSets).hasSize(kept);
        if (forth > 1000) {
            assertThat(store.closed.poll(10, TimeUnit.SECONDS)).as("aborted").isTrue();
        }
    }

    @Test
    void a_release_that_nobody_answers_ends_all_the_same() throws Exception {
        int port = listen(SOON, SOON);
        // only the acceptance comes through
        try (DeadWire wire = new DeadWire(port, 1_000_000, 1)) {
            AeAddress to = new AeAddress("MYONODE", "127.0.0.1", wire.port());
            Association.open(to, "TESTSCU", List.of(PresentationContext.verification()), LONG, SOON)
                    .close();
        }
        assertThat(store.closed.poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    // ---- as provider: users that abort, stop reading, or are slow

    @Test
    void what_was_answered_stays_when_dcmtk_aborts_instead_of_releasing() throws Exception {
        assumeTrue(Peers.onPath("storescu"), "dcmtk is not installed");
        String port = Integer.toString(listen(LONG, LONG));
        Path file = CtFile.write(folder.resolve("ct.dcm"), 64);
        Peers.Outcome sent = Peers.run("storescu", "--abort", "-aec", "MYONODE", "127.0.0.1", port, file.toString());
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        assertThat(store.closed.poll(10, TimeUnit.SECONDS)).as("aborted").isTrue();
        assertThat(store.dataSets).containsOnlyKeys(Part10Header.read(file).sopInstanceUid());
    }

    @Test
    void an_abort_before_the_answer_leaves_what_was_stored_and_closes() throws Exception {
        int port = listen(LONG, LONG);
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(3, true, true, Wire.storeCommand("1.2.3").encode()));
            wire.send(Wire.data(3, false, true, new byte[10]));
            wire.send(ABORT_BY_USER);
            assertThat(store.closed.poll(10, TimeUnit.SECONDS)).as("aborted").isTrue();
        }
        assertThat(store.dataSets).containsOnlyKeys("1.2.3");
    }

    @Test
    void a_peer_that_asks_and_never_reads_is_cut_off() throws Exception {
        int port = listen(LONG, SOON);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Wire wire = new Wire(socket).associate();
            byte[] echo = Wire.echo(1);
            // Its own thread: when its send buffer is full, a peer may hear of the cut only with its next window probe.
            Thread asks = new Thread(() -> {
                try {
                    while (true) {
                        wire.send(echo);
                    }
                } catch (IOException expected) {
                    // cut off
                }
            });
            asks.start();
            assertThat(store.closed.poll(30, TimeUnit.SECONDS)).as("aborted").isTrue();
            socket.close();
            asks.join();
        }
    }

    @Test
    void bytes_one_by_one_are_taken_as_long_as_the_timers_allow() throws Exception {
        int port = listen(LONG, LONG);
        try (Wire wire = new Wire(port)) {
            oneByOne(wire, PduEncoder.encode(Wire.request("MYONODE")));
            assertThat(wire.readPdu()[0]).isEqualTo((byte) Pdu.ASSOCIATE_AC);
            oneByOne(wire, Wire.data(3, true, true, Wire.storeCommand("1.2.3").encode()));
            oneByOne(wire, Wire.data(3, false, true, new byte[500]));
            assertThat(wire.readCommand().integerOr(CommandSet.STATUS, -1)).isZero();
            oneByOne(wire, PduEncoder.encode(new Pdu.ReleaseRequest()));
            assertThat(wire.readPdu()).isEqualTo(PduEncoder.encode(new Pdu.ReleaseResponse()));
        }
        assertThat(store.dataSets.get("1.2.3")).hasSize(500);
    }

    private static void oneByOne(Wire wire, byte[] bytes) throws IOException {
        for (byte one : bytes) {
            wire.send(new byte[] {one});
        }
    }

    @Test
    void a_request_that_drips_longer_than_artim_is_closed_without_an_answer() throws Exception {
        int port = listen(SOON, LONG);
        try (Wire wire = new Wire(port)) {
            assertThat(drip(wire, PduEncoder.encode(Wire.request("MYONODE")))).isEmpty();
        }
        assertThat(store.closed).isEmpty();
    }

    @Test
    void a_data_set_that_drips_longer_than_the_idle_timer_is_aborted_and_nothing_kept() throws Exception {
        int port = listen(LONG, SOON);
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(3, true, true, Wire.storeCommand("1.2.3").encode()));
            assertThat(drip(wire, Wire.data(3, false, true, new byte[5000]))).isEqualTo(ABORT_BY_USER);
        }
        assertThat(store.failures.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(store.closed.poll(10, TimeUnit.SECONDS)).as("aborted").isTrue();
        assertThat(store.dataSets).isEmpty();
    }

    /** A byte, then a look for an answer, which sets the pace; what the peer said when it had enough. */
    private static byte[] drip(Wire wire, byte[] bytes) throws IOException {
        wire.socket.setSoTimeout(10);
        InputStream in = wire.socket.getInputStream();
        for (byte one : bytes) {
            try {
                wire.send(new byte[] {one});
                int first = in.read();
                wire.socket.setSoTimeout(10_000);
                return first < 0 ? new byte[0] : concat(first, in.readNBytes(9));
            } catch (SocketTimeoutException goOn) {
                // the next drop
            } catch (SocketException reset) {
                return new byte[0];
            }
        }
        throw new AssertionError(String.format(Locale.ROOT, "%d bytes were taken one by one", bytes.length));
    }

    private static byte[] concat(int first, byte[] rest) {
        byte[] all = new byte[rest.length + 1];
        all[0] = (byte) first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }
}
