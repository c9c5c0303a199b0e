package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Peers;

/** The Asynchronous Operations Window (PS3.7 section D.3.3.3) on both sides. */
@Timeout(30)
final class AsynchronousOperationsTest {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final byte[] RELEASE = PduEncoder.encode(new Pdu.ReleaseRequest());
    private static final byte[] RELEASED = PduEncoder.encode(new Pdu.ReleaseResponse());
    private static final byte[] ABORT = PduEncoder.encode(new Pdu.Abort(0, 0));

    @TempDir
    Path folder;

    private final Gate gate = new Gate();
    private DicomListener listener;

    @AfterEach
    void stop() {
        // what a failed test has left shut
        gate.open.release(100);
        if (listener != null) {
            listener.close();
        }
    }

    private int listen(StoreHandler handler, int operations, Duration idle) throws IOException {
        listener = DicomListener.start(
                new ListenerConfig(
                                "MYONODE",
                                InetAddress.getLoopbackAddress(),
                                0,
                                32768,
                                4,
                                Duration.ofMillis(300),
                                idle,
                                TransferCapabilities.storage())
                        .withMaxOperations(operations),
                AssociationPolicy.anyone(),
                handler);
        return listener.port();
    }

    /** A handler that completes later, in one expression. */
    @FunctionalInterface
    private interface Beginning extends StoreHandler {
        @Override
        Completion begin(StoreRequest request, InputStream dataSet) throws IOException;

        @Override
        default DimseStatus store(StoreRequest request, InputStream dataSet) {
            throw new AssertionError("begin is called instead");
        }
    }

    /** Completes a store when the test lets it, and remembers what happened. */
    private static final class Gate implements StoreHandler {
        final Semaphore begun = new Semaphore(0);
        final Semaphore open = new Semaphore(0);
        final List<String> events = new CopyOnWriteArrayList<>();
        final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();
        final List<Thread> threads = new CopyOnWriteArrayList<>();

        @Override
        public DimseStatus store(StoreRequest request, InputStream dataSet) {
            throw new AssertionError("begin is called instead");
        }

        @Override
        public Completion begin(StoreRequest request, InputStream dataSet) {
            threads.add(Thread.currentThread());
            begun.release();
            return () -> {
                open.acquireUninterruptibly();
                threads.add(Thread.currentThread());
                events.add("stored " + request.messageId());
                return DimseStatus.SUCCESS;
            };
        }

        @Override
        public void associationClosed(AssociationInfo association, boolean aborted) {
            events.add(aborted ? "aborted" : "released");
            closed.add(aborted);
        }
    }

    // ---- negotiation

    private static Pdu.AssociateRequest request(Optional<Pdu.AsynchronousOperations> window) {
        Pdu.AssociateRequest plain = Wire.request("MYONODE");
        return new Pdu.AssociateRequest(
                1,
                plain.calledAeTitle(),
                plain.callingAeTitle(),
                plain.applicationContext(),
                plain.contexts(),
                Pdu.UserInformation.of(16384, window, List.of(), Optional.empty()));
    }

    private static Pdu.AssociateAccept associate(Wire wire, Optional<Pdu.AsynchronousOperations> window)
            throws IOException {
        wire.send(PduEncoder.encode(request(window)));
        byte[] pdu = wire.readPdu();
        return (Pdu.AssociateAccept) PduDecoder.decode(pdu[0], Arrays.copyOfRange(pdu, 6, pdu.length));
    }

    private static Wire associated(int port, int window) throws IOException {
        Wire wire = new Wire(port);
        associate(wire, Optional.of(new Pdu.AsynchronousOperations(window, 1)));
        return wire;
    }

    @ParameterizedTest
    @CsvSource({
        "4, 1, 16, 4",
        "40, 8, 16, 16",
        "0, 0, 16, 16",
        "16, 0, 16, 16",
        "1, 1, 16, 1",
        "0, 0, 1, 1",
        "9, 9, 1, 1"
    })
    void the_peer_may_invoke_what_it_offers_and_we_perform(int invoked, int performed, int ours, int answered)
            throws IOException {
        try (Wire wire = new Wire(listen(new MemoryStore(), ours, SHORT))) {
            Pdu.AssociateAccept accept =
                    associate(wire, Optional.of(new Pdu.AsynchronousOperations(invoked, performed)));
            assertThat(accept.user().asynchronousOperations()).contains(new Pdu.AsynchronousOperations(answered, 1));
        }
    }

    @Test
    void what_is_not_offered_is_not_answered_and_then_one_thread_does_all() throws IOException {
        gate.open.release(2);
        try (Wire wire = new Wire(listen(gate, 16, SHORT))) {
            assertThat(associate(wire, Optional.empty()).user().asynchronousOperations())
                    .isEmpty();
            for (int message = 1; message <= 2; message++) {
                store(wire, message);
                assertThat(messageId(wire.readCommand())).isEqualTo(message);
            }
        }
        assertThat(gate.threads).hasSize(4).containsOnly(gate.threads.get(0));
    }

    // ---- provider

    private static void store(Wire wire, int messageId) throws IOException {
        wire.send(Wire.data(
                3,
                true,
                true,
                Wire.storeCommand("1.2.3." + messageId)
                        .integer(CommandSet.MESSAGE_ID, messageId)
                        .encode()));
        wire.send(Wire.data(3, false, true, new byte[100]));
    }

    private static int messageId(CommandSet response) {
        assertThat(response.integerOr(CommandSet.STATUS, -1)).isZero();
        return response.integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, -1);
    }

    @Test
    void requests_are_read_while_earlier_ones_wait_and_other_operations_are_answered_at_once() throws IOException {
        try (Wire wire = associated(listen(gate, 16, SHORT), 8)) {
            for (int message = 1; message <= 8; message++) {
                store(wire, message);
            }
            gate.begun.acquireUninterruptibly(8);
            wire.send(Wire.echo(99));
            assertThat(messageId(wire.readCommand())).isEqualTo(99);
            gate.open.release(8);
            for (int message = 1; message <= 8; message++) {
                assertThat(messageId(wire.readCommand())).isEqualTo(message);
            }
        }
    }

    @Test
    void never_more_than_the_window_are_outstanding_whatever_the_peer_sends() throws Exception {
        int window = 3;
        int sent = 60;
        AtomicInteger outstanding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(window);
        Beginning counting = (request, dataSet) -> {
            most.accumulateAndGet(outstanding.incrementAndGet(), Math::max);
            full.countDown();
            return () -> {
                try {
                    full.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                outstanding.decrementAndGet();
                return DimseStatus.SUCCESS;
            };
        };
        try (Wire wire = associated(listen(counting, window, SHORT), 0)) {
            for (int message = 1; message <= sent; message++) {
                store(wire, message);
            }
            for (int message = 1; message <= sent; message++) {
                assertThat(messageId(wire.readCommand())).isEqualTo(message);
            }
        }
        assertThat(most.get()).isEqualTo(window);
    }

    @Test
    void a_release_is_confirmed_after_the_last_response() throws IOException {
        try (Wire wire = associated(listen(gate, 16, SHORT), 8)) {
            store(wire, 1);
            store(wire, 2);
            wire.send(RELEASE);
            gate.begun.acquireUninterruptibly(2);
            gate.open.release(2);
            assertThat(messageId(wire.readCommand())).isEqualTo(1);
            assertThat(messageId(wire.readCommand())).isEqualTo(2);
            assertThat(wire.readPdu()).isEqualTo(RELEASED);
        }
        assertThat(gate.events).containsExactly("stored 1", "stored 2", "released");
    }

    @Test
    void what_was_begun_is_completed_although_the_peer_has_aborted() throws Exception {
        int port = listen(gate, 16, SHORT);
        try (Wire wire = associated(port, 8)) {
            store(wire, 1);
            store(wire, 2);
            gate.begun.acquireUninterruptibly(2);
            wire.send(ABORT);
            assertThat(wire.atEnd()).as("the listener has read the abort").isTrue();
            assertThat(gate.closed).as("and waits").isEmpty();
            gate.open.release(2);
            assertThat(gate.closed.poll(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(gate.events).containsExactly("stored 1", "stored 2", "aborted");
    }

    @Test
    void a_completion_that_fails_is_a_processing_failure_and_the_next_is_not() throws IOException {
        Beginning broken = (request, dataSet) -> {
            return () -> {
                if (request.messageId() == 1) {
                    throw new IOException("secret path");
                }
                return DimseStatus.SUCCESS;
            };
        };
        try (Wire wire = associated(listen(broken, 16, SHORT), 8)) {
            store(wire, 1);
            store(wire, 2);
            CommandSet failure = wire.readCommand();
            assertThat(failure.integerOr(CommandSet.STATUS, -1)).isEqualTo(0x0110);
            assertThat(failure.text(CommandSet.ERROR_COMMENT)).doesNotContain("secret");
            assertThat(messageId(wire.readCommand())).isEqualTo(2);
        }
    }

    @Test
    void a_peer_that_waits_for_our_answers_is_not_idle() throws IOException {
        int port = listen(gate, 16, Duration.ofMillis(150));
        try (Wire waiting = associated(port, 8)) {
            store(waiting, 1);
            gate.begun.acquireUninterruptibly();
            for (int i = 0; i < 3; i++) {
                try (Wire idle = new Wire(port).associate()) {
                    assertThat(idle.readPdu()).as("after the idle timer").isEqualTo(ABORT);
                }
            }
            gate.open.release();
            assertThat(messageId(waiting.readCommand())).isEqualTo(1);
            assertThat(waiting.readPdu()).as("now it is").isEqualTo(ABORT);
        }
    }

    @Test
    void closing_waits_for_outstanding_answers_and_aborts_then() throws Exception {
        int port = listen(gate, 16, SHORT);
        try (Wire waiting = associated(port, 8);
                Wire idle = new Wire(port).associate()) {
            store(waiting, 1);
            store(waiting, 2);
            gate.begun.acquireUninterruptibly(2);
            var closing = ForkJoinPool.commonPool().submit(listener::close);
            assertThat(idle.readPdu()).isEqualTo(ABORT);
            assertThat(closing.isDone()).isFalse();
            gate.open.release(2);
            assertThat(messageId(waiting.readCommand())).isEqualTo(1);
            assertThat(messageId(waiting.readCommand())).isEqualTo(2);
            assertThat(waiting.readPdu()).isEqualTo(ABORT);
            waiting.close();
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    // ---- user

    private List<Path> files(int count) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(CtFile.write(folder.resolve(i + ".dcm"), 8 + i));
        }
        return files;
    }

    private static Association open(AeAddress to, List<Path> files, int operations) throws IOException {
        List<PresentationContext> contexts = new ArrayList<>(PresentationContext.forFiles(files));
        contexts.add(PresentationContext.verification());
        return Association.open(
                new AssociationConfig(to, "TESTSCU", SHORT, SHORT).withMaxOperations(operations), contexts);
    }

    /** Agrees to three operations; answers in the reverse order when three have come, or all. */
    private static ScriptedProvider reversing(int all, Map<String, Integer> statuses) throws IOException {
        List<ScriptedProvider.Answers> unanswered = new ArrayList<>();
        AtomicInteger came = new AtomicInteger();
        return new ScriptedProvider(TransferCapabilities.storage(), 3, (answers, request, identifier) -> {
            unanswered.add(answers);
            if (came.incrementAndGet() == all || unanswered.size() == 3) {
                Collections.reverse(unanswered);
                for (ScriptedProvider.Answers answer : unanswered) {
                    answer.status(statuses.get(answer.request.set().text(CommandSet.AFFECTED_SOP_INSTANCE_UID)));
                }
                unanswered.clear();
            }
        });
    }

    @Test
    void responses_in_any_order_are_told_of_the_right_files_and_no_more_are_outstanding_than_agreed() throws Exception {
        List<Path> files = files(8);
        Map<String, Integer> statuses = new HashMap<>();
        Map<Path, Integer> expected = new HashMap<>();
        for (Path file : files) {
            statuses.put(Part10Header.read(file).sopInstanceUid(), 0xB000 + statuses.size());
            expected.put(file, 0xB000 + expected.size());
        }
        Map<Path, Integer> told = new HashMap<>();
        try (ScriptedProvider provider = reversing(files.size(), statuses);
                Association association = open(provider.address(), files, 5)) {
            assertThat(association.maxOperations()).isEqualTo(3);
            int sent = 0;
            for (Path file : files) {
                association.store(file, status -> told.put(file, status.code()));
                assertThat(++sent - told.size()).isLessThanOrEqualTo(3);
            }
            association.awaitResponses();
        }
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void after_an_abort_only_confirmed_files_have_been_told() throws Exception {
        List<Path> files = files(5);
        List<ScriptedProvider.Answers> came = new ArrayList<>();
        List<Path> confirmed = new ArrayList<>();
        try (ScriptedProvider provider =
                        new ScriptedProvider(TransferCapabilities.storage(), 8, (answers, request, identifier) -> {
                            came.add(answers);
                            if (came.size() == 5) {
                                came.get(3).status(0);
                                came.get(1).status(0);
                                answers.layer.abort();
                            }
                        });
                Association association = open(provider.address(), files, 8)) {
            assertThatThrownBy(() -> {
                        for (Path file : files) {
                            association.store(file, status -> confirmed.add(file));
                        }
                        association.awaitResponses();
                    })
                    .isInstanceOfSatisfying(
                            AssociationException.class,
                            e -> assertThat(e.kind()).isEqualTo(AssociationException.Kind.ABORTED));
        }
        assertThat(confirmed).containsExactly(files.get(3), files.get(1));
    }

    @Test
    void a_response_that_nobody_waits_for_ends_the_association() throws Exception {
        List<Path> files = files(1);
        try (ScriptedProvider provider =
                        new ScriptedProvider(TransferCapabilities.storage(), 8, (answers, request, identifier) -> {
                            answers.status(0);
                            answers.status(0);
                        });
                Association association = open(provider.address(), files, 8)) {
            List<Path> confirmed = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            association.store(files.get(0), status -> confirmed.add(files.get(0)));
                        }
                        association.awaitResponses();
                    })
                    .hasMessageContaining("instead of the response to one of");
        }
    }

    @Test
    void ours_with_ours_and_an_echo_and_a_file_that_does_not_fit_in_between() throws IOException {
        List<Path> files = files(40);
        Path strange = folder.resolve("strange.dcm");
        Part10.write(
                strange,
                Part10.of(
                        Part10.read(files.get(0)).dataSet().copy().set(Tag.SOPClassUID, UID.MRImageStorage),
                        UID.ExplicitVRLittleEndian));
        MemoryStore store = new MemoryStore();
        List<Path> confirmed = new ArrayList<>();
        AeAddress to = new AeAddress("MYONODE", "127.0.0.1", listen(store, 16, SHORT));
        try (Association association = open(to, files, 8)) {
            assertThat(association.maxOperations()).isEqualTo(8);
            for (Path file : files) {
                association.store(file, status -> {
                    assertThat(status).isEqualTo(DimseStatus.SUCCESS);
                    confirmed.add(file);
                });
                if (confirmed.size() == 20) {
                    assertThatThrownBy(() -> association.store(strange, status -> {}))
                            .isInstanceOf(NoPresentationContextException.class);
                }
            }
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.store(files.get(0))).isEqualTo(DimseStatus.SUCCESS);
            association.awaitResponses();
        }
        assertThat(confirmed).isEqualTo(files);
        assertThat(store.dataSets).hasSize(40);
        assertThat(store.closed).containsExactly(false);
    }

    @Test
    void a_peer_that_does_not_negotiate_gets_one_at_a_time() throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        List<Path> files = files(5);
        int confirmed = 0;
        try (DcmtkStoreScp peer = DcmtkStoreScp.start(folder.resolve("peer"), "+B");
                Association association = open(peer.address(), files, 16)) {
            assertThat(association.maxOperations()).isEqualTo(1);
            AtomicInteger told = new AtomicInteger();
            for (Path file : files) {
                association.store(file, status -> told.addAndGet(status.isSuccess() ? 1 : 0));
                assertThat(told.get()).isEqualTo(confirmed++);
            }
            association.awaitResponses();
            assertThat(told.get()).as(peer.log()).isEqualTo(5);
        }
    }
}
