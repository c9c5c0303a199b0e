package org.myonode.workers.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Attempt;
import org.myonode.db.DeliveryRow;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationPolicy;
import org.myonode.dicom.net.DicomListener;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.Rejection;
import org.myonode.dicom.net.StorageCommitment;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.myonode.dicom.net.TransferCapabilities;
import org.myonode.dicom.net.TransferCapability;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.workers.model.ModelPackage;

/** Real associations to a real listener on this machine; the ledger's clock is moved by hand. */
final class DelivererTest {
    private static final String STUDY = "1.2.3";
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration COMMITMENT = Duration.ofMinutes(10);
    private static final String LABELMAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7";

    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock();
    private final List<StoreRequest> received = Collections.synchronizedList(new ArrayList<>());
    private final List<byte[]> bytes = Collections.synchronizedList(new ArrayList<>());
    private final Deque<DimseStatus> answers = new ArrayDeque<>();
    private TestDatabase database;
    private Ledger ledger;
    private Revision revision;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        ledger = new Ledger(database.database(), clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_revision_is_exported_when_every_object_has_been_accepted() throws IOException {
        produce();
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            assertThat(deliverer(pacs.port()).deliverDue()).isEqualTo(2);
        }

        assertThat(received)
                .extracting(StoreRequest::sopClassUid)
                .containsExactlyInAnyOrder(UID.SegmentationStorage, UID.Comprehensive3DSRStorage);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_full_disk_is_tried_again_with_growing_pauses_until_it_is_accepted() throws IOException {
        produce();
        answers.addAll(Collections.nCopies(6, DimseStatus.OUT_OF_RESOURCES));
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            Deliverer deliverer = deliverer(pacs.port());
            List<Duration> pauses = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                assertThat(deliverer.deliverDue()).isEqualTo(2);
                assertThat(deliverer.deliverDue()).isZero();
                Instant next = deliveries().get(0).nextTry();
                pauses.add(Duration.between(clock.instant(), next)
                        .plusMillis(1)
                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
                clock.advance(Duration.between(clock.instant(), next).plusMillis(1));
            }
            assertThat(pauses).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(40));
            assertThat(state()).isEqualTo(StudyState.PRODUCED);

            assertThat(deliverer.deliverDue()).isEqualTo(2);
        }
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
        assertThat(received).hasSize(8);
    }

    @Test
    void what_the_peer_will_never_take_is_a_dead_letter_and_the_rest_is_delivered() throws IOException {
        produce();
        answers.add(DimseStatus.DATA_SET_DOES_NOT_MATCH.with("wrong"));
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            Deliverer deliverer = deliverer(pacs.port());
            deliverer.deliverDue();
            clock.advance(Duration.ofDays(1));
            assertThat(deliverer.deliverDue()).isZero();
        }

        assertThat(deliveries()).extracting(DeliveryRow::state).containsExactly("DEAD_LETTER", "DELIVERED");
        assertThat(deliveries().get(0).lastError().orElseThrow())
                .contains("A900")
                .contains("wrong");
        assertThat(state()).isEqualTo(StudyState.PRODUCED);
    }

    @Test
    void a_peer_that_knows_no_3d_report_gets_an_older_class() throws IOException {
        produce();
        List<TransferCapability> old = TransferCapabilities.storage().stream()
                .filter(capability -> !capability.sopClassUid().equals(UID.Comprehensive3DSRStorage)
                        && !capability.sopClassUid().equals(UID.ComprehensiveSRStorage))
                .toList();
        try (DicomListener pacs = listen(old)) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(received)
                .extracting(StoreRequest::sopClassUid)
                .containsExactlyInAnyOrder(UID.SegmentationStorage, UID.EnhancedSRStorage);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void the_older_class_stays_the_same_bytes_on_every_try_and_is_on_the_page() throws IOException {
        produce();
        List<TransferCapability> old = without(UID.Comprehensive3DSRStorage);
        answers.addAll(List.of(DimseStatus.OUT_OF_RESOURCES, DimseStatus.OUT_OF_RESOURCES));
        try (DicomListener pacs = listen(old)) {
            Deliverer deliverer = deliverer(pacs.port());
            deliverer.deliverDue();
            byte[] form = Files.readAllBytes(older());
            clock.advance(Duration.ofSeconds(11));
            deliverer.deliverDue();

            assertThat(Files.readAllBytes(older())).isEqualTo(form);
        }
        // Even a peer that has learned the newer class in between gets what it was first sent.
        assertThat(received)
                .filteredOn(request -> !request.sopClassUid().equals(UID.SegmentationStorage))
                .extracting(StoreRequest::sopClassUid)
                .containsExactly(UID.ComprehensiveSRStorage, UID.ComprehensiveSRStorage);
        assertThat(deliveries())
                .extracting(DeliveryRow::sopClassUid)
                .containsExactly(UID.SegmentationStorage, UID.ComprehensiveSRStorage);
        DataSet sent = Part10.read(older()).dataSet();
        DataSet own = Part10.read(folder.resolve("sr.dcm")).dataSet();
        assertThat(sent.set(Tag.SOPClassUID, UID.Comprehensive3DSRStorage)).isEqualTo(own);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_report_names_what_it_supersedes_as_the_destination_has_got_it() throws IOException {
        produce();
        try (DicomListener old = listen(without(UID.Comprehensive3DSRStorage))) {
            deliverer(old.port()).deliverDue();
        }
        received.clear();
        bytes.clear();
        produceAgain("1.2.3.4.2");

        // The archive has learned the newer class; what it has of the first report is the older one all the same.
        answers.add(DimseStatus.OUT_OF_RESOURCES);
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            Deliverer deliverer = deliverer(pacs.port());
            deliverer.deliverDue();
            clock.advance(Duration.ofSeconds(11));
            deliverer.deliverDue();
        }

        assertThat(received)
                .extracting(StoreRequest::sopClassUid)
                .containsExactly(UID.Comprehensive3DSRStorage, UID.Comprehensive3DSRStorage);
        assertThat(bytes.get(1)).isEqualTo(bytes.get(0));
        DataSet sent = Part10.readDataSet(bytes.get(0), UID.ExplicitVRLittleEndian);
        assertThat(predecessor(sent).requireText(Tag.ReferencedSOPClassUID)).isEqualTo(UID.ComprehensiveSRStorage);
        DataSet own = Part10.read(folder.resolve("sr-2.dcm")).dataSet();
        predecessor(sent).set(Tag.ReferencedSOPClassUID, UID.Comprehensive3DSRStorage);
        assertThat(sent).isEqualTo(own);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    private static DataSet predecessor(DataSet report) {
        return report.items(Tag.PredecessorDocumentsSequence)
                .get(0)
                .items(Tag.ReferencedSeriesSequence)
                .get(0)
                .items(Tag.ReferencedSOPSequence)
                .get(0);
    }

    /** A late instance, and a report that supersedes another. */
    private void produceAgain(String predecessor) throws IOException {
        ledger.record(new InstanceEntry(
                STUDY,
                STUDY + ".9",
                STUDY + ".2",
                UID.CTImageStorage,
                UID.ExplicitVRLittleEndian,
                folder.resolve("late"),
                1,
                "00",
                "SENDER",
                "MYONODE"));
        clock.advance(Duration.ofMinutes(2));
        revision = ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "test").orElseThrow();
        OutputObject report = object("SR", UID.Comprehensive3DSRStorage, "sr-2.dcm", "1.2.3.4.5");
        DataSet data = Part10.read(report.file()).dataSet();
        DataSet reference = new DataSet()
                .set(Tag.ReferencedSOPClassUID, UID.Comprehensive3DSRStorage)
                .set(Tag.ReferencedSOPInstanceUID, predecessor);
        data.setItems(
                Tag.PredecessorDocumentsSequence,
                new DataSet()
                        .set(Tag.StudyInstanceUID, STUDY)
                        .setItems(
                                Tag.ReferencedSeriesSequence,
                                new DataSet()
                                        .set(Tag.SeriesInstanceUID, predecessor + ".1")
                                        .setItems(Tag.ReferencedSOPSequence, reference)));
        Part10.write(report.file(), Part10.of(data, UID.ExplicitVRLittleEndian));
        ledger.produced(
                attempt,
                new Product(
                        "{}",
                        Optional.empty(),
                        List.of(new OutputObject(
                                "SR",
                                UID.Comprehensive3DSRStorage,
                                "1.2.3.4.5",
                                report.file(),
                                ModelPackage.digest(report.file())))),
                List.of(destination(1, false, "SR").route()));
    }

    @Test
    void label_maps_go_where_they_are_wanted_and_known() throws IOException {
        produce("LABELMAP", "SR");
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(received)
                .extracting(StoreRequest::sopInstanceUid)
                .containsExactlyInAnyOrder("1.2.3.4.3", "1.2.3.4.4");
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_peer_that_knows_no_label_maps_gets_the_binary_form_and_its_report() throws IOException {
        produce("LABELMAP", "SR");
        try (DicomListener pacs = listen(without(LABELMAP_STORAGE))) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(received)
                .extracting(StoreRequest::sopInstanceUid)
                .containsExactlyInAnyOrder("1.2.3.4.1", "1.2.3.4.2");
        assertThat(deliveries()).extracting(DeliveryRow::kind).containsExactly("SEG", "SR");
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_report_never_goes_without_the_form_of_segmentation_that_it_references() throws IOException {
        produce("LABELMAP", "SR");
        answers.addAll(List.of(DimseStatus.SUCCESS, DimseStatus.OUT_OF_RESOURCES));
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            deliverer(pacs.port()).deliverDue();
        }
        clock.advance(Duration.ofSeconds(11));
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(received)
                .extracting(StoreRequest::sopInstanceUid)
                .containsExactly("1.2.3.4.3", "1.2.3.4.4", "1.2.3.4.4");
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_peer_that_takes_no_segmentation_gets_the_report_all_the_same() throws IOException {
        produce();
        List<TransferCapability> reportsOnly = TransferCapabilities.storage().stream()
                .filter(capability -> !capability.sopClassUid().equals(UID.SegmentationStorage))
                .toList();
        try (DicomListener pacs = listen(reportsOnly)) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(deliveries()).extracting(DeliveryRow::state).containsExactly("DEAD_LETTER", "DELIVERED");
    }

    @Test
    void a_peer_that_is_away_or_rejects_is_tried_later() throws IOException {
        produce();
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        deliverer(free).deliverDue();
        assertThat(deliveries()).extracting(DeliveryRow::state).containsOnly("PENDING");
        assertThat(deliveries().get(0).lastError().orElseThrow()).contains("cannot be reached");

        clock.advance(Duration.ofSeconds(11));
        AssociationPolicy full = request -> Optional.of(Rejection.LOCAL_LIMIT_EXCEEDED);
        try (DicomListener pacs = DicomListener.start(config(TransferCapabilities.storage()), full, handler())) {
            deliverer(pacs.port()).deliverDue();
        }
        assertThat(deliveries()).extracting(DeliveryRow::state).containsOnly("PENDING");
        assertThat(deliveries().get(0).attempts()).isEqualTo(2);
        assertThat(deliveries().get(0).lastError().orElseThrow()).contains("rejected");
    }

    @Test
    void a_file_that_was_changed_is_never_sent() throws IOException {
        produce();
        Files.writeString(folder.resolve("seg.dcm"), "something else");
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            deliverer(pacs.port()).deliverDue();
        }

        assertThat(received).extracting(StoreRequest::sopClassUid).containsExactly(UID.Comprehensive3DSRStorage);
        assertThat(deliveries().get(0).lastError().orElseThrow()).contains("not the one that was recorded");
    }

    // ---- storage commitment

    @Test
    void an_archive_that_reports_on_an_association_of_its_own_makes_the_study_committed() throws Exception {
        produce(true, "SEG", "SR");
        BlockingQueue<StorageCommitment.Request> requests = new LinkedBlockingQueue<>();
        try (DicomListener pacs = archive(requests)) {
            Deliverer deliverer = deliverer(pacs.port(), true);
            try (DicomListener node = node(deliverer)) {
                assertThat(deliverer.deliverDue()).isEqualTo(2);
                StorageCommitment.Request request = requests.poll(5, TimeUnit.SECONDS);
                assertThat(request.references())
                        .containsExactly(
                                new StorageCommitment.Reference(UID.SegmentationStorage, "1.2.3.4.1"),
                                new StorageCommitment.Reference(UID.Comprehensive3DSRStorage, "1.2.3.4.2"));
                assertThat(state()).isEqualTo(StudyState.EXPORTED);

                assertThat(report(node, request, 0)).isEqualTo(DimseStatus.SUCCESS);
                assertThat(state()).isEqualTo(StudyState.COMMITTED);
                assertThat(report(node, request, 0))
                        .as("a report that came twice")
                        .isEqualTo(DimseStatus.SUCCESS);
                StorageCommitment.Request stranger = new StorageCommitment.Request("1.2.99", request.references());
                assertThat(report(node, stranger, 0).code()).isEqualTo(0x0115);
            }
        }
    }

    @Test
    void what_the_archive_does_not_commit_to_is_sent_again_byte_for_byte_or_left_for_a_person() throws Exception {
        produce(true, "SEG", "SR");
        BlockingQueue<StorageCommitment.Request> requests = new LinkedBlockingQueue<>();
        try (DicomListener pacs = archive(requests)) {
            Deliverer deliverer = deliverer(pacs.port(), true);
            try (DicomListener node = node(deliverer)) {
                deliverer.deliverDue();
                report(node, requests.poll(5, TimeUnit.SECONDS), 0x0112);
                assertThat(deliveries()).extracting(DeliveryRow::state).containsOnly("PENDING");
                assertThat(deliveries().get(0).lastError().orElseThrow()).contains("no such object instance");

                clock.advance(Duration.ofSeconds(11));
                assertThat(deliverer.deliverDue()).isEqualTo(2);
                assertThat(bytes.subList(2, 4)).containsExactlyElementsOf(bytes.subList(0, 2));
                report(node, requests.poll(5, TimeUnit.SECONDS), 0x0122);
                assertThat(deliveries()).extracting(DeliveryRow::state).containsOnly("NOT_COMMITTED");
                assertThat(state()).isEqualTo(StudyState.EXPORTED);
            }
        }
    }

    @Test
    void an_archive_that_never_reports_is_sent_the_same_bytes_again() throws Exception {
        produce(true, "SEG", "SR");
        BlockingQueue<StorageCommitment.Request> requests = new LinkedBlockingQueue<>();
        try (DicomListener pacs = archive(requests)) {
            Deliverer deliverer = deliverer(pacs.port(), true);
            deliverer.deliverDue();
            assertThat(deliverer.deliverDue()).isZero();
            clock.advance(COMMITMENT.plusSeconds(1));
            assertThat(deliverer.deliverDue()).isEqualTo(2);
        }
        assertThat(bytes.subList(2, 4)).containsExactlyElementsOf(bytes.subList(0, 2));
        assertThat(requests)
                .extracting(StorageCommitment.Request::transactionUid)
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void a_peer_without_storage_commitment_is_asked_again_later_without_sending() throws Exception {
        produce(true, "SEG", "SR");
        BlockingQueue<StorageCommitment.Request> requests = new LinkedBlockingQueue<>();
        int port;
        try (DicomListener pacs = listen(TransferCapabilities.storage())) {
            port = pacs.port();
            assertThat(deliverer(port, true).deliverDue()).isEqualTo(2);
        }
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
        assertThat(deliveries().get(0).lastError()).contains("it does not offer storage commitment");

        clock.advance(Duration.ofSeconds(11));
        try (DicomListener pacs = archive(requests)) {
            assertThat(deliverer(pacs.port(), true).deliverDue()).isZero();
        }
        assertThat(requests).hasSize(1);
        assertThat(received).hasSize(2);
    }

    @Test
    void orthanc_commits() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        produce(true, "SEG", "SR");
        AtomicReference<Deliverer> deliverer = new AtomicReference<>();
        try (DicomListener node = node((association, report) -> deliverer.get().reported(association, report));
                Orthanc pacs = Orthanc.start(
                        folder.resolve("pacs"), Map.of("us", new AeAddress("MYONODE", "127.0.0.1", node.port())))) {
            deliverer.set(new Deliverer(
                    ledger,
                    "MYONODE",
                    List.of(new Destination("pacs", pacs.address(), Set.of("SEG", "SR"), true, false)),
                    new Deliverer.Timeouts(ANSWER, ANSWER, ANSWER, COMMITMENT)));
            assertThat(deliverer.get().deliverDue()).isEqualTo(2);
            // The deliverer waits for the report, whichever way it comes.
            assertThat(state()).as(pacs.log()).isEqualTo(StudyState.COMMITTED);
        }
    }

    /** A PACS that takes requests and leaves the reporting to the test. */
    private DicomListener archive(BlockingQueue<StorageCommitment.Request> requests) throws IOException {
        List<TransferCapability> capabilities = new ArrayList<>(TransferCapabilities.storage());
        capabilities.add(StorageCommitment.providerCapability());
        return DicomListener.start(
                config(capabilities),
                AssociationPolicy.anyone(),
                Performers.storing(handler()).with(StorageCommitment.provider((association, request) -> {
                    requests.add(request);
                    return DimseStatus.SUCCESS;
                })));
    }

    private static DicomListener node(Deliverer deliverer) throws IOException {
        return node(deliverer::reported);
    }

    private static DicomListener node(StorageCommitment.ReportHandler reports) throws IOException {
        return DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        4,
                        ANSWER,
                        ANSWER,
                        List.of(StorageCommitment.userCapability())),
                AssociationPolicy.anyone(),
                Performers.none().with(StorageCommitment.user(reports)));
    }

    /** Reports all of a request as committed, or as failed for the one reason. */
    private static DimseStatus report(DicomListener node, StorageCommitment.Request request, int reason)
            throws IOException {
        StorageCommitment.Report report = new StorageCommitment.Report(
                request.transactionUid(),
                reason == 0 ? request.references() : List.of(),
                reason == 0
                        ? List.of()
                        : request.references().stream()
                                .map(reference -> new StorageCommitment.Failure(reference, reason))
                                .toList());
        try (Association association = Association.open(
                new AeAddress("MYONODE", "127.0.0.1", node.port()),
                "PACS",
                List.of(StorageCommitment.reportingContext()),
                ANSWER,
                ANSWER)) {
            return association.invoke(StorageCommitment.eventReport(report));
        }
    }

    private static List<TransferCapability> without(String sopClass) {
        return TransferCapabilities.storage().stream()
                .filter(capability -> !capability.sopClassUid().equals(sopClass))
                .toList();
    }

    private Path older() {
        return folder.resolve("sr-" + UID.ComprehensiveSRStorage + ".dcm");
    }

    private void produce() throws IOException {
        produce("SEG", "SR");
    }

    private void produce(String... wanted) throws IOException {
        produce(false, wanted);
    }

    private void produce(boolean commitment, String... wanted) throws IOException {
        ledger.record(new InstanceEntry(
                STUDY,
                STUDY + ".9",
                STUDY + ".1",
                UID.CTImageStorage,
                UID.ExplicitVRLittleEndian,
                folder.resolve("ct"),
                1,
                "00",
                "SENDER",
                "MYONODE"));
        clock.advance(Duration.ofMinutes(2));
        revision = ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "test").orElseThrow();
        List<OutputObject> objects = List.of(
                object("SEG", UID.SegmentationStorage, "seg.dcm", "1.2.3.4.1"),
                object("SR", UID.Comprehensive3DSRStorage, "sr.dcm", "1.2.3.4.2"),
                object("SEG.LABELMAP", LABELMAP_STORAGE, "seg-labelmap.dcm", "1.2.3.4.3"),
                object("SR.LABELMAP", UID.Comprehensive3DSRStorage, "sr-labelmap.dcm", "1.2.3.4.4"));
        ledger.produced(
                attempt,
                new Product("{}", Optional.empty(), objects),
                List.of(destination(1, commitment, wanted).route()));
    }

    private OutputObject object(String kind, String sopClass, String name, String uid) throws IOException {
        DataSet data = new DataSet()
                .set(Tag.SOPClassUID, sopClass)
                .set(Tag.SOPInstanceUID, uid)
                .set(Tag.StudyInstanceUID, STUDY)
                .set(Tag.SeriesInstanceUID, uid + ".1")
                .set(Tag.Modality, kind);
        Path file = folder.resolve(name);
        Part10.write(file, Part10.of(data, UID.ExplicitVRLittleEndian));
        return new OutputObject(kind, sopClass, uid, file, ModelPackage.digest(file));
    }

    private Deliverer deliverer(int port) {
        return deliverer(port, false);
    }

    private Deliverer deliverer(int port, boolean commitment) {
        return new Deliverer(
                ledger,
                "MYONODE",
                List.of(destination(port, commitment, "SEG", "SR")),
                new Deliverer.Timeouts(ANSWER, ANSWER, Duration.ZERO, COMMITMENT));
    }

    private static Destination destination(int port, String... objects) {
        return destination(port, false, objects);
    }

    private static Destination destination(int port, boolean commitment, String... objects) {
        return new Destination("pacs", new AeAddress("PACS", "127.0.0.1", port), Set.of(objects), commitment, false);
    }

    private DicomListener listen(List<TransferCapability> capabilities) throws IOException {
        return DicomListener.start(config(capabilities), AssociationPolicy.anyone(), handler());
    }

    private static ListenerConfig config(List<TransferCapability> capabilities) {
        return new ListenerConfig(
                "PACS",
                InetAddress.getLoopbackAddress(),
                0,
                ListenerConfig.DEFAULT_MAX_PDU,
                4,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                capabilities);
    }

    private StoreHandler handler() {
        return new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                byte[] sent = dataSet.readAllBytes();
                DataSet data = Part10.readDataSet(sent, request.transferSyntax());
                assertThat(data.requireText(Tag.SOPClassUID)).isEqualTo(request.sopClassUid());
                synchronized (answers) {
                    received.add(request);
                    bytes.add(sent);
                    return answers.isEmpty() ? DimseStatus.SUCCESS : answers.poll();
                }
            }
        };
    }

    private List<DeliveryRow> deliveries() {
        return ledger.deliveries(revision);
    }

    private StudyState state() {
        return ledger.study(STUDY).orElseThrow().state();
    }
}
