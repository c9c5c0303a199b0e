package org.myonode.dicom.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomJson;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;

class StoreServiceTest {
    private static final StoreService.Limits LIMITS = new StoreService.Limits(1 << 20, 1);
    private static final String STUDY = "1.2.3";

    @TempDir
    Path folder;

    private final Store store = new Store();
    private StoreService service;

    @BeforeEach
    void start() {
        service = new StoreService(store, "MYONODE", LIMITS, folder.resolve("stow"));
    }

    @Test
    void everyPartIsStoredAsItsBytesAre() throws IOException {
        StoreService.Answer answer = service.store(multipart(Optional.empty(), ct(1), ct(2)));

        assertThat(answer.status()).isEqualTo(200);
        DataSet response = DicomJson.read(answer.body()).get(0);
        assertThat(response.contains(Tag.RetrieveURL)).isTrue();
        assertThat(response.contains(Tag.FailedSOPSequence)).isFalse();
        assertThat(response.items(Tag.ReferencedSOPSequence))
                .extracting(item -> item.requireText(Tag.ReferencedSOPInstanceUID))
                .containsExactly(STUDY + ".1", STUDY + ".2");
        assertThat(store.instances.get(STUDY + ".1"))
                .isEqualTo(Part10.encodeDataSet(ct(1), UID.ExplicitVRLittleEndian));
        assertThat(store.opened).hasValue(1);
        assertThat(store.closed).hasValue(1);
        assertThat(store.aborted).hasValue(0);
    }

    @Test
    void eachInstanceHasItsOwnOutcome() throws IOException {
        store.statuses.put(STUDY + ".2", DimseStatus.OUT_OF_RESOURCES);
        store.statuses.put(STUDY + ".3", new DimseStatus(0xB000));

        StoreService.Answer answer = service.store(multipart(Optional.empty(), ct(1), ct(2), ct(3)));

        assertThat(answer.status()).isEqualTo(202);
        DataSet response = DicomJson.read(answer.body()).get(0);
        assertThat(response.items(Tag.ReferencedSOPSequence)).hasSize(2);
        assertThat(response.items(Tag.ReferencedSOPSequence).get(1).integer(Tag.WarningReason))
                .hasValue(0xB000);
        DataSet failed = response.item(Tag.FailedSOPSequence).orElseThrow();
        assertThat(failed.requireText(Tag.ReferencedSOPClassUID)).isEqualTo(UID.CTImageStorage);
        assertThat(failed.requireText(Tag.ReferencedSOPInstanceUID)).isEqualTo(STUDY + ".2");
        assertThat(failed.integer(Tag.FailureReason)).hasValue(0xA700);
    }

    @ParameterizedTest
    @CsvSource({"0xA700, 503", "0x0110, 503", "0xA900, 409", "0xC001, 409", "0xB000, 202"})
    void whenAllHaveTheSameOutcomeTheStatusSaysIt(String code, int status) throws IOException {
        store.statuses.put(STUDY + ".1", new DimseStatus(Integer.decode(code)));
        StoreService.Answer answer = service.store(multipart(Optional.empty(), ct(1)));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.retryAfterSeconds().isPresent()).isEqualTo(status == 503);
    }

    @Test
    void anInstanceOfAnotherStudyIsNotStored() throws IOException {
        StoreService.Answer answer = service.store(multipart(
                Optional.of(STUDY), ct(1), ct(2).set(Tag.StudyInstanceUID, "9.9"), ct(3).remove(Tag.StudyInstanceUID)));

        assertThat(answer.status()).isEqualTo(202);
        // the third one reaches the store, which knows what to say about an instance without a study
        assertThat(store.instances).containsOnlyKeys(STUDY + ".1", STUDY + ".3");
        DataSet failed =
                DicomJson.read(answer.body()).get(0).item(Tag.FailedSOPSequence).orElseThrow();
        assertThat(failed.requireText(Tag.ReferencedSOPInstanceUID)).isEqualTo(STUDY + ".2");
        assertThat(failed.integer(Tag.FailureReason)).hasValue(0xC002);
    }

    @Test
    void aSingleFileNeedsNoMultipart() throws IOException {
        StoreService.Answer answer = service.store(request(MediaType.DICOM, "", file(ct(1))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(store.instances).containsOnlyKeys(STUDY + ".1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|''|415|multipart/related",
                "''|''|415|multipart/related",
                "multipart/related; type=\"application/dicom+xml\"; boundary=b|''|415|application/dicom+json",
                "application/dicom|application/dicom+xml|406|application/dicom+json",
                "multipart/related; type=\"application/dicom\"|''|400|boundary",
                "multipart/related; boundary=b|''|400|without its closing delimiter"
            })
    void whatIsNotSupportedIsSaid(String contentType, String accept, int status, String reason) throws IOException {
        StoreService.Answer answer = service.store(request(contentType, accept, new byte[100]));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).contains(reason);
    }

    @Test
    void aPartThatIsNoDicomFileIsAnotherFailure() throws IOException {
        byte[] message =
                "--b\r\nContent-Type: application/dicom\r\n\r\nno file\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--"
                        .getBytes(StandardCharsets.US_ASCII);
        StoreService.Answer answer =
                service.store(request("multipart/related; type=\"application/dicom\"; boundary=b", "*/*", message));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(DicomJson.read(answer.body()).get(0).items(Tag.OtherFailuresSequence))
                .extracting(item -> item.requireInteger(Tag.FailureReason))
                .containsExactly(0xC000, 0xC000);
    }

    @Test
    void aRequestBeyondTheLimitIsRefusedEvenWithoutALength() throws IOException {
        byte[] large = file(ct(1).setBytes(Tag.PixelData, VR.OW, new byte[2 << 20]));
        assertThat(service.store(request(MediaType.DICOM, "", large)).status()).isEqualTo(413);
        StoreService.Request withoutLength = new StoreService.Request(
                Optional.empty(),
                MediaType.DICOM,
                "",
                OptionalLong.empty(),
                new ByteArrayInputStream(large),
                "127.0.0.1",
                "");

        assertThat(service.store(withoutLength).status()).isEqualTo(413);

        assertThat(store.instances).isEmpty();
        assertThat(store.aborted).hasValue(1);
    }

    @Test
    void aConnectionThatBreaksLeavesNothing() {
        byte[] half = java.util.Arrays.copyOf(file(ct(1)), 600);
        InputStream broken = new java.io.SequenceInputStream(new ByteArrayInputStream(half), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        });
        assertThatThrownBy(() -> service.store(new StoreService.Request(
                        Optional.empty(), MediaType.DICOM, "", OptionalLong.empty(), broken, "127.0.0.1", "")))
                .hasMessage("connection reset");
        assertThat(store.instances).isEmpty();
        assertThat(store.aborted).hasValue(1);
    }

    @Test
    void oneRequestTooManyIsToldToComeBack() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        store.beforeStore = () -> {
            entered.countDown();
            go.await();
        };
        AtomicInteger first = new AtomicInteger();
        Thread busy = new Thread(() -> {
            try {
                first.set(service.store(multipart(Optional.empty(), ct(1))).status());
            } catch (IOException e) {
                first.set(-1);
            }
        });
        busy.start();
        entered.await();

        StoreService.Answer answer = service.store(multipart(Optional.empty(), ct(2)));
        go.countDown();
        busy.join();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfterSeconds()).hasValue(10);
        assertThat(first).hasValue(200);
    }

    @Test
    void theUserAgentHearsWhatTheOriginServerSaid() throws Exception {
        store.statuses.put(STUDY + ".2", new DimseStatus(0xB006));
        store.statuses.put(STUDY + ".3", DimseStatus.OUT_OF_RESOURCES);
        store.statuses.put(STUDY + ".4", DimseStatus.DATA_SET_DOES_NOT_MATCH);
        try (Server server = new Server(this::serve)) {
            DicomWebClient client = server.client();
            for (int i = 1; i <= 4; i++) {
                Path file = folder.resolve(i + ".dcm");
                Files.write(file, file(ct(i)));
                int code = store.statuses
                        .getOrDefault(STUDY + "." + i, DimseStatus.SUCCESS)
                        .code();
                assertThat(client.store(file).code()).as("instance %d", i).isEqualTo(code);
            }
            assertThat(client.store(Part10.of(ct(1), UID.ImplicitVRLittleEndian))
                            .isSuccess())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"401, false, true", "404, false, true", "400, false, false", "500, true, false", "429, true, false"})
    void theUserAgentNamesAnAnswerThatIsNoOutcome(int status, boolean retryable, boolean configuration)
            throws Exception {
        try (Server server = new Server(exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = "no\r\nway".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        })) {
            assertThatThrownBy(() -> server.client().store(Part10.of(ct(1), UID.ExplicitVRLittleEndian)))
                    .isInstanceOfSatisfying(DicomWebException.class, e -> {
                        assertThat(e.isRetryable()).isEqualTo(retryable);
                        assertThat(e.isConfiguration()).isEqualTo(configuration);
                    })
                    .hasMessageContaining("answered " + status + ": no way");
            assertThatThrownBy(() -> server.client().search("/studies", Map.of()))
                    .isInstanceOf(DicomWebException.class);
        }
    }

    @Test
    void theUserAgentNamesAServiceThatDoesNotAnswer() throws Exception {
        DicomWebClient client;
        try (Server server = new Server(exchange -> {})) {
            client = server.client();
        }
        assertThatThrownBy(() -> client.store(Part10.of(ct(1), UID.ExplicitVRLittleEndian)))
                .isInstanceOfSatisfying(
                        DicomWebException.class,
                        e -> assertThat(e.isRetryable()).isTrue())
                .hasMessageContaining("does not answer");
    }

    @Test
    void aSearchBringsDataSets() throws Exception {
        try (Server server = new Server(exchange -> {
            boolean found =
                    String.valueOf(exchange.getRequestURI().getRawQuery()).contains("SOPInstanceUID=1.2.3.1");
            byte[] body = "[{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.1\"]}}]".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(found ? 200 : 204, found ? body.length : -1);
            if (found) {
                exchange.getResponseBody().write(body);
            }
        })) {
            assertThat(server.client().has(STUDY, STUDY + ".1")).isTrue();
            assertThat(server.client().has(STUDY, STUDY + ".2")).isFalse();
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        StoreService.Answer answer = service.store(new StoreService.Request(
                Optional.empty(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                exchange.getRequestHeaders().getFirst("Accept"),
                OptionalLong.empty(),
                exchange.getRequestBody(),
                "127.0.0.1",
                exchange.getRequestHeaders().getFirst("User-Agent")));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private static DataSet ct(int number) {
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, STUDY + "." + number)
                .set(Tag.StudyInstanceUID, STUDY)
                .set(Tag.SeriesInstanceUID, STUDY + ".0")
                .set(Tag.InstanceNumber, number)
                .setBytes(Tag.PixelData, VR.OW, new byte[1000]);
    }

    private static byte[] file(DataSet dataSet) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Part10.write(out, Part10.of(dataSet, UID.ExplicitVRLittleEndian));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static StoreService.Request multipart(Optional<String> study, DataSet... dataSets) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (DataSet dataSet : dataSets) {
            message.writeBytes(
                    "\r\n--b\r\nContent-Type: application/dicom\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            message.writeBytes(file(dataSet));
        }
        message.writeBytes("\r\n--b--".getBytes(StandardCharsets.US_ASCII));
        return new StoreService.Request(
                study,
                "multipart/related; type=\"application/dicom\"; boundary=\"b\"",
                DicomJson.MEDIA_TYPE,
                OptionalLong.of(message.size()),
                new ByteArrayInputStream(message.toByteArray()),
                "127.0.0.1",
                "test");
    }

    private static StoreService.Request request(String contentType, String accept, byte[] body) {
        return new StoreService.Request(
                Optional.empty(),
                contentType,
                accept,
                OptionalLong.of(body.length),
                new ByteArrayInputStream(body),
                "127.0.0.1",
                "test");
    }

    private interface Pause {
        void await() throws InterruptedException;
    }

    /** Keeps data sets in memory and answers what a test wants. */
    private static final class Store implements StoreHandler {
        private final Map<String, byte[]> instances = new ConcurrentHashMap<>();
        private final Map<String, DimseStatus> statuses = new ConcurrentHashMap<>();
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger aborted = new AtomicInteger();
        private volatile @Nullable Pause beforeStore;

        @Override
        public DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
            Pause pause = beforeStore;
            if (pause != null) {
                try {
                    pause.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            byte[] bytes = dataSet.readAllBytes();
            DimseStatus status = statuses.getOrDefault(request.sopInstanceUid(), DimseStatus.SUCCESS);
            if (status.isSuccess() || status.isWarning()) {
                instances.put(request.sopInstanceUid(), bytes);
            }
            return status;
        }

        @Override
        public void associationOpened(AssociationInfo association) {
            opened.incrementAndGet();
        }

        @Override
        public void associationClosed(AssociationInfo association, boolean broken) {
            closed.incrementAndGet();
            if (broken) {
                aborted.incrementAndGet();
            }
        }
    }

    private interface Exchange {
        void serve(HttpExchange exchange) throws IOException;
    }

    private static final class Server implements AutoCloseable {
        private final HttpServer http;

        Server(Exchange handler) throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.createContext("/dicom-web", exchange -> {
                try (exchange) {
                    handler.serve(exchange);
                }
            });
            http.start();
        }

        DicomWebClient client() {
            return new DicomWebClient(new DicomWebClient.Service(
                    URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/dicom-web/"),
                    Optional.empty(),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20)));
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }
}
