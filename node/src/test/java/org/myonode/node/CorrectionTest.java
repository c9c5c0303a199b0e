package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.AuditRow;
import org.myonode.db.ContourRow;
import org.myonode.db.Corrections;
import org.myonode.db.IntakeRow;
import org.myonode.db.OutputObject;
import org.myonode.db.StudyRow;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.peers.Peers;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;
import org.myonode.workers.verify.Verification;

/**
 * The way of a correction through a whole node: results go to a PACS, somebody edits one there and sends it back, the
 * corrected result goes out. Real database, real sockets, the shipped models.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorrectionTest {

    private static final Duration WAIT = Duration.ofMinutes(2);
    private static final Set<StudyState> DONE = Set.of(StudyState.EXPORTED, StudyState.FAILED, StudyState.NO_L3);
    private static final String PYTHON = "/usr/bin/python3";
    private static final String ROOT = "1.2.826.0.1.3680043.10.1429";

    @TempDir
    static Path folder;

    private TestDatabase database;
    private Corrections corrections;
    private ReceivingPacs pacs;
    private Node node;

    @BeforeAll
    void start() throws IOException {
        database = TestDatabase.create();
        corrections = new Corrections(database.database(), Clock.systemUTC());
        pacs = ReceivingPacs.start(folder.resolve("pacs"));
        node = Node.start(config(folder.resolve("node"), Map.of()), Clock.systemUTC());
    }

    @AfterAll
    void stop() {
        node.close();
        pacs.close();
        database.close();
    }

    private NodeConfig config(Path directory, Map<String, Object> more) {
        return NodeConfig.of(ConfigFactory.parseMap(settings(directory, more)), Map.of(), "test");
    }

    private Map<String, Object> settings(Path directory, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "dicom.port",
                0,
                "dicom.bind",
                "127.0.0.1",
                "web.port",
                0,
                "dicomweb.store",
                true,
                "storage.directory",
                directory.toString(),
                "storage.minimumFree",
                "64 MiB",
                "database.url",
                database.config().url(),
                "database.user",
                "postgres",
                "study.quietPeriod",
                "500 ms",
                "destinations",
                List.of(Map.of(
                        "name", "pacs",
                        "aeTitle", pacs.address().aeTitle(),
                        "host", "127.0.0.1",
                        "port", pacs.address().port(),
                        "objects", List.copyOf(NodeConfig.ALL_OBJECTS)))));
        settings.putAll(more);
        return settings;
    }

    @Test
    void a_structure_set_that_comes_back_changed_gives_a_corrected_result() throws Exception {
        PhantomStudy phantom = phantom(800_101);
        send(phantom.ctFiles());
        StudyRow automatic = settled(phantom, 1);
        JsonNode before = json(automatic);
        DicomFile seg = object(automatic, "SEG");
        DicomFile rtstruct = object(automatic, "RTSTRUCT");

        // Ours, echoed: by itself, and under another UID. Neither is a correction.
        DataSet echo = Editor.structureSet(rtstruct, ROOT + ".1.1");
        send(write(rtstruct));
        send(write(Editor.file(echo)));
        assertThat(received(phantom, ROOT + ".1.1").detail()).contains("no correction", "pixel for pixel");
        assertThat(node.ledger().revisions(phantom.studyInstanceUid())).hasSize(1);

        // What does not fit is refused with its reason, and nothing is opened.
        refused(phantom, rtstruct, seg, ".2.1", "frame of reference", CorrectionTest::otherFrame);
        refused(phantom, rtstruct, seg, ".2.2", "off the plane", CorrectionTest::otherPlane);
        refused(phantom, rtstruct, seg, ".2.3", "and the result was measured on", set -> otherSlice(set, phantom));
        refused(phantom, rtstruct, seg, ".2.4", "no pixel in common", set -> {
            DataSet drawn = set.items(Tag.ROIContourSequence).get(0);
            drawn.setItems(
                    Tag.ContourSequence, corner(drawn.items(Tag.ContourSequence).get(0), seg.dataSet()));
        });
        refused(phantom, rtstruct, seg, ".2.5", "and no person", set -> {
            set.set(Tag.ManufacturerModelName, "MyoNode");
            set.items(Tag.StructureSetROISequence).get(0).set(Tag.ROIGenerationAlgorithm, "AUTOMATIC");
        });
        assertThat(node.ledger().revisions(phantom.studyInstanceUid())).hasSize(1);

        // The correction, sent three times: twice the same object, once more under another UID.
        DataSet edited = Editor.cut(Editor.structureSet(rtstruct, ROOT + ".3.1"), seg.dataSet(), 0);
        Path file = write(Editor.file(edited));
        send(file);
        send(file);
        StudyRow corrected = settled(phantom, 2);
        send(file);
        send(write(Editor.file(edited.copy().set(Tag.SOPInstanceUID, ROOT + ".3.2"))));
        assertThat(received(phantom, ROOT + ".3.1").detail()).contains("Ina Brandt", "Muscle_L3");
        assertThat(received(phantom, ROOT + ".3.2").outcome()).isEqualTo("IGNORED");
        assertThat(node.ledger().revisions(phantom.studyInstanceUid())).hasSize(2);

        JsonNode after = json(corrected);
        double pixel = before.at("/muscle/areaCm2").asDouble()
                / before.at("/muscle/pixels").asInt();
        assertThat(after.at("/muscle/areaCm2").asDouble())
                .isCloseTo(before.at("/muscle/areaCm2").asDouble() - Editor.CUT * Editor.CUT * pixel, within(0.0001));
        assertThat(after.at("/correction/automatic/muscle/areaCm2")).isEqualTo(before.at("/muscle/areaCm2"));
        assertThat(after.at("/correction/person").asText()).isEqualTo("Brandt^Ina");
        assertThat(after.at("/correction/verified").asBoolean()).isFalse();
        assertThat(after.at("/models")).isEqualTo(before.at("/models"));
        assertThat(after.at("/l3")).isEqualTo(before.at("/l3"));
        assertThat(ours(phantom)).hasSize(1).allSatisfy(row -> {
            assertThat(row.version()).isEqualTo(1);
            assertThat(row.observer()).isEqualTo("Ina Brandt (correction)");
        });
        assertThat(node.ledger().audit(phantom.studyInstanceUid()))
                .extracting(AuditRow::event)
                .containsOnlyOnce("CORRECTION_TAKEN");

        // The objects: as the PACS has them.
        DataSet newSeg = object(corrected, "SEG").dataSet();
        DataSet newSr = object(corrected, "SR").dataSet();
        DataSet newSet = object(corrected, "RTSTRUCT").dataSet();
        assertThat(segment(newSeg).requireText(Tag.SegmentAlgorithmType)).isEqualTo("SEMIAUTOMATIC");
        assertThat(segment(newSeg).text(Tag.TrackingUID))
                .isEqualTo(segment(seg.dataSet()).text(Tag.TrackingUID));
        assertThat(newSeg.requireText(Tag.ContentCreatorName)).isEqualTo("Brandt^Ina");
        assertThat(newSr.requireText(Tag.VerificationFlag)).isEqualTo("UNVERIFIED");
        assertThat(newSr.contains(Tag.VerifyingObserverSequence)).isFalse();
        assertThat(predecessor(newSr))
                .isEqualTo(object(automatic, "SR").dataSet().requireText(Tag.SOPInstanceUID));
        assertThat(newSet.items(Tag.StructureSetROISequence).get(0).requireText(Tag.ROIGenerationAlgorithm))
                .isEqualTo("SEMIAUTOMATIC");
        assertThat(newSet.requireText(Tag.ApprovalStatus)).isEqualTo("UNAPPROVED");
        assertThat(uids(corrected)).doesNotContainAnyElementsOf(uids(automatic));
        assertThat(Verification.ofFiles(files(corrected, phantom)).findings()).isEmpty();

        // The pages.
        String page = get("/studies/" + phantom.studyInstanceUid()).body();
        assertThat(page)
                .contains(
                        "Corrected by an expert", "corrected by Ina Brandt", "Received contours", "frame of reference")
                .contains(String.format(
                        java.util.Locale.ROOT,
                        "%.1f cm²",
                        before.at("/muscle/areaCm2").asDouble()))
                .contains(String.format(
                        java.util.Locale.ROOT,
                        "%.1f cm²",
                        after.at("/muscle/areaCm2").asDouble()))
                .doesNotContain(seg.dataSet().requireText(Tag.PatientName).split("\\^")[0] + "^");
        assertThat(get("/studies/" + phantom.studyInstanceUid() + "/revisions/1/overlay.png")
                        .statusCode())
                .isEqualTo(200);
        JsonNode listed = new ObjectMapper()
                .readTree(get("/studies/" + phantom.studyInstanceUid() + "/corrections.json")
                        .body());
        assertThat(listed.at("/corrections")).hasSize(1);
        assertThat(listed.at("/received").size()).isGreaterThanOrEqualTo(7);

        // Somebody corrects the correction, and it is approved: it supersedes the first one.
        DataSet again = Editor.cut(Editor.structureSet(object(corrected, "RTSTRUCT"), ROOT + ".4.1"), newSeg, 0);
        again.set(Tag.ApprovalStatus, "APPROVED")
                .set(Tag.ReviewerName, "Abt^Eva")
                .set(Tag.ReviewDate, "20260102")
                .set(Tag.ReviewTime, "101500")
                .set(Tag.InstitutionName, "Clinic");
        send(write(Editor.file(again)));
        StudyRow second = settled(phantom, 3);
        DataSet approved = object(second, "SR").dataSet();
        assertThat(approved.requireText(Tag.VerificationFlag)).isEqualTo("VERIFIED");
        assertThat(approved.items(Tag.VerifyingObserverSequence).get(0).requireText(Tag.VerifyingObserverName))
                .isEqualTo("Abt^Eva");
        assertThat(predecessor(approved)).isEqualTo(newSr.requireText(Tag.SOPInstanceUID));
        assertThat(json(second).at("/correction/automatic/muscle/areaCm2")).isEqualTo(before.at("/muscle/areaCm2"));
        assertThat(Verification.ofFiles(files(second, phantom)).findings()).isEmpty();
        assertThat(get("/studies/" + phantom.studyInstanceUid()).body()).contains("Approved by Abt Eva on 2026-01-02.");
        assertThat(received(phantom, ROOT + ".3.1").outcome()).isEqualTo("TAKEN");

        // A late PET is measured with the expert's contour; no model is asked again.
        send(phantom.petFiles());
        StudyRow late = settled(phantom, 4);
        assertThat(json(late).at("/muscle/suvMean").isNumber()).isTrue();
        assertThat(json(late).at("/muscle/areaCm2")).isEqualTo(json(second).at("/muscle/areaCm2"));
        assertThat(json(late).at("/correction/revision").asInt()).isEqualTo(3);
        assertThat(get("/studies/" + phantom.studyInstanceUid()).body()).contains("It stands");
        assertThat(Verification.ofFiles(files(late, phantom)).findings()).isEmpty();
    }

    @Test
    void a_segmentation_that_comes_back_over_the_web_gives_a_corrected_result() throws Exception {
        PhantomStudy phantom = phantom(800_104);
        send(phantom.ctFiles());
        StudyRow automatic = settled(phantom, 1);
        DicomFile seg = object(automatic, "SEG");

        Path edited = write(Part10.of(Editor.segmentation(seg, ROOT + ".5.1", 0), UID.ExplicitVRLittleEndian));
        assertThat(new DicomWebClient(new DicomWebClient.Service(
                                URI.create("http://127.0.0.1:" + node.webPort() + "/dicom-web"),
                                Optional.empty(),
                                WAIT,
                                WAIT))
                        .store(edited)
                        .isSuccess())
                .isTrue();

        StudyRow corrected = settled(phantom, 2);
        assertThat(json(corrected).at("/correction/receivedFrom").asText()).isEqualTo("STOW-RS");
        assertThat(json(corrected).at("/correction/recognisedBy").asText()).contains("tracking UID");
        assertThat(json(corrected).at("/muscle/pixels").asInt())
                .isEqualTo(json(automatic).at("/muscle/pixels").asInt() - Editor.CUT * Editor.CUT);
        assertThat(object(corrected, "SEG").dataSet().bytes(Tag.PixelData))
                .isEqualTo(Part10.read(edited).dataSet().bytes(Tag.PixelData));
        assertThat(Verification.ofFiles(files(corrected, phantom)).findings()).isEmpty();
        benchmarksAndTrainingSayWhatIsACorrection();
    }

    /** No contour here was drawn blind: it is left out unless somebody asks for it, and then it is called what it is. */
    private void benchmarksAndTrainingSayWhatIsACorrection() throws IOException {
        String out = folder.resolve("crossval").toString();
        String closed = file("closed.conf", Map.of());
        assertThat(Cli.run("crossval", "--out", out, "--config", closed)).satisfies(output -> {
            assertThat(output.exitCode()).as(output.text()).isEqualTo(Main.EXPECTED_NO);
            assertThat(output.text()).contains("of what a model had drawn (", "of muscle-l3", "left out");
        });
        assertThat(Cli.run("crossval", "--corrections", "--out", out, "--config", closed))
                .satisfies(output -> {
                    assertThat(output.exitCode()).as(output.text()).isZero();
                    assertThat(output.text()).contains("BIASED", "correct muscle-l3");
                });
        JsonNode report =
                new ObjectMapper().readTree(Path.of(out, "report.json").toFile());
        assertThat(report.path("notes").toString()).contains("BIASED");

        String[] finetune = {
            "finetune", "--out", folder.resolve("own").toString(), "--version-name", "1", "--keep", "99"
        };
        assertThat(Cli.run(with(finetune, "--config", closed))).satisfies(output -> {
            assertThat(output.exitCode()).as(output.text()).isEqualTo(Main.EXPECTED_NO);
            assertThat(output.text()).contains("left out: corrections.training = false");
        });
        String open = file("open.conf", Map.of("corrections.training", true));
        // As far as the first thing that is wrong, so that the test need not train.
        assertThat(Cli.run(with(finetune, "--config", open)).text())
                .contains("corrections of what a model had drawn and are learnt from", "leaves none to learn from");
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    private String file(String name, Map<String, Object> more) throws IOException {
        return Files.writeString(
                        folder.resolve(name),
                        ConfigFactory.parseMap(settings(folder.resolve("elsewhere"), more))
                                .root()
                                .render())
                .toString();
    }

    @Test
    void what_pydicom_edits_is_known_by_reference_and_by_tracking_uid() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), "python3 is not installed");
        assumeTrue(Peers.run(PYTHON, "-c", "import pydicom").exitCode() == 0, "python3-pydicom is not installed");
        Path script = Files.write(
                folder.resolve("edit.py"),
                CorrectionTest.class.getResourceAsStream("edit.py").readAllBytes());
        PhantomStudy phantom = phantom(800_105);
        send(phantom.ctFiles());
        StudyRow automatic = settled(phantom, 1);
        Path image = imageOf(phantom, json(automatic).at("/l3/sopInstanceUid").asText());

        send(edited(script, automatic, "RTSTRUCT", ROOT + ".6.1", image));
        StudyRow first = settled(phantom, 2);
        assertThat(json(first).at("/correction/recognisedBy").asText())
                .isEqualTo("a reference to our object and the image that was measured");
        assertThat(json(first).at("/correction/person").asText()).isEqualTo("Winter^Lea");
        assertThat(json(first).at("/muscle/pixels").asInt())
                .isEqualTo(json(automatic).at("/muscle/pixels").asInt() - Editor.CUT * Editor.CUT);

        send(edited(script, first, "SEG", ROOT + ".6.2", image));
        StudyRow second = settled(phantom, 3);
        assertThat(json(second).at("/correction/recognisedBy").asText()).contains("the tracking UID");
        assertThat(json(second).at("/correction/person").asText()).isEqualTo("Sommer^Kai");
        assertThat(json(second).at("/muscle/pixels").asInt())
                .isEqualTo(json(first).at("/muscle/pixels").asInt() - Editor.CUT * Editor.CUT);
        assertThat(json(second).at("/correction/corrects").asInt()).isEqualTo(2);
        assertThat(json(second).at("/correction/automatic/revision").asInt()).isEqualTo(1);
        assertThat(Verification.ofFiles(files(second, phantom)).findings()).isEmpty();
    }

    private Path edited(Path script, StudyRow row, String kind, String uid, Path image) throws Exception {
        int[] square = Editor.squareInMuscle(object(row, "SEG").dataSet(), 0);
        Path target = folder.resolve(uid + ".dcm");
        var outcome = Peers.run(
                PYTHON,
                script.toString(),
                inPacs(output(row, kind)).toString(),
                target.toString(),
                uid,
                Integer.toString(square[0]),
                Integer.toString(square[1]),
                Integer.toString(Editor.CUT),
                image.toString());
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        return target;
    }

    private static Path imageOf(PhantomStudy phantom, String uid) throws IOException {
        for (Path file : phantom.ctFiles()) {
            if (Part10.readHeader(file).sopInstanceUid().equals(uid)) {
                return file;
            }
        }
        throw new AssertionError("no image " + uid);
    }

    // ---- what does not fit

    private void refused(
            PhantomStudy phantom,
            DicomFile rtstruct,
            DicomFile seg,
            String uid,
            String reason,
            Consumer<DataSet> damage)
            throws Exception {
        DataSet set = Editor.cut(Editor.structureSet(rtstruct, ROOT + uid), seg.dataSet(), 0);
        damage.accept(set);
        send(write(Editor.file(set)));
        IntakeRow row = received(phantom, ROOT + uid);
        assertThat(row.outcome()).as(row.detail()).isEqualTo("REFUSED");
        assertThat(row.detail()).contains(reason);
    }

    private static void otherFrame(DataSet set) {
        set.items(Tag.StructureSetROISequence).get(0).set(Tag.ReferencedFrameOfReferenceUID, "1.2.3.99");
    }

    private static void otherPlane(DataSet set) {
        for (DataSet contour : set.items(Tag.ROIContourSequence).get(0).items(Tag.ContourSequence)) {
            double[] points = contour.decimals(Tag.ContourData);
            for (int i = 2; i < points.length; i += 3) {
                points[i] += 3;
            }
            contour.set(Tag.ContourData, points);
        }
    }

    /** All of it one slice higher, names and coordinates. */
    private static void otherSlice(DataSet set, PhantomStudy phantom) {
        List<DataSet> contours = set.items(Tag.ROIContourSequence).get(0).items(Tag.ContourSequence);
        List<String> uids = phantom.truth().sliceSopInstanceUids();
        DataSet image = contours.get(0).items(Tag.ContourImageSequence).get(0);
        int index = uids.indexOf(image.requireText(Tag.ReferencedSOPInstanceUID));
        try {
            double dz = position(phantom, uids.get(index + 1)) - position(phantom, uids.get(index));
            for (DataSet contour : contours) {
                double[] points = contour.decimals(Tag.ContourData);
                for (int i = 2; i < points.length; i += 3) {
                    points[i] += dz;
                }
                contour.set(Tag.ContourData, points);
                contour.items(Tag.ContourImageSequence).get(0).set(Tag.ReferencedSOPInstanceUID, uids.get(index + 1));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static double position(PhantomStudy phantom, String uid) throws IOException {
        for (Path file : phantom.ctFiles()) {
            DicomFile image = Part10.readHeader(file);
            if (image.sopInstanceUid().equals(uid)) {
                return image.dataSet().decimals(Tag.ImagePositionPatient)[2];
            }
        }
        throw new AssertionError("no image " + uid);
    }

    /** A small square in the corner of the picture, where nobody has muscle. */
    private static DataSet corner(DataSet contour, DataSet seg) {
        double[] position = seg.items(Tag.PerFrameFunctionalGroupsSequence)
                .get(0)
                .item(Tag.PlanePositionSequence)
                .orElseThrow()
                .decimals(Tag.ImagePositionPatient);
        double x = position[0];
        double y = position[1];
        double z = position[2];
        return contour.copy()
                .set(Tag.NumberOfContourPoints, 4)
                .set(Tag.ContourData, x, y, z, x + 9, y, z, x + 9, y + 9, z, x, y + 9, z);
    }

    // ---- the node and its PACS

    private static PhantomStudy phantom(long seed) throws IOException {
        return PhantomStudy.write(
                folder.resolve("phantom-" + seed),
                seed,
                StudyOptions.small().covering(StudyOptions.Coverage.ABDOMEN_PELVIS),
                percent -> {});
    }

    private static Path write(DicomFile file) throws IOException {
        Path path = Files.createTempFile(folder, "edited", ".dcm");
        Part10.write(path, file);
        return path;
    }

    private void send(Path file) throws Exception {
        send(List.of(file));
    }

    private void send(Collection<Path> files) throws Exception {
        try (Association association = SendCommand.open(
                new AeAddress("MYONODE", "127.0.0.1", node.dicomPort()), "TPS", List.copyOf(files), new TlsOptions())) {
            for (Path file : files) {
                assertThat(association.store(file).isSuccess()).isTrue();
            }
        }
    }

    private StudyRow settled(PhantomStudy phantom, int revision) {
        StudyRow row = await(
                "revision " + revision,
                () -> node.ledger()
                        .study(phantom.studyInstanceUid())
                        .filter(study -> study.revision().number() == revision && DONE.contains(study.state())));
        assertThat(row.state()).as(row.reason().orElse("")).isEqualTo(StudyState.EXPORTED);
        return row;
    }

    private IntakeRow received(PhantomStudy phantom, String uid) {
        return await(
                "outcome of " + uid,
                () -> corrections.contours().settledWith(phantom.studyInstanceUid()).stream()
                        .filter(row -> row.sopInstanceUid().equals(uid))
                        .findFirst());
    }

    private List<ContourRow> ours(PhantomStudy phantom) {
        return corrections.contours().list().stream()
                .filter(row -> phantom.truth().sliceSopInstanceUids().contains(row.sopInstanceUid()))
                .toList();
    }

    private static <T> T await(String what, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + WAIT.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            assertThat(System.nanoTime()).as("%s within %s", what, WAIT).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static JsonNode json(StudyRow row) throws IOException {
        return new ObjectMapper().readTree(row.resultJson().orElseThrow());
    }

    /** An object of a revision, as the PACS has received it. */
    private DicomFile object(StudyRow row, String kind) throws IOException {
        return Part10.read(inPacs(output(row, kind)));
    }

    private OutputObject output(StudyRow row, String kind) {
        return node.ledger().outputs(row.revision()).stream()
                .filter(output -> output.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Path inPacs(OutputObject output) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("pacs"))) {
            return files.filter(file -> file.getFileName().toString().endsWith("-" + output.sopInstanceUid() + ".dcm"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private List<Path> files(StudyRow row, PhantomStudy phantom) throws IOException {
        List<Path> files = new ArrayList<>(phantom.ctFiles());
        for (OutputObject output : node.ledger().outputs(row.revision())) {
            files.add(inPacs(output));
        }
        return files;
    }

    private List<String> uids(StudyRow row) {
        return node.ledger().outputs(row.revision()).stream()
                .map(OutputObject::sopInstanceUid)
                .toList();
    }

    private static DataSet segment(DataSet seg) {
        return seg.items(Tag.SegmentSequence).get(0);
    }

    private static String predecessor(DataSet report) {
        return report.item(Tag.PredecessorDocumentsSequence)
                .flatMap(study -> study.item(Tag.ReferencedSeriesSequence))
                .flatMap(series -> series.item(Tag.ReferencedSOPSequence))
                .orElseThrow()
                .requireText(Tag.ReferencedSOPInstanceUID);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.webPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
