package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.net.StorageCommitment.Failure;
import org.myonode.dicom.net.StorageCommitment.Reference;
import org.myonode.dicom.net.StorageCommitment.Report;
import org.myonode.dicom.net.StorageCommitment.Request;
import org.myonode.dicom.peers.Certificates;
import org.myonode.dicom.peers.Orthanc;

/** Requests and reports: ours with ourselves, with a raw peer on one association, with Orthanc on two. */
@Timeout(60)
final class StorageCommitmentTest {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Reference KEPT = new Reference(UID.SegmentationStorage, "1.2.3.1");
    private static final Reference LOST = new Reference(UID.Comprehensive3DSRStorage, "1.2.3.2");

    @TempDir
    Path folder;

    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private DicomListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private AeAddress listen(NormalizedHandler handler, TransferCapability capability) throws IOException {
        return listen(handler, capability, Optional.empty());
    }

    private AeAddress listen(NormalizedHandler handler, TransferCapability capability, Optional<Tls> tls)
            throws IOException {
        ListenerConfig plain = new ListenerConfig(
                "MYONODE",
                InetAddress.getLoopbackAddress(),
                0,
                ListenerConfig.DEFAULT_MAX_PDU,
                4,
                Duration.ofSeconds(2),
                SHORT,
                List.of(capability));
        listener = DicomListener.start(
                tls.map(plain::with).orElse(plain),
                AssociationPolicy.anyone(),
                Performers.none().with(handler));
        return new AeAddress("MYONODE", "127.0.0.1", listener.port());
    }

    private NormalizedHandler keepReports() {
        return StorageCommitment.user((association, report) -> {
            reports.add(report);
            return DimseStatus.SUCCESS;
        });
    }

    private static Association open(AeAddress to, PresentationContext... contexts) throws IOException {
        return Association.open(to, "TESTSCU", List.of(contexts), SHORT, SHORT);
    }

    @Test
    void a_request_arrives_as_it_was_sent() throws IOException {
        AeAddress to = listen(
                StorageCommitment.provider((association, request) -> {
                    requests.add(request);
                    return DimseStatus.SUCCESS;
                }),
                StorageCommitment.providerCapability());
        Request request = new Request(Uids.random(), List.of(KEPT, LOST));
        try (Association association = open(to, StorageCommitment.context())) {
            assertThat(association.invoke(StorageCommitment.action(request))).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(requests).containsExactly(request);
    }

    @Test
    void a_provider_reports_on_its_own_association_with_the_roles_reversed() throws IOException {
        AeAddress to = listen(keepReports(), StorageCommitment.userCapability());
        Report good = new Report(Uids.random(), List.of(KEPT, LOST), List.of());
        Report mixed = new Report(Uids.random(), List.of(KEPT), List.of(new Failure(LOST, 0x0112)));
        try (Association association = open(to, StorageCommitment.reportingContext())) {
            assertThat(association.accepts(StorageCommitment.SOP_CLASS, Role.PROVIDER))
                    .isTrue();
            assertThat(association.accepts(StorageCommitment.SOP_CLASS, Role.USER))
                    .isFalse();
            assertThat(association.invoke(StorageCommitment.eventReport(good))).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.invoke(StorageCommitment.eventReport(mixed))).isEqualTo(DimseStatus.SUCCESS);
        }
        assertThat(reports).containsExactly(good, mixed);
        assertThat(mixed.failed().get(0).meaning()).isEqualTo("0112 no such object instance");
    }

    @Test
    void roles_that_the_other_side_does_not_have_are_refused() throws IOException {
        AeAddress to = listen(keepReports(), StorageCommitment.userCapability());
        try (Association association = open(
                to, StorageCommitment.context().as(Role.USER, Role.PROVIDER), PresentationContext.verification())) {
            assertThat(association.accepts(StorageCommitment.SOP_CLASS, Role.USER))
                    .isFalse();
            assertThat(association.accepts(StorageCommitment.SOP_CLASS, Role.PROVIDER))
                    .isTrue();
            Request request = new Request("1.2", List.of(KEPT));
            assertThatThrownBy(() -> association.invoke(StorageCommitment.action(request)))
                    .isInstanceOf(NoPresentationContextException.class)
                    .hasMessageContaining("with us as user");
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }

    @Test
    void what_is_wrong_with_a_report_is_told_by_status() throws IOException {
        AeAddress to = listen(keepReports(), StorageCommitment.userCapability());
        NormalizedRequest good = StorageCommitment.eventReport(new Report("1.2", List.of(KEPT), List.of()));
        try (Association association = open(to, StorageCommitment.reportingContext())) {
            assertThat(association.invoke(with(good, "1.2.3", 1, good.information())))
                    .isEqualTo(DimseStatus.NO_SUCH_SOP_INSTANCE);
            assertThat(association.invoke(with(good, good.sopInstanceUid(), 3, good.information())))
                    .isEqualTo(DimseStatus.NO_SUCH_EVENT_TYPE);
            assertThat(association
                            .invoke(with(good, good.sopInstanceUid(), 1, Optional.empty()))
                            .code())
                    .isEqualTo(0x0115);
            assertThat(association
                            .invoke(with(
                                    good,
                                    good.sopInstanceUid(),
                                    1,
                                    Optional.of(new DataSet()
                                            .set(Tag.TransactionUID, "1.2")
                                            .setItems(Tag.ReferencedSOPSequence, new DataSet()))))
                            .code())
                    .isEqualTo(0x0115);
        }
        assertThat(reports).isEmpty();
    }

    @Test
    void a_handler_that_fails_is_answered_with_processing_failure() throws IOException {
        AeAddress to = listen(
                StorageCommitment.user((association, report) -> {
                    throw new IllegalStateException("the ledger is away");
                }),
                StorageCommitment.userCapability());
        try (Association association = open(to, StorageCommitment.reportingContext())) {
            DimseStatus status =
                    association.invoke(StorageCommitment.eventReport(new Report("1.2", List.of(KEPT), List.of())));
            assertThat(status.code()).isEqualTo(0x0110);
            assertThat(status.comment()).doesNotContain("ledger");
        }
    }

    private static NormalizedRequest with(
            NormalizedRequest request, String instance, int type, Optional<DataSet> information) {
        return new NormalizedRequest(request.operation(), request.sopClassUid(), instance, type, information);
    }

    /** The report overtakes the response to the request, then a second one comes while we attend. */
    @Test
    void reports_on_the_association_of_the_request_are_answered_before_and_after_its_response() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<CommandSet>> provider = CompletableFuture.supplyAsync(() -> {
                try (Wire wire = new Wire(server.accept())) {
                    return reportTwice(wire);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            AeAddress to = new AeAddress("ARCHIVE", "127.0.0.1", server.getLocalPort());
            try (Association association = Association.open(
                    new AssociationConfig(to, "TESTSCU", SHORT, SHORT),
                    List.of(StorageCommitment.context()),
                    Performers.none().with(keepReports()))) {
                DimseStatus status =
                        association.invoke(StorageCommitment.action(new Request("1.2.9", List.of(KEPT, LOST))));
                assertThat(status).isEqualTo(DimseStatus.SUCCESS);
                assertThat(reports).hasSize(1);
                association.attend(SHORT, () -> reports.size() == 2);
                association.attend(Duration.ofMillis(50), () -> false);
            }
            List<CommandSet> answers = provider.get(10, TimeUnit.SECONDS);
            assertThat(answers).hasSize(2).allSatisfy(answer -> {
                assertThat(answer.integerOr(CommandSet.COMMAND_FIELD, -1)).isEqualTo(0x8100);
                assertThat(answer.integerOr(CommandSet.STATUS, -1)).isZero();
                assertThat(answer.integerOr(CommandSet.EVENT_TYPE_ID, -1)).isEqualTo(1);
                assertThat(answer.text(CommandSet.AFFECTED_SOP_INSTANCE_UID)).isEqualTo(StorageCommitment.SOP_INSTANCE);
            });
            assertThat(reports).extracting(Report::committed).containsExactly(List.of(KEPT), List.of(LOST));
        }
    }

    private static List<CommandSet> reportTwice(Wire wire) throws IOException {
        byte[] pdu = wire.readPdu();
        Pdu.AssociateRequest request =
                (Pdu.AssociateRequest) PduDecoder.decode(Pdu.ASSOCIATE_RQ, Arrays.copyOfRange(pdu, 6, pdu.length));
        wire.send(PduEncoder.encode(
                new Negotiation(List.of(StorageCommitment.providerCapability()), 16384, 1).answer(request)));
        CommandSet action = wire.readCommand();
        wire.readPdu();
        List<CommandSet> answers = new ArrayList<>();
        report(wire, 1, new Report("1.2.9", List.of(KEPT), List.of()));
        answers.add(wire.readCommand());
        wire.send(Wire.data(
                1,
                true,
                true,
                new CommandSet()
                        .integer(CommandSet.COMMAND_FIELD, CommandSet.N_ACTION_RQ | CommandSet.RESPONSE)
                        .integer(CommandSet.MESSAGE_ID_BEING_RESPONDED_TO, action.integerOr(CommandSet.MESSAGE_ID, -1))
                        .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.NO_DATA_SET)
                        .integer(CommandSet.STATUS, 0)
                        .encode()));
        report(wire, 2, new Report("1.2.9", List.of(LOST), List.of()));
        answers.add(wire.readCommand());
        wire.readPdu();
        wire.send(PduEncoder.encode(new Pdu.ReleaseResponse()));
        return answers;
    }

    private static void report(Wire wire, int messageId, Report report) throws IOException {
        NormalizedRequest event = StorageCommitment.eventReport(report);
        wire.send(Wire.data(
                1,
                true,
                true,
                new CommandSet()
                        .uid(CommandSet.AFFECTED_SOP_CLASS_UID, event.sopClassUid())
                        .uid(CommandSet.AFFECTED_SOP_INSTANCE_UID, event.sopInstanceUid())
                        .integer(CommandSet.COMMAND_FIELD, CommandSet.N_EVENT_REPORT_RQ)
                        .integer(CommandSet.MESSAGE_ID, messageId)
                        .integer(CommandSet.COMMAND_DATA_SET_TYPE, CommandSet.DATA_SET)
                        .integer(CommandSet.EVENT_TYPE_ID, event.typeId())
                        .encode()));
        wire.send(Wire.data(
                1, false, true, Part10.encodeDataSet(event.information().orElseThrow(), TransferSyntaxes.EXPLICIT_LE)));
    }

    @Test
    void orthanc_reports_on_an_association_of_its_own() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        AeAddress own = listen(keepReports(), StorageCommitment.userCapability());
        try (Orthanc pacs = Orthanc.start(folder.resolve("pacs"), Map.of("us", own))) {
            requestAndAwaitReport(pacs, new AssociationConfig(pacs.address(), "MYONODE", SHORT, SHORT));
        }
    }

    @Test
    void over_tls_too_with_certificates_on_both_sides_of_both_associations() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        Certificates hospital = new Certificates(folder.resolve("ca"), "hospital");
        Tls tls = Tls.load(
                new Tls.Settings(Optional.of(hospital.issue("node")), Optional.of(hospital.trusted()), true, true));
        hospital.issue("pacs");
        AeAddress own = listen(keepReports(), StorageCommitment.userCapability(), Optional.of(tls));
        try (Orthanc pacs = Orthanc.startSecure(folder.resolve("pacs"), Map.of("us", own), hospital, "pacs")) {
            requestAndAwaitReport(pacs, new AssociationConfig(pacs.address(), "MYONODE", SHORT, SHORT).with(tls));
        }
    }

    private void requestAndAwaitReport(Orthanc pacs, AssociationConfig to) throws Exception {
        Path file = folder.resolve("seg.dcm");
        Reference stored = new Reference(UID.SegmentationStorage, Uids.random());
        Part10.write(
                file,
                Part10.of(
                        new DataSet()
                                .set(Tag.SOPClassUID, stored.sopClassUid())
                                .set(Tag.SOPInstanceUID, stored.sopInstanceUid())
                                .set(Tag.PatientID, "T1")
                                .set(Tag.StudyInstanceUID, Uids.random())
                                .set(Tag.SeriesInstanceUID, Uids.random())
                                .set(Tag.Modality, "SEG"),
                        UID.ExplicitVRLittleEndian));
        List<PresentationContext> contexts = new ArrayList<>(PresentationContext.forFiles(List.of(file)));
        contexts.add(StorageCommitment.context());
        Request request = new Request(Uids.random(), List.of(stored, LOST));
        try (Association association = Association.open(to, contexts)) {
            assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            assertThat(association.invoke(StorageCommitment.action(request)))
                    .as(pacs.log())
                    .isEqualTo(DimseStatus.SUCCESS);
        }
        Report report = reports.poll(20, TimeUnit.SECONDS);
        assertThat(report).as(pacs.log()).isNotNull();
        assertThat(report.transactionUid()).isEqualTo(request.transactionUid());
        assertThat(report.committed()).containsExactly(stored);
        assertThat(report.failed()).extracting(Failure::reference).containsExactly(LOST);
        assertThat(report.failed()).extracting(Failure::reason).containsExactly(0x0112);
    }

    @Test
    void a_request_without_an_accepted_context_is_a_value_of_its_own() throws IOException {
        listener = DicomListener.start(ListenerConfig.of("MYONODE", 0), AssociationPolicy.anyone(), new MemoryStore());
        AeAddress to = new AeAddress("MYONODE", "127.0.0.1", listener.port());
        try (Association association = open(to, StorageCommitment.context(), PresentationContext.verification())) {
            assertThat(association.accepts(StorageCommitment.SOP_CLASS, Role.USER))
                    .isFalse();
            assertThat(association.echo()).isEqualTo(DimseStatus.SUCCESS);
        }
    }
}
