package org.myonode.dicom.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
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
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.StoreHandler;

/** STOW-RS with metadata and bulk data apart: what is stored is what Part 10 would have brought. */
class MetadataMessageTest {
    private static final String JSON = "Content-Type: application/dicom+json";
    private static final String OCTETS = "Content-Type: application/octet-stream\r\nContent-Location: ";

    @TempDir
    Path folder;

    private final Map<String, byte[]> stored = new LinkedHashMap<>();
    private final Map<String, String> syntaxes = new LinkedHashMap<>();
    private StoreService service;

    @BeforeEach
    void start() {
        service = service((request, dataSet) -> {
            stored.put(request.sopInstanceUid(), dataSet.readAllBytes());
            syntaxes.put(request.sopInstanceUid(), request.transferSyntax());
            return DimseStatus.SUCCESS;
        });
    }

    private StoreService service(StoreHandler handler) {
        return new StoreService(handler, "MYONODE", new StoreService.Limits(128 << 20, 1), folder.resolve("stow"));
    }

    @AfterEach
    void noBulkDataIsLeftOnTheDisk() throws IOException {
        Path spool = folder.resolve("stow");
        if (Files.exists(spool)) {
            try (Stream<Path> files = Files.list(spool)) {
                assertThat(files).isEmpty();
            }
        }
    }

    private static DataSet ct(int number) {
        byte[] pixels = new byte[1000];
        Arrays.fill(pixels, (byte) number);
        return new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 192")
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, "1.2.3." + number)
                .set(Tag.PatientName, "Müller^Jürgen")
                .set(Tag.StudyInstanceUID, "1.2.3")
                .set(Tag.SeriesInstanceUID, "1.2.3.0")
                .set(Tag.InstanceNumber, number)
                .set(Tag.ImagePositionPatient, "-1.5", "2", "30")
                .set(Tag.Rows, 20)
                .setItems(Tag.IconImageSequence, new DataSet().set(Tag.Rows, 2))
                .setBytes(Tag.PixelData, VR.OW, pixels);
    }

    /** DICOM JSON in which the pixel data is elsewhere. */
    private static String metadata(DataSet dataSet, String uri) {
        String json = DicomJson.write(dataSet.copy().remove(Tag.PixelData));
        return json.substring(0, json.length() - 1) + ",\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"" + uri + "\"}}";
    }

    private record Part(String headers, byte[] body) {
        Part(String headers, String body) {
            this(headers, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static InputStream message(Part... parts) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (Part part : parts) {
            message.writeBytes(("\r\n--b\r\n" + part.headers() + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            message.writeBytes(part.body());
        }
        message.writeBytes("\r\n--b--".getBytes(StandardCharsets.US_ASCII));
        return new ByteArrayInputStream(message.toByteArray());
    }

    private StoreService.Answer store(Part... parts) throws IOException {
        return store(service, Optional.empty(), message(parts));
    }

    private static StoreService.Answer store(StoreService service, Optional<String> study, InputStream message)
            throws IOException {
        return service.store(new StoreService.Request(
                study,
                "multipart/related; type=\"application/dicom+json\"; boundary=b",
                "application/dicom+json",
                OptionalLong.empty(),
                message,
                "127.0.0.1",
                "test"));
    }

    @Test
    void instancesAreStoredAsPartTenWouldHaveBroughtThem() throws IOException {
        StoreService.Answer answer = store(
                new Part(JSON, "[" + metadata(ct(1), "bulk/1") + "," + metadata(ct(2), "http://x/2") + "]"),
                new Part(OCTETS + "http://x/2", ct(2).bytes(Tag.PixelData)),
                new Part(OCTETS + "bulk/1", ct(1).bytes(Tag.PixelData)));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(DicomJson.read(answer.body()).get(0).items(Tag.ReferencedSOPSequence))
                .hasSize(2);
        for (int number = 1; number <= 2; number++) {
            byte[] bytes = stored.get("1.2.3." + number);
            assertThat(bytes).isEqualTo(Part10.encodeDataSet(ct(number), UID.ExplicitVRLittleEndian));
            assertThat(Part10.readDataSet(bytes, UID.ExplicitVRLittleEndian)).isEqualTo(ct(number));
        }
    }

    @Test
    void aCompressedFrameIsEncapsulatedInItsTransferSyntax() throws IOException {
        byte[] frame = {(byte) 0xFF, (byte) 0xD8, 1, 2, 3};
        StoreService.Answer answer = store(
                new Part(JSON, "[" + metadata(ct(1), "f") + "]"),
                new Part(
                        "Content-Type: image/jls; transfer-syntax=1.2.840.10008.1.2.4.80\r\nContent-Location: f",
                        frame));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(syntaxes).containsEntry("1.2.3.1", UID.JPEGLSLossless);
        List<byte[]> fragments =
                Part10.readDataSet(stored.get("1.2.3.1"), UID.JPEGLSLossless).fragments(Tag.PixelData);
        assertThat(fragments).hasSize(2);
        assertThat(fragments.get(1)).isEqualTo(Arrays.copyOf(frame, 6));
    }

    @Test
    void eachInstanceHasItsOwnOutcome() throws IOException {
        String many = metadata(ct(3).set(Tag.NumberOfFrames, "2"), "two");
        StoreService.Answer answer = store(
                new Part(JSON, "[" + metadata(ct(1), "a") + "," + metadata(ct(2), "absent") + "," + many + "]"),
                new Part(OCTETS + "a", new byte[1000]),
                new Part(
                        "Content-Type: image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90\r\nContent-Location: two",
                        "x"));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(stored).containsOnlyKeys("1.2.3.1");
        assertThat(DicomJson.read(answer.body()).get(0).items(Tag.FailedSOPSequence))
                .extracting(item -> item.requireText(Tag.ReferencedSOPInstanceUID) + " "
                        + Integer.toHexString(item.requireInteger(Tag.FailureReason)))
                .containsExactly("1.2.3.2 c000", "1.2.3.3 c000");
    }

    @Test
    void anInstanceOfAnotherStudyIsNotStored() throws IOException {
        StoreService.Answer answer = store(
                service,
                Optional.of("9.9"),
                message(new Part(JSON, "[" + metadata(ct(1), "a") + "]"), new Part(OCTETS + "a", new byte[10])));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/dicom+json|[{]|the metadata cannot be read: no JSON at offset",
                "application/dicom+json|[{\"00100010\":{\"vr\":\"XX\"}}]|PatientName (0010,0010)",
                "application/dicom+json|[{\"00081140\":{\"vr\":\"SQ\",\"BulkDataURI\":\"a\"}}]|BulkDataURI with the VR SQ",
                "application/octet-stream|x|no Content-Location",
                "no type|x|no Content-Type",
                "application/dicom+json|[]|no metadata"
            })
    void whatIsNoSuchMessageIsSaid(String type, String body, String reason) throws IOException {
        StoreService.Answer answer = store(new Part("Content-Type: " + type, body));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(reason);
        assertThat(stored).isEmpty();
    }

    @Test
    void metadataHasALimitOfItsOwn() throws IOException {
        byte[] spaces = new byte[MetadataMessage.MAXIMUM_METADATA];
        Arrays.fill(spaces, (byte) ' ');
        StoreService.Answer answer = store(new Part(JSON, "[" + metadata(ct(1), "a") + "]"), new Part(JSON, spaces));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("longer than");
    }

    @Test
    void aMessageThatIsCutOffStoresNothing() throws IOException {
        byte[] whole = message(new Part(JSON, "[" + metadata(ct(1), "a") + "]"), new Part(OCTETS + "a", new byte[1000]))
                .readAllBytes();
        StoreService.Answer answer =
                store(service, Optional.empty(), new ByteArrayInputStream(Arrays.copyOf(whole, whole.length - 20)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(stored).isEmpty();
    }

    @Test
    void bulkDataIsNeverInMemory() throws IOException {
        int length = 64 << 20;
        long[] taken = new long[1];
        StoreService discarding = service((request, dataSet) -> {
            byte[] buffer = new byte[8192];
            for (int count = dataSet.read(buffer); count >= 0; count = dataSet.read(buffer)) {
                taken[0] += count;
            }
            return DimseStatus.SUCCESS;
        });
        InputStream head = message(new Part(JSON, "[" + metadata(ct(1), "a") + "]"));
        byte[] json = head.readAllBytes();
        InputStream message = new SequenceInputStream(java.util.Collections.enumeration(List.of(
                new ByteArrayInputStream(json, 0, json.length - 2),
                new ByteArrayInputStream(("\r\n" + OCTETS + "a\r\n\r\n").getBytes(StandardCharsets.US_ASCII)),
                new Zeros(length),
                new ByteArrayInputStream("\r\n--b--".getBytes(StandardCharsets.US_ASCII)))));
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();

        StoreService.Answer answer = store(discarding, Optional.empty(), message);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);

        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
        assertThat(taken[0]).isGreaterThan(length);
    }

    /** So many zeros. */
    private static final class Zeros extends InputStream {
        private int left;

        Zeros(int length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(left, length);
            Arrays.fill(target, offset, offset + count, (byte) 0);
            left -= count;
            return count == 0 && length > 0 ? -1 : count;
        }
    }

    @Test
    void whatAProcessThatWasKilledLeftIsDeleted() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("stow")).resolve("bulk-1.tmp"), "x");
        service((request, dataSet) -> DimseStatus.SUCCESS);
    }

    @Test
    void aFolderThatTakesNothingMeansLater() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        StoreService nowhere = new StoreService(
                (request, dataSet) -> DimseStatus.SUCCESS,
                "MYONODE",
                new StoreService.Limits(1 << 20, 1),
                file.resolve("stow"));
        StoreService.Answer answer =
                store(nowhere, Optional.empty(), message(new Part(JSON, "[" + metadata(ct(1), "a") + "]")));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfterSeconds()).isPresent();
    }
}
