package org.myonode.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;
import org.myonode.dicom.peers.DcmtkStoreScp;
import org.myonode.dicom.peers.Odil;
import org.myonode.dicom.peers.Orthanc;
import org.myonode.dicom.peers.Peers;

/**
 * Every storage SOP class, and one in every transfer syntax: sent and received, by us, DCMTK, Orthanc, odil and GDCM; stored
 * as it came. What a peer does not know is listed, so that the lists cannot grow unseen.
 */
@Timeout(120)
final class EveryClassAndSyntaxTest {
    private static final Duration SHORT = Duration.ofSeconds(20);

    /** Neither DCMTK 3.6.7 nor Orthanc 1.10, which is built on it, knows these. */
    private static final List<String> HIGH_THROUGHPUT =
            List.of(TransferSyntaxes.HTJ2K_LOSSLESS, TransferSyntaxes.HTJ2K_LOSSLESS_RPCL, TransferSyntaxes.HTJ2K);

    /** odil 0.12 does not inflate. */
    private static final List<String> DEFLATED = List.of(TransferSyntaxes.DEFLATED);

    /** DCMTK's storescp takes JPEG Lossless with selection value 1 only. */
    private static final List<String> REFUSED_BY_STORESCP = List.of(
            TransferSyntaxes.JPEG_LOSSLESS,
            TransferSyntaxes.HTJ2K_LOSSLESS,
            TransferSyntaxes.HTJ2K_LOSSLESS_RPCL,
            TransferSyntaxes.HTJ2K);

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

    private AeAddress listen(int associations) throws IOException {
        listener = DicomListener.start(
                new ListenerConfig(
                        "MYONODE",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ListenerConfig.DEFAULT_MAX_PDU,
                        associations,
                        SHORT,
                        SHORT,
                        TransferCapabilities.storage()),
                AssociationPolicy.anyone(),
                store);
        return new AeAddress("MYONODE", "127.0.0.1", listener.port());
    }

    /** One small file for each SOP class in Explicit VR Little Endian, and a CT for each transfer syntax. */
    private Map<String, Path> filesWithout(List<String> unknown) throws IOException {
        Map<String, Path> files = files();
        unknown.forEach(syntax -> files.remove(UID.CTImageStorage + " " + syntax));
        return files;
    }

    private Map<String, Path> files() throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        for (TransferCapability capability : TransferCapabilities.storage()) {
            add(files, capability.sopClassUid(), TransferSyntaxes.EXPLICIT_LE);
        }
        for (String syntax : TransferSyntaxes.BY_PREFERENCE) {
            add(files, UID.CTImageStorage, syntax);
        }
        return files;
    }

    private void add(Map<String, Path> files, String sopClass, String syntax) throws IOException {
        String key = sopClass + " " + syntax;
        if (files.containsKey(key)) {
            return;
        }
        DataSet dataSet = new DataSet()
                .set(Tag.SOPClassUID, sopClass)
                .set(Tag.SOPInstanceUID, Uids.random())
                .set(Tag.Modality, "CT")
                .set(Tag.PatientID, "T1")
                .set(Tag.StudyInstanceUID, Uids.random())
                .set(Tag.SeriesInstanceUID, Uids.random())
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, 2)
                .set(Tag.Columns, 2)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 0);
        if (TransferSyntaxes.isUncompressed(syntax)) {
            dataSet.setBytes(Tag.PixelData, VR.OW, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        } else {
            // Nobody on the way may look into the frames: they hold what no decoder would take.
            dataSet.setFragments(
                    Tag.PixelData, VR.OB, List.of(new byte[0], new byte[] {1, 2, 3, 4}, new byte[] {5, 6, 7, 8}));
        }
        Path file = folder.resolve(files.size() + ".dcm");
        Part10.write(file, Part10.of(dataSet, syntax));
        files.put(key, file);
    }

    private static byte[] dataSetBytes(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOfRange(all, (int) Part10Header.read(file).dataSetOffset(), all.length);
    }

    /** Encapsulated data sets must have come bit for bit; a sender may choose among the others what it likes best. */
    private void assertStored(Path file) throws IOException {
        Part10Header header = Part10Header.read(file);
        StoreRequest request = store.requests.stream()
                .filter(candidate -> candidate.sopInstanceUid().equals(header.sopInstanceUid()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(header + " has not come"));
        assertThat(request.sopClassUid()).isEqualTo(header.sopClassUid());
        assertSame(file, request.transferSyntax(), store.dataSets.get(header.sopInstanceUid()));
    }

    private static void assertSame(Path file, String syntax, byte[] dataSet) throws IOException {
        Part10Header header = Part10Header.read(file);
        if (TransferSyntaxes.isUncompressed(header.transferSyntax())) {
            assertThat(TransferSyntaxes.isUncompressed(syntax)).isTrue();
            assertThat(Part10.readDataSet(dataSet, syntax))
                    .as(header.toString())
                    .isEqualTo(Part10.read(file).dataSet());
        } else {
            assertThat(syntax).as(header.toString()).isEqualTo(header.transferSyntax());
            assertThat(dataSet).as(header.toString()).isEqualTo(dataSetBytes(file));
        }
    }

    @Test
    void we_send_every_class_and_syntax_to_ourselves() throws IOException {
        Map<String, Path> files = files();
        try (Association association =
                Association.open(listen(1), "TESTSCU", PresentationContext.forFiles(files.values()), SHORT, SHORT)) {
            for (Path file : files.values()) {
                assertThat(association.store(file)).isEqualTo(DimseStatus.SUCCESS);
            }
        }
        for (Path file : files.values()) {
            assertStored(file);
        }
    }

    @Test
    void dcmtk_sends_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Peers.onPath("dcmsend"), "dcmtk is not installed");
        Map<String, Path> files = filesWithout(HIGH_THROUGHPUT);
        AeAddress to = listen(4);
        List<String> command = new ArrayList<>(List.of(
                "dcmsend",
                "--decompress-never",
                "--no-uid-checks",
                "--no-halt",
                "-aec",
                "MYONODE",
                "127.0.0.1",
                Integer.toString(to.port())));
        files.values().forEach(file -> command.add(file.toString()));
        Peers.Outcome sent = Peers.run(command);
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        for (Path file : files.values()) {
            assertStored(file);
        }
    }

    @Test
    void dcmtk_takes_from_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Peers.onPath("storescp"), "dcmtk is not installed");
        Map<String, Path> files = files();
        List<Path> sent = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (DcmtkStoreScp peer =
                DcmtkStoreScp.start(folder.resolve("peer"), "+xa", "--promiscuous", "--bit-preserving")) {
            try (Association association = Association.open(
                    peer.address(), "TESTSCU", PresentationContext.forFiles(files.values()), SHORT, SHORT)) {
                for (Path file : files.values()) {
                    Part10Header header = Part10Header.read(file);
                    if (TransferSyntaxes.isUncompressed(header.transferSyntax())
                            || association.accepts(header.sopClassUid(), header.transferSyntax())) {
                        assertThat(association.store(file))
                                .as(header.toString())
                                .isEqualTo(DimseStatus.SUCCESS);
                        sent.add(file);
                    } else {
                        refused.add(header.transferSyntax());
                    }
                }
            }
            assertThat(refused).containsExactlyInAnyOrderElementsOf(REFUSED_BY_STORESCP);
            Map<String, Path> received = new LinkedHashMap<>();
            for (Path file : peer.received()) {
                received.put(Part10Header.read(file).sopInstanceUid(), file);
            }
            for (Path file : sent) {
                Path arrived = received.get(Part10Header.read(file).sopInstanceUid());
                assertSame(file, Part10Header.read(arrived).transferSyntax(), dataSetBytes(arrived));
            }
        }
    }

    @Test
    void orthanc_takes_from_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        Map<String, Path> files = filesWithout(HIGH_THROUGHPUT);
        try (Orthanc pacs = Orthanc.start(folder.resolve("orthanc"))) {
            try (Association association = Association.open(
                    pacs.address(), "TESTSCU", PresentationContext.forFiles(files.values()), SHORT, SHORT)) {
                for (Path file : files.values()) {
                    Part10Header header = Part10Header.read(file);
                    assertThat(TransferSyntaxes.isUncompressed(header.transferSyntax())
                                    || association.accepts(header.sopClassUid(), header.transferSyntax()))
                            .as(header.toString())
                            .isTrue();
                    assertThat(association.store(file)).as(header.toString()).isEqualTo(DimseStatus.SUCCESS);
                }
            }
            for (String id : ids(pacs.get("/instances"))) {
                Path back = Files.write(folder.resolve("back.dcm"), pacs.bytes("/instances/" + id + "/file"));
                assertThat(files.values().removeIf(file -> isSame(file, back))).isTrue();
            }
        }
        assertThat(files).isEmpty();
    }

    @Test
    void orthanc_sends_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Orthanc.isInstalled(), "Orthanc is not installed");
        Map<String, Path> files = filesWithout(HIGH_THROUGHPUT);
        AeAddress own = listen(4);
        try (Orthanc pacs = Orthanc.start(folder.resolve("orthanc"), Map.of("us", own))) {
            for (Path file : files.values()) {
                pacs.post("/instances", Files.readAllBytes(file));
            }
            String answer = pacs.post("/modalities/us/store", pacs.get("/instances"));
            assertThat(answer).as(pacs.log()).contains("\"FailedInstancesCount\" : 0");
        }
        for (Path file : files.values()) {
            assertStored(file);
        }
    }

    private static List<String> ids(String json) {
        return Stream.of(json.replaceAll("[\\[\\]\"\\s]", "").split(","))
                .filter(id -> !id.isEmpty())
                .toList();
    }

    private static boolean isSame(Path sent, Path back) {
        try {
            if (!Part10Header.read(sent)
                    .sopInstanceUid()
                    .equals(Part10Header.read(back).sopInstanceUid())) {
                return false;
            }
            assertSame(sent, Part10Header.read(back).transferSyntax(), dataSetBytes(back));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void odil_takes_from_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Odil.isInstalled(), "python3-odil is not installed");
        Map<String, Path> files = filesWithout(DEFLATED);
        try (Odil peer = Odil.start(Files.createDirectories(folder.resolve("odil")))) {
            try (Association association =
                    openWhenReady(peer.address(), PresentationContext.forFiles(files.values()))) {
                for (Path file : files.values()) {
                    Part10Header header = Part10Header.read(file);
                    assertThat(TransferSyntaxes.isUncompressed(header.transferSyntax())
                                    || association.accepts(header.sopClassUid(), header.transferSyntax()))
                            .as(header.toString())
                            .isTrue();
                    assertThat(association.store(file))
                            .as(header + "\n" + peer.log())
                            .isEqualTo(DimseStatus.SUCCESS);
                }
            }
            for (Path back : peer.received()) {
                assertThat(files.values().removeIf(file -> isSame(file, back))).isTrue();
            }
        }
        assertThat(files).isEmpty();
    }

    @Test
    void odil_sends_us_every_class_and_syntax_that_it_knows() throws Exception {
        assumeTrue(Odil.isInstalled(), "python3-odil is not installed");
        Map<String, Path> files = filesWithout(DEFLATED);
        AeAddress to = listen(4);
        Peers.Outcome sent = Odil.send(folder, to, List.copyOf(files.values()));
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        for (Path file : files.values()) {
            assertStored(file);
        }
    }

    private static Association openWhenReady(AeAddress to, List<PresentationContext> contexts) throws Exception {
        long deadline = System.nanoTime() + SHORT.toNanos();
        while (true) {
            try {
                return Association.open(to, "TESTSCU", contexts, SHORT, SHORT);
            } catch (AssociationException notYet) {
                if (notYet.kind() != AssociationException.Kind.UNREACHABLE || System.nanoTime() > deadline) {
                    throw notYet;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Its program often crashes after its work: the file that arrived is the judge. */
    @Test
    void gdcm_sends_to_us() throws Exception {
        assumeTrue(Peers.onPath("gdcmscu"), "libgdcm-tools is not installed");
        Map<String, Path> files = files();
        AeAddress to = listen(4);
        Path file = files.get(UID.CTImageStorage + " " + TransferSyntaxes.EXPLICIT_LE);
        Peers.Outcome sent = Peers.run(
                "gdcmscu", "--store", "--call", "MYONODE", "127.0.0.1", Integer.toString(to.port()), file.toString());
        assertThat(store.requests).as(sent.output()).hasSize(1);
        StoreRequest request = store.requests.get(0);
        assertThat(Part10.readDataSet(store.dataSets.get(request.sopInstanceUid()), request.transferSyntax()))
                .isEqualTo(Part10.read(file).dataSet());
    }

    @Test
    void two_hundred_associations_at_once() throws Exception {
        int count = 200;
        AeAddress to = listen(count);
        Path file = files().get(UID.CTImageStorage + " " + TransferSyntaxes.EXPLICIT_LE);
        List<PresentationContext> contexts = PresentationContext.forFiles(List.of(file));
        CountDownLatch allOpen = new CountDownLatch(count);
        ExecutorService senders = Executors.newFixedThreadPool(count);
        try {
            List<Future<DimseStatus>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                answers.add(senders.submit(() -> {
                    try (Association association = Association.open(to, "TESTSCU", contexts, SHORT, SHORT)) {
                        allOpen.countDown();
                        assertThat(allOpen.await(60, TimeUnit.SECONDS)).isTrue();
                        return association.store(file);
                    }
                }));
            }
            for (Future<DimseStatus> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(DimseStatus.SUCCESS);
            }
        } finally {
            senders.shutdownNow();
        }
        assertThat(store.requests).hasSize(count);
    }
}
