package org.myonode.workers.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Attempt;
import org.myonode.db.AuditRow;
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
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.dicom.web.StoreService;

/** Destinations over DICOMweb, and whether what they accepted is there: our own origin server, and Orthanc. */
final class WebDestinationTest {
    private static final String STUDY = "1.2.826.0.1.3680043.8.498.31";
    private static final Deliverer.Timeouts TIMEOUTS = new Deliverer.Timeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ZERO, Duration.ofMinutes(10));
    private static final ArrivalCheck.Policy POLICY =
            new ArrivalCheck.Policy(Duration.ofSeconds(30), Duration.ofMinutes(5), 3);

    @TempDir
    Path folder;

    private final MutableClock clock = new MutableClock();
    private final List<StoreRequest> received = Collections.synchronizedList(new ArrayList<>());
    private final Deque<DimseStatus> answers = new ArrayDeque<>();
    private int refusal;
    private TestDatabase database;
    private Ledger ledger;
    private Revision revision;
    private HttpServer http;

    @BeforeEach
    void open() throws IOException {
        database = TestDatabase.create();
        ledger = new Ledger(database.database(), clock);
        StoreHandler handler = new StoreHandler() {
            @Override
            public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
                dataSet.readAllBytes();
                DimseStatus status = answers.isEmpty() ? DimseStatus.SUCCESS : answers.remove();
                if (status.isSuccess()) {
                    received.add(request);
                }
                return status;
            }
        };
        StoreService service =
                new StoreService(handler, "VNA", new StoreService.Limits(1 << 20, 4), folder.resolve("stow"));
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/dicom-web/studies", exchange -> {
            try (exchange) {
                serve(service, exchange);
            }
        });
        http.start();
    }

    @AfterEach
    void close() {
        http.stop(0);
        database.close();
    }

    @Test
    void a_revision_is_exported_by_dicomweb_when_every_object_has_been_accepted() throws Exception {
        Destination vna = web(false);
        produce(vna);
        assertThat(deliverer(vna).deliverDue()).isEqualTo(2);
        assertThat(received)
                .extracting(StoreRequest::sopClassUid)
                .containsExactly(UID.SegmentationStorage, UID.Comprehensive3DSRStorage);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void what_is_full_or_away_is_tried_again_and_what_is_refused_is_a_dead_letter() throws Exception {
        Destination vna = web(false);
        produce(vna);
        Deliverer deliverer = deliverer(vna);
        refusal = 401;
        deliverer.deliverDue();
        assertThat(deliveries()).extracting(DeliveryRow::state).containsExactly("PENDING", "PENDING");
        assertThat(deliveries().get(0).lastError().orElseThrow()).contains("answered 401");
        refusal = 0;
        answers.add(DimseStatus.OUT_OF_RESOURCES);
        answers.add(DimseStatus.DATA_SET_DOES_NOT_MATCH);
        clock.advance(Duration.ofMinutes(1));
        deliverer.deliverDue();
        assertThat(deliveries()).extracting(DeliveryRow::state).containsExactly("PENDING", "DEAD_LETTER");
        assertThat(deliveries().get(0).lastError().orElseThrow()).contains("A700");
        clock.advance(Duration.ofMinutes(5));
        deliverer.deliverDue();
        assertThat(deliveries()).extracting(DeliveryRow::state).containsExactly("DELIVERED", "DEAD_LETTER");
        http.stop(0);
        assertThat(deliverer.deliverDue()).isZero();
    }

    @Test
    void a_report_of_an_unknown_class_is_sent_as_an_older_one() throws Exception {
        Destination vna = web(false);
        produce(vna);
        answers.add(DimseStatus.SUCCESS);
        answers.add(DimseStatus.SOP_CLASS_NOT_SUPPORTED);
        deliverer(vna).deliverDue();
        assertThat(received)
                .extracting(StoreRequest::sopClassUid)
                .containsExactly(UID.SegmentationStorage, UID.ComprehensiveSRStorage);
        assertThat(state()).isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void what_was_accepted_and_cannot_be_found_is_asked_for_again_and_then_missing() throws Exception {
        Destination vna = web(true);
        produce(vna);
        deliverer(vna).deliverDue();
        ArrivalCheck check = arrivals(vna);
        assertThat(check.checkDue()).as("not at once").isZero();
        for (int round = 0; round < POLICY.checks(); round++) {
            clock.advance(POLICY.longest());
            assertThat(check.checkDue()).as("round %d", round).isEqualTo(2);
            assertThat(check.checkDue()).isZero();
        }
        clock.advance(Duration.ofDays(1));
        assertThat(check.checkDue()).isZero();
        assertThat(deliveries()).extracting(row -> row.arrival().orElse("")).containsOnly("MISSING");
        assertThat(ledger.audit(STUDY)).extracting(AuditRow::event).contains("MISSING_AT_DESTINATION");
        assertThat(state()).as("accepted is accepted").isEqualTo(StudyState.EXPORTED);
    }

    @Test
    void orthanc_has_what_it_accepted_on_both_ways() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        assumeTrue(Orthanc.dicomWebPlugin().isPresent(), "orthanc-dicomweb is not installed");
        try (Orthanc orthanc = Orthanc.startWithDicomWeb(
                folder.resolve("orthanc"), Map.of("node", new AeAddress("MYONODE", "127.0.0.1", 104)))) {
            Destination web = new Destination(
                    "web",
                    new Endpoint.Web(new DicomWebClient.Service(
                            URI.create(orthanc.rest() + "/dicom-web"),
                            Optional.empty(),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(20))),
                    Set.of("SEG", "SR"),
                    false,
                    true);
            Destination dimse = new Destination(
                    "dimse", new Endpoint.Dimse(orthanc.address(), false), Set.of("SEG", "SR"), false, true);
            produce(web, dimse);
            deliverer(web, dimse).deliverDue();
            assertThat(state()).isEqualTo(StudyState.EXPORTED);
            clock.advance(POLICY.first().plusSeconds(1));

            assertThat(arrivals(web, dimse).checkDue()).isEqualTo(4);

            assertThat(deliveries()).extracting(row -> row.arrival().orElse("")).containsOnly("FOUND");
            assertThat(ledger.audit(STUDY)).extracting(AuditRow::event).contains("FOUND_AT_DESTINATION");
        }
    }

    private void serve(StoreService service, HttpExchange exchange) throws IOException {
        if (refusal != 0) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(refusal, -1);
            return;
        }
        if (exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        StoreService.Answer answer = service.store(new StoreService.Request(
                Optional.empty(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                "",
                OptionalLong.empty(),
                exchange.getRequestBody(),
                "127.0.0.1",
                ""));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private Destination web(boolean arrival) {
        return new Destination(
                "vna",
                new Endpoint.Web(new DicomWebClient.Service(
                        URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/dicom-web"),
                        Optional.of("Bearer t"),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20))),
                Set.of("SEG", "SR"),
                false,
                arrival);
    }

    private Deliverer deliverer(Destination... destinations) {
        return new Deliverer(ledger, "MYONODE", List.of(destinations), TIMEOUTS);
    }

    private ArrivalCheck arrivals(Destination... destinations) {
        return new ArrivalCheck(ledger, List.of(destinations), deliverer(destinations)::reach, POLICY, clock);
    }

    private List<DeliveryRow> deliveries() {
        return ledger.deliveries(revision);
    }

    private StudyState state() {
        return ledger.study(STUDY).orElseThrow().state();
    }

    private void produce(Destination... destinations) throws Exception {
        ledger.record(new InstanceEntry(
                STUDY,
                STUDY + ".1",
                STUDY + ".1.1",
                UID.CTImageStorage,
                UID.ExplicitVRLittleEndian,
                folder.resolve("ct.dcm"),
                1,
                "0".repeat(64),
                "CT",
                "MYONODE"));
        clock.advance(Duration.ofMinutes(2));
        revision = ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "worker").orElseThrow();
        List<OutputObject> objects = List.of(
                write("SEG", UID.SegmentationStorage, STUDY + ".8"),
                write("SR", UID.Comprehensive3DSRStorage, STUDY + ".9"));
        assertThat(ledger.produced(
                        attempt,
                        new Product("{}", Optional.empty(), objects),
                        java.util.Arrays.stream(destinations)
                                .map(Destination::route)
                                .toList()))
                .isTrue();
    }

    private OutputObject write(String kind, String sopClass, String uid) throws Exception {
        Path file = folder.resolve(kind + ".dcm");
        DataSet data = new DataSet()
                .set(Tag.SOPClassUID, sopClass)
                .set(Tag.SOPInstanceUID, uid + ".1")
                .set(Tag.Modality, kind)
                .set(Tag.PatientID, "P31")
                .set(Tag.StudyInstanceUID, STUDY)
                .set(Tag.SeriesInstanceUID, uid);
        Part10.write(file, Part10.of(data, UID.ExplicitVRLittleEndian));
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        return new OutputObject(kind, sopClass, uid + ".1", file, sha256);
    }
}
