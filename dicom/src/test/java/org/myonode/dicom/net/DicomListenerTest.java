package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The provider against a raw peer: what the standard answers to the good, the bad and the ugly. */
@Timeout(30)
final class DicomListenerTest {
    private static final String INSTANCE = "1.2.3.4";

    private final MemoryStore store = new MemoryStore();
    private DicomListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private int listen() throws IOException {
        return listen(AssociationPolicy.anyone(), store, 4, Duration.ofSeconds(5));
    }

    private int listen(AssociationPolicy policy, StoreHandler handler, int associations, Duration idle)
            throws IOException {
        listener = DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        32768,
                        associations,
                        Duration.ofMillis(300),
                        idle,
                        TransferCapabilities.storage()),
                policy,
                handler);
        return listener.port();
    }

    private static byte[] reject(int result, int source, int reason) {
        return new byte[] {3, 0, 0, 0, 0, 4, 0, (byte) result, (byte) source, (byte) reason};
    }

    private static byte[] abort(int source, int reason) {
        return new byte[] {7, 0, 0, 0, 0, 4, 0, 0, (byte) source, (byte) reason};
    }

    private void assertAlive(int port) throws IOException {
        try (Wire wire = new Wire(port).associate()) {
            wire.send(PduEncoder.encode(new Pdu.ReleaseRequest()));
            assertThat(wire.readPdu()).isEqualTo(PduEncoder.encode(new Pdu.ReleaseResponse()));
        }
    }

    @Test
    void an_unknown_called_title_is_rejected() throws IOException {
        try (Wire wire = new Wire(listen())) {
            wire.send(PduEncoder.encode(Wire.request("OTHER")));
            assertThat(wire.readPdu()).isEqualTo(reject(1, 1, 7));
            assertThat(wire.atEnd()).as("closed after ARTIM").isTrue();
        }
    }

    @Test
    void a_calling_title_that_the_policy_does_not_know_is_rejected() throws IOException {
        int port = listen(
                info -> info.callingAeTitle().equals("WIRE")
                        ? Optional.of(Rejection.CALLING_AE_NOT_RECOGNIZED)
                        : Optional.empty(),
                store,
                4,
                Duration.ofSeconds(5));
        try (Wire wire = new Wire(port)) {
            wire.send(PduEncoder.encode(Wire.request("MYONODE")));
            assertThat(wire.readPdu()).isEqualTo(reject(1, 1, 3));
        }
    }

    @Test
    void another_application_context_is_rejected() throws IOException {
        Pdu.AssociateRequest good = Wire.request("MYONODE");
        try (Wire wire = new Wire(listen())) {
            wire.send(PduEncoder.encode(new Pdu.AssociateRequest(
                    1, good.calledAeTitle(), good.callingAeTitle(), "1.2.3", good.contexts(), good.user())));
            assertThat(wire.readPdu()).isEqualTo(reject(1, 1, 2));
        }
    }

    @Test
    void another_protocol_version_is_rejected() throws IOException {
        byte[] request = PduEncoder.encode(Wire.request("MYONODE"));
        request[7] = 2;
        try (Wire wire = new Wire(listen())) {
            wire.send(request);
            assertThat(wire.readPdu()).isEqualTo(reject(1, 2, 2));
        }
    }

    @Test
    void one_association_too_many_is_rejected_for_the_moment() throws IOException {
        int port = listen(AssociationPolicy.anyone(), store, 1, Duration.ofSeconds(5));
        try (Wire first = new Wire(port).associate();
                Wire second = new Wire(port)) {
            second.send(PduEncoder.encode(Wire.request("MYONODE")));
            assertThat(second.readPdu()).isEqualTo(reject(2, 3, 2));
            first.send(PduEncoder.encode(new Pdu.ReleaseRequest()));
            first.readPdu();
            assertAlive(port);
        }
    }

    @Test
    void the_policy_may_plead_congestion() throws IOException {
        int port = listen(info -> Optional.of(Rejection.TEMPORARY_CONGESTION), store, 4, Duration.ofSeconds(5));
        try (Wire wire = new Wire(port)) {
            wire.send(PduEncoder.encode(Wire.request("MYONODE")));
            assertThat(wire.readPdu()).isEqualTo(reject(2, 3, 1));
        }
    }

    @Test
    void garbage_is_aborted_and_closed_and_the_listener_lives_on() throws IOException {
        int port = listen();
        try (Wire wire = new Wire(port)) {
            wire.send("GET / HTTP/1.1\r\nHost: node\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(wire.readPdu()).isEqualTo(abort(0, 0));
            assertThat(wire.atEnd()).isTrue();
        }
        assertAlive(port);
    }

    @Test
    void an_absurd_length_is_aborted_without_being_read() throws IOException {
        int port = listen();
        try (Wire wire = new Wire(port)) {
            wire.send(new byte[] {1, 0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
            assertThat(wire.readPdu()).isEqualTo(abort(0, 0));
        }
        try (Wire wire = new Wire(port).associate()) {
            wire.send(new byte[] {4, 0, 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
            assertThat(wire.readPdu()).as("invalid parameter value").isEqualTo(abort(2, 6));
        }
        assertAlive(port);
    }

    @Test
    void a_truncated_request_ends_with_artim() throws IOException {
        int port = listen();
        byte[] request = PduEncoder.encode(Wire.request("MYONODE"));
        try (Wire wire = new Wire(port)) {
            wire.send(Arrays.copyOf(request, request.length / 2));
            assertThat(wire.atEnd()).isTrue();
        }
        assertAlive(port);
    }

    @Test
    void every_cut_inside_a_request_of_consistent_length_is_answered() throws IOException {
        int port = listen();
        byte[] request = PduEncoder.encode(Wire.request("MYONODE"));
        for (int cut : new int[] {10, 73, 75, 80, 120, request.length - 1}) {
            byte[] shorter = Arrays.copyOf(request, cut);
            shorter[4] = (byte) ((cut - 6) >>> 8);
            shorter[5] = (byte) (cut - 6);
            try (Wire wire = new Wire(port)) {
                wire.send(shorter);
                assertThat(wire.readPdu()).as("cut at %d", cut).isEqualTo(abort(0, 0));
            }
        }
        assertAlive(port);
    }

    @Test
    void unexpected_and_unknown_pdus_are_aborted_with_their_reason() throws IOException {
        int port = listen();
        try (Wire wire = new Wire(port).associate()) {
            wire.send(PduEncoder.encode(Wire.request("MYONODE")));
            assertThat(wire.readPdu()).as("unexpected").isEqualTo(abort(2, 2));
        }
        try (Wire wire = new Wire(port).associate()) {
            wire.send(new byte[] {0x55, 0, 0, 0, 0, 0});
            assertThat(wire.readPdu()).as("unrecognized").isEqualTo(abort(2, 1));
        }
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(9, true, true, new byte[0]));
            assertThat(wire.readPdu()).as("unknown context").isEqualTo(abort(2, 6));
        }
        assertThat(listener.associationCount()).isLessThanOrEqualTo(4);
    }

    @Test
    void a_silent_peer_is_aborted_by_the_idle_timer() throws Exception {
        int port = listen(AssociationPolicy.anyone(), store, 1, Duration.ofMillis(150));
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(3, true, true, Wire.storeCommand(INSTANCE).encode()));
            wire.send(Wire.data(3, false, false, new byte[100]));
            assertThat(wire.readPdu()).isEqualTo(abort(0, 0));
            assertThat(store.failures.poll(5, TimeUnit.SECONDS)).isNotNull();
            assertThat(store.closed.poll(5, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(store.dataSets).isEmpty();
    }

    @Test
    void an_abort_in_the_data_set_reaches_the_handler_as_an_exception() throws Exception {
        int port = listen();
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(3, true, true, Wire.storeCommand(INSTANCE).encode()));
            wire.send(Wire.data(3, false, false, new byte[100]));
            wire.send(abort(0, 0));
            assertThat(store.failures.poll(5, TimeUnit.SECONDS)).hasMessageContaining("aborted by the service user");
            assertThat(store.closed.poll(5, TimeUnit.SECONDS)).isTrue();
        }
        try (Wire wire = new Wire(port).associate()) {
            wire.send(Wire.data(3, true, true, Wire.storeCommand(INSTANCE).encode()));
            wire.send(Arrays.copyOf(Wire.data(3, false, false, new byte[100]), 50));
        }
        assertThat(store.failures.poll(5, TimeUnit.SECONDS)).hasMessageContaining("closed the connection");
        assertAlive(port);
    }

    @Test
    void fragments_of_a_data_set_come_out_as_one_stream() throws IOException {
        try (Wire wire = new Wire(listen()).associate()) {
            byte[] command = Wire.storeCommand(INSTANCE).encode();
            wire.send(Wire.data(3, true, false, Arrays.copyOf(command, 30)));
            wire.send(Wire.data(3, true, true, Arrays.copyOfRange(command, 30, command.length)));
            byte[] dataSet = new byte[5000];
            new Random(3).nextBytes(dataSet);
            for (int i = 0; i < 5; i++) {
                wire.send(Wire.data(3, false, false, Arrays.copyOfRange(dataSet, i * 1000, (i + 1) * 1000)));
            }
            wire.send(Wire.data(3, false, true, new byte[0]));
            CommandSet response = wire.readCommand();
            assertThat(response.integerOr(CommandSet.STATUS, -1)).isZero();
            assertThat(response.integerOr(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, -1))
                    .isEqualTo(7);
            assertThat(store.dataSets.get(INSTANCE)).isEqualTo(dataSet);
            assertThat(store.requests.get(0).transferSyntax()).isEqualTo(TransferSyntaxes.EXPLICIT_LE);
        }
    }

    @Test
    void an_exception_of_the_handler_becomes_a_processing_failure_and_the_rest_is_drained() throws IOException {
        StoreHandler broken = (request, dataSet) -> {
            dataSet.read();
            throw new IllegalStateException("secret path");
        };
        try (Wire wire = new Wire(listen(AssociationPolicy.anyone(), broken, 1, Duration.ofSeconds(5))).associate()) {
            for (int i = 0; i < 2; i++) {
                wire.send(Wire.data(3, true, true, Wire.storeCommand(INSTANCE).encode()));
                wire.send(Wire.data(3, false, false, new byte[3000]));
                wire.send(Wire.data(3, false, true, new byte[3000]));
                CommandSet response = wire.readCommand();
                assertThat(response.integerOr(CommandSet.STATUS, -1)).isEqualTo(0x0110);
                assertThat(response.text(CommandSet.ERROR_COMMENT))
                        .startsWith("storing failed, see log")
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void a_command_that_contradicts_its_context_or_lacks_uids_is_refused_by_status() throws IOException {
        try (Wire wire = new Wire(listen()).associate()) {
            CommandSet other =
                    Wire.storeCommand(INSTANCE).uid(CommandSet.AFFECTED_SOP_CLASS_UID, "1.2.840.10008.5.1.4.1.1.4");
            wire.send(Wire.data(3, true, true, other.encode()));
            wire.send(Wire.data(3, false, true, new byte[10]));
            assertThat(wire.readCommand().integerOr(CommandSet.STATUS, -1)).isEqualTo(0x0122);
            wire.send(Wire.data(3, true, true, Wire.storeCommand("../../etc").encode()));
            wire.send(Wire.data(3, false, true, new byte[10]));
            assertThat(wire.readCommand().integerOr(CommandSet.STATUS, -1)).isEqualTo(0xC000);
            wire.send(Wire.data(
                    3,
                    true,
                    true,
                    Wire.storeCommand(INSTANCE)
                            .integer(CommandSet.COMMAND_FIELD, 0x0020)
                            .encode()));
            wire.send(Wire.data(3, false, true, new byte[10]));
            CommandSet unknown = wire.readCommand();
            assertThat(unknown.integerOr(CommandSet.COMMAND_FIELD, -1)).isEqualTo(0x8020);
            assertThat(unknown.integerOr(CommandSet.STATUS, -1)).isEqualTo(0x0211);
        }
    }

    @Test
    void closing_waits_for_the_running_store_and_aborts_the_idle() throws Exception {
        CountDownLatch storing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        StoreHandler slow = new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                storing.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return DimseStatus.OUT_OF_RESOURCES.with("disk full");
            }
        };
        int port = listen(AssociationPolicy.anyone(), slow, 2, Duration.ofSeconds(5));
        try (Wire running = new Wire(port).associate();
                Wire waiting = new Wire(port).associate()) {
            running.send(Wire.data(3, true, true, Wire.storeCommand(INSTANCE).encode()));
            running.send(Wire.data(3, false, true, new byte[10]));
            storing.await();
            var closing = ForkJoinPool.commonPool().submit(listener::close);
            assertThat(waiting.readPdu()).isEqualTo(abort(0, 0));
            assertThat(closing.isDone()).isFalse();
            goOn.countDown();
            CommandSet response = running.readCommand();
            assertThat(response.integerOr(CommandSet.STATUS, -1)).isEqualTo(0xA700);
            assertThat(response.text(CommandSet.ERROR_COMMENT)).isEqualTo("disk full");
            assertThat(running.readPdu()).isEqualTo(abort(0, 0));
            running.close();
            closing.get(5, TimeUnit.SECONDS);
        } finally {
            goOn.countDown();
        }
    }

    @Test
    void negotiation_answers_each_context_and_each_sub_item() throws IOException {
        Pdu.AssociateRequest good = Wire.request("MYONODE");
        Pdu.UserInformation user = new Pdu.UserInformation(
                0,
                "1.2.3",
                "PEER",
                Optional.of(new Pdu.AsynchronousOperations(8, 8)),
                List.of(new Pdu.RoleSelection("1.2.840.10008.5.1.4.1.1.2", true, true)),
                List.of(new Pdu.ExtendedNegotiation(0x56, new byte[] {0, 1, '1', 1})),
                Optional.of(new Pdu.UserIdentity(1, true, new byte[] {'x'}, new byte[0])),
                Optional.empty());
        List<Pdu.ProposedContext> contexts = List.of(
                new Pdu.ProposedContext(
                        1, "1.2.840.10008.5.1.4.1.1.2", List.of("1.2.3", TransferSyntaxes.JPEG_2000_LOSSLESS)),
                new Pdu.ProposedContext(3, "1.2.840.10008.5.1.4.1.1.2", List.of("1.2.3")),
                new Pdu.ProposedContext(5, "1.2.3.4.5", List.of(TransferSyntaxes.IMPLICIT_LE)));
        try (Wire wire = new Wire(listen())) {
            wire.send(PduEncoder.encode(new Pdu.AssociateRequest(
                    1, good.calledAeTitle(), good.callingAeTitle(), good.applicationContext(), contexts, user)));
            byte[] pdu = wire.readPdu();
            Pdu.AssociateAccept accept =
                    (Pdu.AssociateAccept) PduDecoder.decode(Pdu.ASSOCIATE_AC, Arrays.copyOfRange(pdu, 6, pdu.length));
            assertThat(accept.contexts())
                    .containsExactly(
                            new Pdu.ContextResult(1, 0, TransferSyntaxes.JPEG_2000_LOSSLESS),
                            new Pdu.ContextResult(3, 4, "1.2.3"),
                            new Pdu.ContextResult(5, 3, TransferSyntaxes.IMPLICIT_LE));
            assertThat(accept.user().maxLength()).isEqualTo(32768);
            assertThat(accept.user().implementationVersionName()).isNotEmpty();
            assertThat(accept.user().asynchronousOperations()).contains(new Pdu.AsynchronousOperations(8, 1));
            assertThat(accept.user().roles())
                    .containsExactly(new Pdu.RoleSelection("1.2.840.10008.5.1.4.1.1.2", true, false));
            assertThat(accept.user().userIdentityResponse()).isPresent();
        }
    }
}
