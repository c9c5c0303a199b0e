package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.dicom.peers.Certificates;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Peers;

/** TLS by the BCP 195 profile: with ourselves, with DCMTK in both directions, and every certificate that must not do. */
@Timeout(60)
final class TlsTest {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final List<PresentationContext> ECHO = List.of(PresentationContext.verification());

    @TempDir
    static Path folder;

    private static Certificates hospital;
    private static Certificates stranger;
    private static Tls.Store node;
    private static Tls.Store pacs;

    private final MemoryStore store = new MemoryStore();
    private DicomListener listener;

    @BeforeAll
    static void issue() throws IOException {
        hospital = new Certificates(folder.resolve("ca"), "hospital");
        stranger = new Certificates(folder.resolve("other"), "stranger");
        node = hospital.issue("node");
        pacs = hospital.issue("pacs");
    }

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private static Tls tls(Tls.Store identity, Certificates trusted, boolean mutual) throws IOException {
        return Tls.load(new Tls.Settings(Optional.ofNullable(identity), Optional.of(trusted.trusted()), mutual, true));
    }

    private AeAddress listen(Tls tls) throws IOException {
        ListenerConfig config = new ListenerConfig(
                "MYONODE",
                InetAddress.getLoopbackAddress(),
                0,
                ListenerConfig.DEFAULT_MAX_PDU,
                4,
                Duration.ofSeconds(2),
                SHORT,
                TransferCapabilities.storage());
        listener = DicomListener.start(tls == null ? config : config.with(tls), AssociationPolicy.anyone(), store);
        return new AeAddress("MYONODE", "127.0.0.1", listener.port());
    }

    private static Association open(AeAddress to, Tls tls, List<PresentationContext> contexts) throws IOException {
        return Association.open(new AssociationConfig(to, "TESTSCU", SHORT, SHORT).with(tls), contexts);
    }

    private static void assertRefused(AeAddress to, Tls tls, String reason) {
        assertThatThrownBy(() -> {
                    try (Association association = open(to, tls, ECHO)) {
                        association.echo();
                    }
                })
                .isInstanceOfSatisfying(AssociationException.class, e -> {
                    assertThat(e.kind()).isEqualTo(AssociationException.Kind.TLS);
                    assertThat(e.isRetryable()).isFalse();
                })
                .hasMessageMatching("TLS with .* failed \\(.*" + reason + ".*\\)");
    }

    /** The peer does not take what we show: with TLS 1.3 its alert comes late, or is lost when it resets the connection. */
    private static void assertTurnedAway(AeAddress to, Tls tls) {
        assertThatThrownBy(() -> {
                    try (Association association = open(to, tls, ECHO)) {
                        association.echo();
                    }
                })
                .isInstanceOfSatisfying(
                        AssociationException.class,
                        e -> assertThat(e.kind()).isIn(AssociationException.Kind.TLS, AssociationException.Kind.CLOSED))
                .hasMessageContaining("certificate");
    }

    /** The listener goes on after whatever a peer did to it. */
    private void assertAlive(AeAddress to) throws IOException {
        try (Association association = open(to, tls(pacs, hospital, false), ECHO)) {
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void several_instances_are_under_way_over_tls() throws IOException {
        AssociationConfig config = new AssociationConfig(listen(tls(node, hospital, true)), "TESTSCU", SHORT, SHORT)
                .with(tls(pacs, hospital, false))
                .withMaxOperations(8);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            files.add(CtFile.write(folder.resolve(i + ".dcm"), 64 + 16 * i));
        }
        List<Path> confirmed = new ArrayList<>();
        try (Association association = Association.open(config, PresentationContext.forFiles(files))) {
            assertThat(association.maxOperations()).isEqualTo(8);
            for (Path file : files) {
                association.store(file, status -> confirmed.add(file));
            }
            association.awaitResponses();
        }
        assertThat(confirmed).isEqualTo(files);
        assertThat(store.dataSets).hasSize(20);
    }

    @Test
    void instances_arrive_over_mutual_tls() throws IOException {
        AeAddress to = listen(tls(node, hospital, true));
        Path file = CtFile.write(folder.resolve("own.dcm"), 600);
        try (Association association =
                open(to, tls(pacs, hospital, false), PresentationContext.forFiles(List.of(file)))) {
            assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(store.requests).hasSize(2);
        assertThat(Part10.readDataSet(
                        store.dataSets.get(store.requests.get(0).sopInstanceUid()), UID.ExplicitVRLittleEndian))
                .isEqualTo(Part10.read(file).dataSet());
        assertThat(store.closed).containsExactly(false);
    }

    @Test
    void without_mutual_authentication_no_client_certificate_is_needed() throws IOException {
        AeAddress to = listen(tls(node, hospital, false));
        try (Association association = open(to, tls(null, hospital, false), ECHO)) {
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void a_client_without_or_with_a_foreign_certificate_is_refused() throws IOException {
        AeAddress to = listen(tls(node, hospital, true));
        assertTurnedAway(to, tls(null, hospital, false));
        assertTurnedAway(to, tls(stranger.issue("intruder"), hospital, false));
        assertThat(store.closed).isEmpty();
        assertAlive(to);
    }

    @Test
    void an_expired_client_certificate_is_refused() throws IOException {
        AeAddress to = listen(tls(node, hospital, true));
        Instant now = Instant.now();
        Tls.Store expired =
                hospital.issue("expired-client", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
        assertTurnedAway(to, tls(expired, hospital, false));
        assertAlive(to);
    }

    @Test
    void a_server_certificate_that_is_foreign_expired_early_or_for_another_host_is_refused() throws IOException {
        Tls ours = tls(pacs, hospital, false);
        Instant now = Instant.now();
        assertRefused(listen(tls(stranger.issue("node"), hospital, false)), ours, "is not trusted");
        listener.close();
        Tls.Store expired = hospital.issue("expired", now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)));
        assertRefused(listen(tls(expired, hospital, false)), ours, "has expired");
        listener.close();
        Tls.Store early = hospital.issue("early", now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)));
        assertRefused(listen(tls(early, hospital, false)), ours, "is not valid yet");
        listener.close();

        AeAddress elsewhere = listen(tls(hospital.issue("pacs.example.org"), hospital, false));
        assertRefused(elsewhere, ours, "127\\.0\\.0\\.1");
        Tls anyHost = Tls.load(new Tls.Settings(Optional.of(pacs), Optional.of(hospital.trusted()), false, false));
        try (Association association = open(elsewhere, anyHost, ECHO)) {
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void a_plain_peer_on_a_tls_port_and_a_tls_peer_on_a_plain_port_fail_soon_and_harm_nothing() throws IOException {
        AeAddress secure = listen(tls(node, hospital, false));
        assertThatThrownBy(() -> Association.open(secure, "TESTSCU", ECHO, SHORT, SHORT))
                .isInstanceOfSatisfying(
                        AssociationException.class,
                        e -> assertThat(e.kind()).isNotEqualTo(AssociationException.Kind.TIMEOUT));
        assertAlive(secure);
        listener.close();

        AeAddress plain = listen(null);
        assertRefused(plain, tls(pacs, hospital, false), "does not speak TLS");
        try (Association association = Association.open(plain, "TESTSCU", ECHO, SHORT, SHORT)) {
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void a_peer_that_is_silent_or_drips_in_the_handshake_is_cut_off_by_artim() throws IOException {
        AeAddress to = listen(tls(node, hospital, false));
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), to.port());
                Socket dripping = new Socket(InetAddress.getLoopbackAddress(), to.port())) {
            OutputStream out = dripping.getOutputStream();
            // a record header that announces 16 KiB, then a byte now and then
            out.write(new byte[] {22, 3, 1, 64, 0});
            silent.setSoTimeout(10_000);
            dripping.setSoTimeout(100);
            assertThat(silent.getInputStream().read()).isNegative();
            assertThat(endOf(dripping)).isTrue();
        }
        assertAlive(to);
    }

    private static boolean endOf(Socket dripping) {
        long deadline = System.nanoTime() + SHORT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                dripping.getOutputStream().write(0);
                if (dripping.getInputStream().read() < 0) {
                    return true;
                }
            } catch (java.net.SocketTimeoutException goOn) {
                // the next drop
            } catch (IOException reset) {
                return true;
            }
        }
        return false;
    }

    @Test
    void a_silent_peer_on_an_association_is_ended_by_the_idle_timer() throws Exception {
        ListenerConfig config = new ListenerConfig(
                "MYONODE",
                InetAddress.getLoopbackAddress(),
                0,
                16384,
                1,
                Duration.ofSeconds(2),
                Duration.ofMillis(300),
                TransferCapabilities.storage());
        listener = DicomListener.start(config.with(tls(node, hospital, false)), AssociationPolicy.anyone(), store);
        AeAddress to = new AeAddress("MYONODE", "127.0.0.1", listener.port());
        try (Association association = open(to, tls(pacs, hospital, false), ECHO)) {
            assertThat(store.closed.poll(5, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
            assertThatThrownBy(association::echo).isInstanceOf(AssociationException.class);
        }
    }

    @Test
    void waiting_for_a_report_does_not_disturb_tls() throws IOException {
        AeAddress to = listen(tls(node, hospital, false));
        try (Association association = open(to, tls(pacs, hospital, false), ECHO)) {
            association.attend(Duration.ofMillis(200), () -> false);
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(store.closed).containsExactly(false);
    }

    @Test
    void versions_and_suites_below_the_profile_are_refused() throws Exception {
        AeAddress to = listen(tls(node, hospital, false));
        for (String suite : List.of("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256")) {
            SSLContext lax = SSLContext.getInstance("TLS");
            lax.init(null, null, null);
            try (SSLSocket socket = (SSLSocket) lax.getSocketFactory().createSocket("127.0.0.1", to.port())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.setEnabledCipherSuites(new String[] {suite});
                assertThatThrownBy(socket::startHandshake).as(suite).hasMessageContaining("handshake_failure");
            }
        }
        assertAlive(to);
    }

    @Test
    void stores_may_be_pkcs12_and_what_is_wrong_with_a_store_is_named() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        Path file = folder.resolve("trust.p12");
        try (var in = Files.newInputStream(hospital.authority());
                OutputStream out = Files.newOutputStream(file)) {
            keys.setCertificateEntry(
                    "ca",
                    java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
            keys.store(out, "secret".toCharArray());
        }
        Optional<Tls.Store> trust = Optional.of(new Tls.Store(file, "secret"));
        AeAddress to = listen(tls(node, hospital, false));
        try (Association association =
                open(to, Tls.load(new Tls.Settings(Optional.empty(), trust, false, true)), ECHO)) {
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }

        refused(new Tls.Store(file, "wrong"), "trust.p12 cannot be read: keystore password was incorrect");
        refused(new Tls.Store(folder.resolve("absent.pem"), ""), "absent.pem cannot be read");
        refused(new Tls.Store(Files.writeString(folder.resolve("text.pem"), "hello"), ""), "text.pem");
        Path encrypted = Files.writeString(
                folder.resolve("enc.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----");
        refused(new Tls.Store(encrypted, ""), "openssl pkcs8");
        refused(node, "holds no trusted certificate");
        assertThatThrownBy(() ->
                        Tls.load(new Tls.Settings(Optional.of(hospital.trusted()), Optional.empty(), false, true)))
                .hasMessageContaining("holds no private key");
        assertThatThrownBy(() -> listen(tls(null, hospital, false))).hasMessageContaining("private key");
        assertThat(new Tls.Store(file, "secret").toString()).doesNotContain("secret");
    }

    private static void refused(Tls.Store trusted, String reason) {
        assertThatThrownBy(() -> Tls.load(new Tls.Settings(Optional.empty(), Optional.of(trusted), false, true)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    // ---- DCMTK

    private static List<String> dcmtk(String program, Certificates trusted, Tls.Store identity, String... more) {
        List<String> command = new ArrayList<>(List.of(program));
        if (identity == null) {
            command.add("+tla");
        } else {
            String subject = identity.file().getFileName().toString().replace(".pem", "");
            Path home = identity.file().resolveSibling(subject);
            command.addAll(List.of("+tls", home + ".key", home + ".crt"));
        }
        command.addAll(List.of("+cf", trusted.authority().toString()));
        command.addAll(List.of(more));
        return command;
    }

    @Test
    void dcmtk_sends_to_us() throws Exception {
        assumeTrue(Peers.onPath("storescu"), "dcmtk is not installed");
        AeAddress to = listen(tls(node, hospital, true));
        String port = Integer.toString(to.port());
        Path file = CtFile.write(folder.resolve("dcmtk.dcm"), 512);
        String[] call = {"-aec", "MYONODE", "127.0.0.1", port};

        Peers.Outcome sent = Peers.run(with(dcmtk("storescu", hospital, pacs, call), file.toString()));
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        assertThat(store.requests).hasSize(1);
        assertThat(Part10.readDataSet(
                        store.dataSets.get(store.requests.get(0).sopInstanceUid()),
                        store.requests.get(0).transferSyntax()))
                .isEqualTo(Part10.read(file).dataSet());

        for (List<String> refused : List.of(
                dcmtk("echoscu", hospital, null, call),
                dcmtk("echoscu", hospital, stranger.issue("intruder"), call),
                dcmtk("echoscu", stranger, pacs, call),
                with(List.of("echoscu"), call))) {
            Peers.Outcome outcome = Peers.run(refused);
            assertThat(outcome.exitCode()).as(refused + "\n" + outcome.output()).isNotZero();
        }
        assertAlive(to);
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--profile-bcp195-nd", "--profile-bcp195-ex"})
    void we_send_to_dcmtk(String profile) throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        Path file = CtFile.write(folder.resolve("to-dcmtk.dcm"), 512);
        Path home = Files.createTempDirectory(folder, "storescp");
        List<String> options = dcmtk("storescp", hospital, pacs, profile, "+B");
        try (DcmtkStoreScp peer =
                DcmtkStoreScp.start(home, options.subList(1, options.size()).toArray(String[]::new))) {
            try (Association association =
                    open(peer.address(), tls(node, hospital, false), PresentationContext.forFiles(List.of(file)))) {
                assertThat(association.store(file)).as(peer.log()).isEqualTo(DimseStatus.SUCCESS);
            }
            assertThat(peer.received()).hasSize(1);
            assertThat(Part10.read(peer.received().get(0)).dataSet())
                    .isEqualTo(Part10.read(file).dataSet());
            assertTurnedAway(peer.address(), tls(null, hospital, false));
            assertTurnedAway(peer.address(), tls(stranger.issue("intruder"), hospital, false));
            assertRefused(peer.address(), tls(node, stranger, false), "is not trusted");
        }
    }

    @Test
    void a_peer_that_closes_in_the_handshake_is_told_apart_from_one_that_is_not_there() throws IOException {
        try (ServerSocket rude = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread closer = new Thread(() -> {
                try {
                    rude.accept().close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            closer.start();
            AeAddress to = new AeAddress("RUDE", "127.0.0.1", rude.getLocalPort());
            Tls ours = tls(pacs, hospital, false);
            assertThatThrownBy(() -> open(to, ours, ECHO))
                    .isInstanceOfSatisfying(
                            AssociationException.class,
                            e -> assertThat(e.kind())
                                    .isIn(AssociationException.Kind.TLS, AssociationException.Kind.UNREACHABLE));
        }
    }
}
