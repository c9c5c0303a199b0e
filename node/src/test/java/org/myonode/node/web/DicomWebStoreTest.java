package org.myonode.node.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomJson;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.dicom.web.DicomWebException;
import org.myonode.dicom.web.StoreService;
import org.myonode.storage.StorageConfig;
import org.myonode.storage.StorageScp;

/** Store over HTTP into the real store and ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DicomWebStoreTest {

    private static final String TOKEN = "secret-7";

    @TempDir
    static Path folder;

    private TestDatabase database;
    private Ledger ledger;
    private StorageScp storage;
    private WebServer web;
    private MutableClock clock;

    @BeforeAll
    void start() {
        database = TestDatabase.create();
        clock = new MutableClock(Instant.parse("2026-01-02T03:04:05Z"));
        ledger = new Ledger(database.database(), clock);
        storage = new StorageScp(StorageConfig.of(folder.resolve("instances"), "MYONODE"), ledger, clock);
        web = WebServer.start(
                ledger,
                clock,
                "MyoNode test",
                "127.0.0.1",
                0,
                Optional.of(new DicomWebStore(
                        new StoreService(
                                storage, "MYONODE", new StoreService.Limits(8 << 20, 4), folder.resolve("stow")),
                        TOKEN)));
    }

    @AfterAll
    void stop() throws Exception {
        web.close();
        storage.close();
        database.close();
    }

    @Test
    void what_is_stored_over_http_is_durable_and_in_the_ledger() throws Exception {
        DataSet image = ct("1.2.77", 1);
        Path file = folder.resolve("one.dcm");
        Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));

        assertThat(client(TOKEN).store(file).isSuccess()).isTrue();
        assertThat(client(TOKEN).store(file).isSuccess()).as("once more").isTrue();

        // Acknowledged means durable in the journal; the file follows in a moment.
        for (long end = System.nanoTime() + 30_000_000_000L; storage.isInFlight("1.2.77"); ) {
            assertThat(System.nanoTime()).as("filed within 30 s").isLessThan(end);
            Thread.onSpinWait();
        }
        InstanceEntry entry = ledger.instance("1.2.77.1").orElseThrow();
        assertThat(entry.callingAeTitle()).isEqualTo("STOW-RS");
        assertThat(Part10.read(entry.path()).dataSet()).isEqualTo(image);
        assertThat(ledger.study("1.2.77").orElseThrow().state()).isEqualTo(StudyState.RECEIVING);
        assertThat(ledger.study("1.2.77").orElseThrow().instances()).isEqualTo(1);
    }

    @Test
    void other_bytes_under_the_same_uid_are_refused_with_the_reason() throws Exception {
        client(TOKEN).store(Part10.of(ct("1.2.78", 1), UID.ExplicitVRLittleEndian));

        HttpResponse<String> response = post(
                "/dicom-web/studies/1.2.78", TOKEN, ct("1.2.78", 1).set(Tag.Rows, 3), ct("1.2.78", 2), ct("1.2.79", 3));

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/dicom+json");
        DataSet outcome = DicomJson.read(response.body()).get(0);
        assertThat(outcome.items(Tag.FailedSOPSequence))
                .extracting(item -> item.requireText(Tag.ReferencedSOPInstanceUID) + " "
                        + Integer.toHexString(item.requireInteger(Tag.FailureReason)))
                .containsExactly("1.2.78.1 c001", "1.2.79.3 c002");
        assertThat(outcome.items(Tag.ReferencedSOPSequence))
                .extracting(item -> item.requireText(Tag.ReferencedSOPInstanceUID))
                .containsExactly("1.2.78.2");
        assertThat(ledger.instance("1.2.79.3")).isEmpty();
    }

    @Test
    void without_the_token_nothing_is_stored() throws Exception {
        for (String wrong : new String[] {"", "secret-8"}) {
            HttpResponse<String> response = post("/dicom-web/studies", wrong, ct("1.2.80", 1));
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
        }
        assertThat(ledger.instance("1.2.80.1")).isEmpty();
    }

    @Test
    void what_is_too_long_or_of_another_type_is_refused() throws Exception {
        assertThat(post("/dicom-web/studies", TOKEN, ct("1.2.81", 1).setBytes(Tag.PixelData, VR.OW, new byte[9 << 20]))
                        .statusCode())
                .isEqualTo(413);
        HttpRequest json = HttpRequest.newBuilder(address("/dicom-web/studies"))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(json, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(415);
        assertThat(ledger.instance("1.2.81.1")).isEmpty();
    }

    @Test
    void a_request_that_breaks_off_leaves_no_instance() throws Exception {
        byte[] message = message(ct("1.2.82", 1));
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", web.port())) {
            socket.getOutputStream()
                    .write(("POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN
                                    + "\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\n"
                                    + "Content-Length: " + message.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(message, 0, message.length - 3000);
        }
        // The next request is served, and nothing of the broken one is there.
        assertThat(client(TOKEN)
                        .store(Part10.of(ct("1.2.83", 1), UID.ExplicitVRLittleEndian))
                        .isSuccess())
                .isTrue();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (hasFiles(folder.resolve("instances/incoming")) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(hasFiles(folder.resolve("instances/incoming"))).isFalse();
        assertThat(ledger.instance("1.2.82.1")).isEmpty();
    }

    @Test
    void a_server_without_the_service_has_no_such_address() throws Exception {
        try (WebServer plain = WebServer.start(ledger, clock, "MyoNode test", "127.0.0.1", 0)) {
            DicomWebClient client = new DicomWebClient(new DicomWebClient.Service(
                    URI.create("http://127.0.0.1:" + plain.port() + "/dicom-web"),
                    Optional.empty(),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20)));
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> client.store(Part10.of(ct("1.2.84", 1), UID.ExplicitVRLittleEndian)))
                    .isInstanceOf(DicomWebException.class)
                    .hasMessageContaining("answered 404");
        }
    }

    private static boolean hasFiles(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isPresent();
        }
    }

    private DicomWebClient client(String token) {
        return new DicomWebClient(new DicomWebClient.Service(
                address("/dicom-web"), Optional.of("Bearer " + token), Duration.ofSeconds(5), Duration.ofSeconds(20)));
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + web.port() + path);
    }

    private HttpResponse<String> post(String path, String token, DataSet... dataSets) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path))
                .header("Content-Type", "multipart/related; type=\"application/dicom\"; boundary=b")
                .POST(BodyPublishers.ofByteArray(message(dataSets)));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] message(DataSet... dataSets) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (DataSet dataSet : dataSets) {
            message.writeBytes(
                    "\r\n--b\r\nContent-Type: application/dicom\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Part10.write(message, Part10.of(dataSet, UID.ExplicitVRLittleEndian));
        }
        message.writeBytes("\r\n--b--".getBytes(StandardCharsets.US_ASCII));
        return message.toByteArray();
    }

    private static DataSet ct(String study, int number) {
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, study + "." + number)
                .set(Tag.Modality, "CT")
                .set(Tag.StudyInstanceUID, study)
                .set(Tag.SeriesInstanceUID, study + ".0")
                .set(Tag.InstanceNumber, number)
                .setBytes(Tag.PixelData, VR.OW, new byte[8000]);
    }
}
