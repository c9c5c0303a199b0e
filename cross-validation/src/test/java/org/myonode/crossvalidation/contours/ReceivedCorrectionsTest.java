package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.Attempt;
import org.myonode.db.ContourRow;
import org.myonode.db.CorrectedContour;
import org.myonode.db.Corrections;
import org.myonode.db.Database;
import org.myonode.db.InstanceEntry;
import org.myonode.db.IntakeRow;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.db.Product;
import org.myonode.db.Revision;
import org.myonode.db.StandingCorrection;
import org.myonode.db.StudyState;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.workers.volume.Mask;

/** What is taken for a correction of our result and what is not, in a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceivedCorrectionsTest {

    private static final int SLICE = 2;
    private static final double[][] OURS = {{10.3, 12.2}, {60.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final double[][] EDITED = {{10.3, 12.2}, {64.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final double[][] ELSEWHERE = {{70.3, 50.2}, {76.4, 50.2}, {76.1, 56.9}};
    private static final String TRACKING = "1.2.3.77";
    private static final List<ContourRule> RULES =
            List.of(ContourRule.of("muscle_l3.*", "", "TPS", "Reader A", "muscle"));

    @TempDir
    static Path folder;

    private final Clock clock = Clock.systemUTC();
    private TestDatabase database;
    private Ledger ledger;
    private Corrections corrections;

    @BeforeAll
    void open() {
        database = TestDatabase.create();
        ledger = new Ledger(database.database(), clock);
        corrections = new Corrections(database.database(), clock);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void a_name_with_the_place_is_enough_and_a_rule_says_who_drew() throws IOException {
        Result result = result("name");

        assertThat(outcome(result, RULES, result.drawn("1.10", "MUSCLE_L3 corr", EDITED)))
                .startsWith("TAKEN correction of revision 1 by Reader A")
                .contains("the name MUSCLE_L3 corr and the image that was measured");

        StandingCorrection taken = corrections.ofStudy(result.study.studyUid()).get(0);
        assertThat(taken.revision().number()).isEqualTo(2);
        assertThat(taken.correction().automatic().modelId()).isEqualTo("muscle-l3");
        assertThat(taken.correction().automatic().mask()).isEqualTo(mask(OURS).pixels());
        assertThat(taken.contour().mask()).isEqualTo(mask(EDITED).pixels());
        assertThat(taken.correction().person()).isEmpty();
        assertThat(taken.correction().approval()).isEmpty();
        assertThat(ledger.study(result.study.studyUid()).orElseThrow().state()).isEqualTo(StudyState.SEALED);
        assertThat(rows(result)).extracting(ContourRow::observer).containsExactly("Reader A (correction)");
        // Whoever compares models does not get it unless it is asked for.
        assertThat(corrections.contours().drawn("muscle"))
                .noneMatch(drawn -> drawn.slice().sopInstanceUid().equals(result.study.imageUid(SLICE)));
        assertThat(corrections.contours().drawn("muscle", true))
                .anyMatch(drawn -> drawn.slice().sopInstanceUid().equals(result.study.imageUid(SLICE)));
        assertThat(corrections.correctedContours("muscle"))
                .contains(new CorrectedContour(
                        result.study.imageUid(SLICE), "Reader A (correction)", "muscle-l3", "9", "c".repeat(64)));
    }

    @Test
    void another_name_without_a_reference_is_none_and_one_with_a_reference_is() throws IOException {
        Result result = result("reference");

        assertThat(outcome(result, List.of(), result.drawn("1.20", "Muscle_L3x", EDITED)))
                .startsWith("IGNORED");
        assertThat(outcome(result, List.of(), result.drawn("1.21", "psoas", EDITED)))
                .startsWith("IGNORED");
        DataSet named = result.drawn("1.22", "psoas", EDITED);
        named.setItems(
                Tag.PredecessorStructureSetSequence,
                new DataSet()
                        .set(Tag.ReferencedSOPClassUID, UID.RTStructureSetStorage)
                        .set(Tag.ReferencedSOPInstanceUID, result.rtstructUid));
        assertThat(outcome(result, List.of(), named)).startsWith("TAKEN").contains("a reference to our object");
    }

    @Test
    void a_tracking_uid_is_enough_also_in_a_structure_set_and_in_a_label_map() throws IOException {
        Result result = result("tracking");
        DataSet tracked = result.drawn("1.30", "psoas", EDITED);
        tracked.items(Tag.StructureSetROISequence).get(0).set(Tag.TrackingUID, TRACKING);
        assertThat(outcome(result, List.of(), tracked)).startsWith("TAKEN").contains("the tracking UID");

        Result other = result("labels");
        DataSet labels = other.study
                .segmentation("1.31", "other", SLICE, true, false, mask(EDITED))
                .dataSet();
        Mask drawn = mask(EDITED);
        byte[] values = new byte[drawn.pixels().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (drawn.pixels()[i] ? 1 : 0);
        }
        labels.set(Tag.SOPClassUID, SegFrames.LABELMAP)
                .set(Tag.SegmentationType, "LABELMAP")
                .set(Tag.BitsAllocated, 8)
                .setBytes(Tag.PixelData, VR.OB, values);
        labels.items(Tag.SegmentSequence).get(0).set(Tag.TrackingUID, TRACKING);
        assertThat(outcome(other, List.of(), labels)).startsWith("TAKEN").contains("the tracking UID");
        assertThat(corrections.ofStudy(other.study.studyUid()).get(0).contour().mask())
                .isEqualTo(drawn.pixels());
    }

    @Test
    void of_two_drawings_the_changed_one_is_taken_and_two_changed_ones_are_refused() throws IOException {
        Result result = result("several");
        assertThat(outcome(result, List.of(), two(result, "1.40", EDITED, new double[][] {{12, 14}, {50, 14}, {50, 40}
                })))
                .startsWith("REFUSED")
                .contains("which of them is the correction");
        assertThat(outcome(result, List.of(), two(result, "1.41", OURS, EDITED)))
                .startsWith("TAKEN")
                .contains("Muscle_L3_b");
    }

    @Test
    void what_may_not_correct_or_lies_elsewhere_is_refused_or_left_to_the_rules() throws IOException {
        Result result = result("refused");
        assertThat(outcome(result, List.of(), List.of("OTHER"), result.drawn("1.50", "Muscle_L3", EDITED)))
                .startsWith("REFUSED")
                .contains("TPS may not correct");
        assertThat(outcome(result, List.of(), result.drawn("1.51", "Muscle_L3", ELSEWHERE)))
                .startsWith("REFUSED")
                .contains("no pixel in common");
        DataSet higher = result.study
                .structureSet("1.52", "Muscle_L3", "", new DrawnStudy.Drawing(SLICE + 1, true, 0, EDITED))
                .dataSet();
        assertThat(outcome(result, List.of(), higher)).startsWith("REFUSED").contains("the result was measured on");
        // The same drawing is an expert contour of its own where a rule says so.
        assertThat(outcome(result, RULES, higher.copy().set(Tag.SOPInstanceUID, "1.53")))
                .startsWith("TAKEN muscle of Reader A");
        assertThat(corrections.ofStudy(result.study.studyUid())).isEmpty();
        assertThat(ledger.revisions(result.study.studyUid())).hasSize(1);
    }

    @Test
    void an_object_of_another_study_is_refused_where_it_will_be_seen() throws IOException {
        Result result = result("foreign");
        DataSet foreign = result.drawn("1.60", "Muscle_L3", EDITED).set(Tag.StudyInstanceUID, "1.2.9.9");
        foreign.setItems(
                Tag.PredecessorStructureSetSequence,
                new DataSet()
                        .set(Tag.ReferencedSOPClassUID, UID.RTStructureSetStorage)
                        .set(Tag.ReferencedSOPInstanceUID, result.rtstructUid));

        assertThat(outcome(result, List.of(), foreign)).startsWith("REFUSED").contains("belongs to study 1.2.9.9");
    }

    @Test
    void while_a_revision_is_open_the_object_waits_and_is_taken_afterwards() throws IOException {
        Result result = result("later");
        ledger.record(entry(result.study.studyUid(), folder.resolve("late"), "1.70.1", UID.CTImageStorage));
        receive(result.drawn("1.70", "Muscle_L3", EDITED));

        assertThat(store(List.of()).takeReceived(List.of())).isEmpty();
        assertThat(settled(result, "1.70")).isEmpty();

        Revision late = ledger.sealQuiet(Duration.ZERO).get(0);
        ledger.queued(late);
        ledger.failed(ledger.claim(late, "test").orElseThrow(), "a gap");
        store(List.of()).takeReceived(List.of());
        assertThat(settled(result, "1.70"))
                .hasValueSatisfying(text -> assertThat(text).startsWith("TAKEN"));
        assertThat(corrections.ofStudy(result.study.studyUid()))
                .singleElement()
                .satisfies(taken -> assertThat(taken.revision().number()).isEqualTo(3));
    }

    @Test
    void without_our_own_segmentation_a_correction_is_refused_and_the_rest_is_for_the_rules() throws IOException {
        Result result = result("gone");
        Files.delete(folder.resolve(result.study.studyUid() + ".1.dcm"));
        DataSet named = result.drawn("1.90", "psoas", EDITED);
        named.setItems(
                Tag.PredecessorStructureSetSequence,
                new DataSet()
                        .set(Tag.ReferencedSOPClassUID, UID.RTStructureSetStorage)
                        .set(Tag.ReferencedSOPInstanceUID, result.rtstructUid));

        assertThat(outcome(result, RULES, named)).startsWith("REFUSED").contains("cannot be read any more");
        assertThat(outcome(result, RULES, result.drawn("1.91", "Muscle_L3", EDITED)))
                .startsWith("TAKEN muscle of Reader A");
        assertThat(ledger.revisions(result.study.studyUid())).hasSize(1);
    }

    @Test
    void two_nodes_that_look_at_once_take_it_once() throws Exception {
        Result result = result("race");
        receive(result.drawn("1.80", "Muscle_L3", EDITED));
        try (Database other = Database.open(database.config(), clock)) {
            ContourStore second = new ContourStore(
                    new Corrections(other, clock).contours(),
                    Optional.of(new ReceivedCorrections(
                            new Ledger(other, clock), new Corrections(other, clock), List.of())),
                    clock);
            ExecutorService both = Executors.newFixedThreadPool(2);
            try {
                List<Callable<List<String>>> looks =
                        List.of(() -> store(List.of()).takeReceived(List.of()), () -> second.takeReceived(List.of()));
                for (Future<List<String>> look : both.invokeAll(looks)) {
                    look.get();
                }
            } finally {
                both.shutdown();
            }
        }
        assertThat(corrections.ofStudy(result.study.studyUid())).hasSize(1);
        assertThat(ledger.revisions(result.study.studyUid())).hasSize(2);
        assertThat(rows(result)).hasSize(1);
        assertThat(settled(result, "1.80"))
                .hasValueSatisfying(text -> assertThat(text).startsWith("TAKEN"));
    }

    @Test
    void names_of_persons_are_taken_as_the_object_gives_them_and_never_the_patients() {
        DataSet set = new DataSet()
                .set(Tag.SOPClassUID, UID.RTStructureSetStorage)
                .set(Tag.PatientName, "Doe^Jane")
                .set(Tag.OperatorsName, "Doe^Jane");
        assertThat(Person.of(set)).isEmpty();
        set.set(Tag.OperatorsName, "Brandt^Ina");
        assertThat(Person.of(set)).hasValue("Brandt^Ina");
        set.setItems(Tag.RTROIObservationsSequence, new DataSet().set(Tag.ROIInterpreter, "Abt^Eva"));
        assertThat(Person.of(set)).hasValue("Abt^Eva");

        set.set(Tag.ApprovalStatus, "APPROVED").set(Tag.ReviewerName, "Chef^Uwe");
        assertThat(Person.approval(set)).as("without date and time").isEmpty();
        set.set(Tag.ReviewDate, "20260102").set(Tag.ReviewTime, "101500");
        assertThat(Person.approval(set)).hasValueSatisfying(approval -> {
            assertThat(approval.reviewer()).isEqualTo("Chef^Uwe");
            assertThat(approval.at()).isEqualTo("20260102101500");
        });
        set.set(Tag.ApprovalStatus, "REJECTED");
        assertThat(Person.approval(set)).isEmpty();
        assertThat(Person.words("Brandt^Ina^Maria^Dr.")).isEqualTo("Dr. Ina Maria Brandt");
    }

    // ---- a study with a result of ours

    /** A study that was measured: the segmentation and the structure set as they were sent. */
    private record Result(DrawnStudy study, String rtstructUid) {
        DataSet drawn(String uid, String roi, double[][] corners) {
            return study.structureSet(uid, roi, "", new DrawnStudy.Drawing(SLICE, true, 0, corners))
                    .dataSet();
        }
    }

    private Result result(String name) throws IOException {
        DrawnStudy study = new DrawnStudy("correction " + name);
        List<Path> ct = study.writeCt(folder.resolve(name));
        for (int k = 0; k < ct.size(); k++) {
            ledger.record(entry(study.studyUid(), ct.get(k), study.imageUid(k), UID.CTImageStorage));
        }
        Revision revision = ledger.sealQuiet(Duration.ZERO).get(0);
        ledger.queued(revision);
        Attempt attempt = ledger.claim(revision, "test").orElseThrow();
        String uid = study.studyUid() + ".1";
        DicomFile seg = study.segmentation(uid, "Skeletal muscle L3", SLICE, true, false, mask(OURS));
        seg.dataSet().items(Tag.SegmentSequence).get(0).set(Tag.TrackingUID, TRACKING);
        DicomFile rtstruct =
                study.structureSet(uid + ".2", "Muscle_L3", "", new DrawnStudy.Drawing(SLICE, true, 0, OURS));
        ledger.produced(
                attempt,
                new Product(
                        "{\"models\":[{\"id\":\"spine-l3\"},{\"id\":\"muscle-l3\",\"version\":\"9\",\"sha256\":\""
                                + "c".repeat(64) + "\"}]}",
                        Optional.empty(),
                        List.of(output("SEG", seg), output("RTSTRUCT", rtstruct))),
                List.of());
        return new Result(study, uid + ".2");
    }

    private static OutputObject output(String kind, DicomFile object) throws IOException {
        Path file = folder.resolve(object.sopInstanceUid() + ".dcm");
        Part10.write(file, object);
        return new OutputObject(kind, object.sopClassUid(), object.sopInstanceUid(), file, "0".repeat(64));
    }

    private static DataSet two(Result result, String uid, double[][] first, double[][] second) {
        DataSet set = result.drawn(uid, "Muscle_L3", first);
        DataSet more = result.drawn(uid, "Muscle_L3_b", second);
        for (int tag : new int[] {Tag.StructureSetROISequence, Tag.ROIContourSequence}) {
            List<DataSet> items = new ArrayList<>(set.items(tag));
            DataSet item = more.items(tag).get(0);
            item.set(tag == Tag.StructureSetROISequence ? Tag.ROINumber : Tag.ReferencedROINumber, 2);
            items.add(item);
            set.setItems(tag, items);
        }
        return set;
    }

    private static Mask mask(double[][] corners) {
        return PolygonFill.evenOdd(List.<double[][]>of(corners), DrawnStudy.ROWS, DrawnStudy.COLUMNS);
    }

    private String outcome(Result result, List<ContourRule> rules, DataSet object) throws IOException {
        return outcome(result, rules, List.of(), object);
    }

    /** Receives an object, has it looked at, and tells what the page of the study says of it. */
    private String outcome(Result result, List<ContourRule> rules, List<String> callers, DataSet object)
            throws IOException {
        receive(object);
        store(callers).takeReceived(rules);
        return settled(result, object.requireText(Tag.SOPInstanceUID)).orElseThrow();
    }

    private Optional<String> settled(Result result, String uid) {
        return corrections.contours().settledWith(result.study.studyUid()).stream()
                .filter(row -> row.sopInstanceUid().equals(uid))
                .map((IntakeRow row) -> row.outcome() + " " + row.detail())
                .findFirst();
    }

    private ContourStore store(List<String> callers) {
        return new ContourStore(
                corrections.contours(), Optional.of(new ReceivedCorrections(ledger, corrections, callers)), clock);
    }

    private void receive(DataSet object) throws IOException {
        String uid = object.requireText(Tag.SOPInstanceUID);
        Path file = folder.resolve("received-" + uid + ".dcm");
        Part10.write(file, Part10.of(object, UID.ExplicitVRLittleEndian));
        ledger.recordForKeeping(
                entry(object.requireText(Tag.StudyInstanceUID), file, uid, object.requireText(Tag.SOPClassUID)));
    }

    private static InstanceEntry entry(String study, Path file, String uid, String sopClass) throws IOException {
        return new InstanceEntry(
                study,
                uid + ".1",
                uid,
                sopClass,
                UID.ExplicitVRLittleEndian,
                file,
                Files.exists(file) ? Files.size(file) : 1,
                "0".repeat(64),
                "TPS",
                "MYONODE");
    }

    private List<ContourRow> rows(Result result) {
        return corrections.contours().list().stream()
                .filter(row -> row.sopInstanceUid().equals(result.study.imageUid(SLICE)))
                .toList();
    }
}
