package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.dicom.peers.Peers;

/** Our user and provider with each other, and each with DCMTK and Orthanc. */
@Timeout(60)
final class AssociationTest {
    private static final Duration SHORT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private DicomListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private AeAddress listen(TransferCapability... capabilities) throws IOException {
        return listen(store, capabilities);
    }

    private AeAddress listen(StoreHandler handler, TransferCapability... capabilities) throws IOException {
        listener = DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        4,
                        Duration.ofSeconds(2),
                        SHORT,
                        capabilities.length == 0 ? TransferCapabilities.storage() : List.of(capabilities)),
                AssociationPolicy.anyone(),
                handler);
        return new AeAddress("MYONODE", "127.0.0.1", listener.port());
    }

    private static Association open(AeAddress to, List<PresentationContext> contexts) throws IOException {
        return Association.open(to, "TESTSCU", contexts, SHORT, SHORT);
    }

    private static DataSet image(int rows, String sopClass) {
        byte[] pixels = new byte[rows * rows * 2];
        new Random(rows).nextBytes(pixels);
        return new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 100")
                .set(Tag.SOPClassUID, sopClass)
                .set(Tag.SOPInstanceUID, Uids.random())
                .set(Tag.StudyDate, "20260101")
                .set(Tag.Modality, "CT")
                .set(Tag.PatientName, "Test^Phantom")
                .set(Tag.PatientID, "T1")
                .set(Tag.StudyInstanceUID, Uids.random())
                .set(Tag.SeriesInstanceUID, Uids.random())
                .set(Tag.InstanceNumber, "1")
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, rows)
                .set(Tag.Columns, rows)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .setBytes(Tag.PixelData, VR.OW, pixels);
    }

    private Path write(String name, DataSet dataSet, String syntax) throws IOException {
        Path file = folder.resolve(name);
        Part10.write(file, Part10.of(dataSet, syntax));
        return file;
    }

    private static byte[] dataSetBytes(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOfRange(all, (int) Part10Header.read(file).dataSetOffset(), all.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                UID.ImplicitVRLittleEndian,
                UID.ExplicitVRLittleEndian,
                UID.ExplicitVRBigEndian,
                UID.DeflatedExplicitVRLittleEndian
            })
    void a_file_arrives_byte_for_byte_in_each_uncompressed_syntax(String syntax) throws IOException {
        Path file = write("a.dcm", image(300, UID.CTImageStorage), syntax);
        DicomFile inMemory = Part10.of(image(10, UID.CTImageStorage), syntax);
        try (Association association = open(listen(), PresentationContext.forFiles(List.of(file)))) {
            assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.store(inMemory)).isEqualTo(DimseStatus.SUCCESS);
        }
        StoreRequest first = store.requests.get(0);
        assertThat(store.dataSets.get(first.sopInstanceUid())).isEqualTo(dataSetBytes(file));
        assertThat(first.transferSyntax()).isEqualTo(syntax);
        StoreRequest second = store.requests.get(1);
        assertThat(Part10.readDataSet(store.dataSets.get(second.sopInstanceUid()), second.transferSyntax()))
                .isEqualTo(inMemory.dataSet());
        assertThat(store.closed).containsExactly(false);
    }

    @Test
    void encapsulated_pixels_are_carried_through() throws IOException {
        DataSet dataSet = image(4, UID.CTImageStorage)
                .setFragments(
                        Tag.PixelData, VR.OB, List.of(new byte[0], new byte[] {1, 2, 3, 4}, new byte[] {5, 6, 7, 8}));
        Path file = write("j.dcm", dataSet, UID.JPEGLosslessSV1);
        Path plain = write("p.dcm", image(4, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        try (Association association = open(listen(), PresentationContext.forFiles(List.of(file, plain)))) {
            assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.store(plain)).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(store.requests)
                .extracting(StoreRequest::transferSyntax)
                .containsExactly(UID.JPEGLosslessSV1, UID.ExplicitVRLittleEndian);
        assertThat(store.dataSets.get(store.requests.get(0).sopInstanceUid())).isEqualTo(dataSetBytes(file));
    }

    @Test
    void what_only_fits_an_implicit_context_is_written_anew() throws IOException {
        AeAddress to = listen(new TransferCapability(UID.CTImageStorage, List.of(UID.ImplicitVRLittleEndian)));
        for (String syntax : List.of(UID.ExplicitVRBigEndian, UID.DeflatedExplicitVRLittleEndian)) {
            DataSet dataSet = image(64, UID.CTImageStorage);
            Path file = write("t.dcm", dataSet, syntax);
            try (Association association = open(to, PresentationContext.forFiles(List.of(file)))) {
                assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            }
            byte[] received = store.dataSets.get(dataSet.requireText(Tag.SOPInstanceUID));
            assertThat(Part10.readDataSet(received, UID.ImplicitVRLittleEndian)).isEqualTo(dataSet);
        }
        assertThat(PresentationContext.storage(UID.RTStructureSetStorage, List.of(UID.ExplicitVRLittleEndian)))
                .containsExactly(
                        new PresentationContext(UID.RTStructureSetStorage, List.of(UID.ImplicitVRLittleEndian)));
    }

    @Test
    void a_refused_sop_class_is_named_and_the_association_goes_on() throws IOException {
        AeAddress to = listen(new TransferCapability(UID.CTImageStorage, List.of(UID.ExplicitVRLittleEndian)));
        Path ct = write("ct.dcm", image(8, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        Path seg = write("seg.dcm", image(8, UID.SegmentationStorage), UID.ExplicitVRLittleEndian);
        List<PresentationContext> contexts = new ArrayList<>(PresentationContext.forFiles(List.of(ct, seg)));
        contexts.add(PresentationContext.verification());
        try (Association association = open(to, contexts)) {
            assertThatThrownBy(() -> association.store(seg))
                    .isInstanceOf(NoPresentationContextException.class)
                    .hasMessageContaining(UID.SegmentationStorage);
            assertThat(association.store(ct)).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void the_comment_of_a_failure_reaches_the_sender() throws IOException {
        Path ct = write("ct.dcm", image(8, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        AeAddress to = listen((request, dataSet) -> DimseStatus.OUT_OF_RESOURCES.with("disk full"));
        try (Association association = open(to, PresentationContext.forFiles(List.of(ct)))) {
            DimseStatus status = association.store(ct);
            assertThat(status).hasToString("A700 out of resources (disk full)");
            assertThat(status.isRetryable()).isTrue();
        }
    }

    @Test
    void rejection_silence_and_absence_are_told_apart() throws IOException {
        AeAddress own = listen();
        List<PresentationContext> echo = List.of(PresentationContext.verification());
        assertThatThrownBy(() -> open(new AeAddress("OTHER", "127.0.0.1", own.port()), echo))
                .isInstanceOfSatisfying(
                        AssociationException.class,
                        e -> assertThat(e.isRetryable()).isFalse())
                .hasMessage("rejected by OTHER (called AE title not recognized)");
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            AeAddress to = new AeAddress("MUTE", "127.0.0.1", mute.getLocalPort());
            assertThatThrownBy(() -> Association.open(to, "T", echo, SHORT, Duration.ofMillis(200)))
                    .isInstanceOfSatisfying(
                            AssociationException.class,
                            e -> assertThat(e.kind()).isEqualTo(AssociationException.Kind.TIMEOUT));
        }
        AeAddress nobody = new AeAddress("NOBODY", "127.0.0.1", freePort());
        assertThatThrownBy(() -> open(nobody, echo))
                .isInstanceOfSatisfying(
                        AssociationException.class,
                        e -> assertThat(e.kind()).isEqualTo(AssociationException.Kind.UNREACHABLE));
    }

    private static int freePort() throws IOException {
        return Peers.freePort();
    }

    @Test
    void dcmtk_echoes_and_sends_to_us() throws Exception {
        assumeTrue(Peers.onPath("dcmsend"), "dcmtk is not installed");
        AeAddress to = listen();
        String port = Integer.toString(to.port());
        Peers.Outcome echo = Peers.run("echoscu", "-aec", "MYONODE", "127.0.0.1", port);
        assertThat(echo.exitCode()).as(echo.output()).isZero();
        Peers.Outcome wrong = Peers.run("echoscu", "-aec", "OTHER", "127.0.0.1", port);
        assertThat(wrong.exitCode()).isNotZero();
        assertThat(wrong.output()).contains("Called AE Title Not Recognized");

        Path ct = write("ct.dcm", image(512, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        Path pet = write("pet.dcm", image(128, UID.PositronEmissionTomographyImageStorage), UID.ImplicitVRLittleEndian);
        Peers.Outcome sent = Peers.run("dcmsend", "-aec", "MYONODE", "127.0.0.1", port, ct.toString(), pet.toString());
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        for (Path file : List.of(ct, pet)) {
            assertThat(received(file)).isEqualTo(Part10.read(file).dataSet());
        }
        assertThat(store.dataSets.get(Part10Header.read(ct).sopInstanceUid())).isEqualTo(dataSetBytes(ct));

        store.dataSets.clear();
        Peers.Outcome stored =
                Peers.run("storescu", "--max-pdu", "4096", "-aec", "MYONODE", "127.0.0.1", port, ct.toString());
        assertThat(stored.exitCode()).as(stored.output()).isZero();
        assertThat(store.dataSets.get(Part10Header.read(ct).sopInstanceUid())).isEqualTo(dataSetBytes(ct));
    }

    private DataSet received(Path file) throws IOException {
        String instance = Part10Header.read(file).sopInstanceUid();
        String syntax = store.requests.stream()
                .filter(request -> request.sopInstanceUid().equals(instance))
                .map(StoreRequest::transferSyntax)
                .findFirst()
                .orElseThrow();
        return Part10.readDataSet(store.dataSets.get(instance), syntax);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4096", "131072"})
    void we_send_to_dcmtk(String maxPdu) throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        Path ct = write("ct.dcm", image(512, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        try (DcmtkStoreScp peer = DcmtkStoreScp.start(folder.resolve("peer"), "--max-pdu", maxPdu, "+B")) {
            List<PresentationContext> contexts = new ArrayList<>(PresentationContext.forFiles(List.of(ct)));
            contexts.add(PresentationContext.verification());
            try (Association association = open(peer.address(), contexts)) {
                assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
                assertThat(association.store(ct)).as(peer.log()).isEqualTo(DimseStatus.SUCCESS);
            }
            assertThat(peer.received()).hasSize(1);
            assertThat(dataSetBytes(peer.received().get(0))).isEqualTo(dataSetBytes(ct));
        }
    }

    @Test
    void we_send_to_orthanc() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        Path ct = write("ct.dcm", image(512, UID.CTImageStorage), UID.ExplicitVRLittleEndian);
        try (Orthanc pacs = Orthanc.start(folder.resolve("pacs"))) {
            List<PresentationContext> contexts = new ArrayList<>(PresentationContext.forFiles(List.of(ct)));
            contexts.add(PresentationContext.verification());
            try (Association association = open(pacs.address(), contexts)) {
                assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
                assertThat(association.store(ct)).as(pacs.log()).isEqualTo(DimseStatus.SUCCESS);
            }
            String id = pacs.get("/instances").replaceAll("[\\[\\]\"\\s]", "");
            Path back = Files.write(folder.resolve("back.dcm"), pacs.bytes("/instances/" + id + "/file"));
            assertThat(dataSetBytes(back)).isEqualTo(dataSetBytes(ct));
            AeAddress wrong = new AeAddress("WRONG", "127.0.0.1", pacs.address().port());
            assertThatThrownBy(() -> open(wrong, contexts))
                    .hasMessage("rejected by WRONG (called AE title not recognized)");
        }
    }

    @Test
    void who_asks_is_told_to_a_peer_that_wants_to_know() throws Exception {
        AeAddress own = listen();
        AssociationConfig config = new AssociationConfig(own, "TESTSCU", SHORT, SHORT);
        List<PresentationContext> echo = List.of(PresentationContext.verification());
        UserIdentity alice = new UserIdentity("alice", Optional.of("secret"));
        try (Association named = Association.open(config.with(alice), echo);
                Association nameless = Association.open(config, echo)) {
            assertThat(named.userConfirmed()).isTrue();
            assertThat(nameless.userConfirmed()).isFalse();
        }
        assertThat(alice.toString()).contains("alice").doesNotContain("secret");

        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Pdu.UserIdentity> heard = CompletableFuture.supplyAsync(() -> {
                try (Wire wire = new Wire(server.accept())) {
                    byte[] pdu = wire.readPdu();
                    Pdu.AssociateRequest request = (Pdu.AssociateRequest)
                            PduDecoder.decode(Pdu.ASSOCIATE_RQ, Arrays.copyOfRange(pdu, 6, pdu.length));
                    wire.send(PduEncoder.encode(new Pdu.AssociateReject(Rejection.NO_REASON)));
                    return request.user().userIdentity().orElseThrow();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            AeAddress to = new AeAddress("PACS", "127.0.0.1", server.getLocalPort());
            assertThatThrownBy(() ->
                            Association.open(new AssociationConfig(to, "TESTSCU", SHORT, SHORT).with(alice), echo))
                    .hasMessageStartingWith("rejected by PACS");
            Pdu.UserIdentity identity = heard.get(10, TimeUnit.SECONDS);
            assertThat(identity.type()).isEqualTo(Pdu.UserIdentity.USER_NAME_AND_PASSCODE);
            assertThat(identity.primary()).asString(StandardCharsets.UTF_8).isEqualTo("alice");
            assertThat(identity.secondary()).asString(StandardCharsets.UTF_8).isEqualTo("secret");
        }
    }

    /** PS3.8 section 7.2.2: the requestor of the association answers first. */
    @Test
    void a_release_that_both_sides_ask_for_at_once_ends_in_order() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Boolean> peer = CompletableFuture.supplyAsync(() -> {
                try (Wire wire = new Wire(server.accept())) {
                    byte[] pdu = wire.readPdu();
                    Pdu.AssociateRequest request = (Pdu.AssociateRequest)
                            PduDecoder.decode(Pdu.ASSOCIATE_RQ, Arrays.copyOfRange(pdu, 6, pdu.length));
                    wire.send(PduEncoder.encode(
                            new Negotiation(TransferCapabilities.storage(), 16384, 1).answer(request)));
                    assertThat(wire.readPdu()).isEqualTo(PduEncoder.encode(new Pdu.ReleaseRequest()));
                    wire.send(PduEncoder.encode(new Pdu.ReleaseRequest()));
                    assertThat(wire.readPdu()).isEqualTo(PduEncoder.encode(new Pdu.ReleaseResponse()));
                    wire.send(PduEncoder.encode(new Pdu.ReleaseResponse()));
                    return wire.atEnd();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            AeAddress to = new AeAddress("PACS", "127.0.0.1", server.getLocalPort());
            open(to, List.of(PresentationContext.verification())).close();
            assertThat(peer.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void addresses_are_read_and_printed() {
        assertThat(AeAddress.parse("PACS@10.0.0.1:104")).isEqualTo(new AeAddress("PACS", "10.0.0.1", 104));
        assertThat(AeAddress.parse("PACS@[::1]:104")).hasToString("PACS@[::1]:104");
        for (String bad : List.of("PACS", "PACS@host", "@host:1", "PACS@host:0", "A2345678901234567@host:104")) {
            assertThatThrownBy(() -> AeAddress.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Optional.of(Rejection.LOCAL_LIMIT_EXCEEDED).filter(Rejection::isTransient))
                .isPresent();
    }
}
