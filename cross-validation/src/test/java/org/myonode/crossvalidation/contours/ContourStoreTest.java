package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.db.ContourReceipt;
import org.myonode.db.ContourRow;
import org.myonode.db.DrawnSlice;
import org.myonode.db.ExpertContours;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.TestDatabase;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.Mask;

/** Contours in a real database: versions, what was received, what waits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContourStoreTest {

    private static final double[][] RING = {{10.3, 12.2}, {60.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final double[][] OTHER = {{10.3, 12.2}, {62.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final List<ContourRule> RULES = List.of(ContourRule.of("muscle_(.+)", "", "TPS", "$1", "muscle"));

    @TempDir
    static Path folder;

    private TestDatabase database;
    private ExpertContours contours;
    private ContourStore store;
    private Ledger ledger;
    private Clock clock = Clock.systemUTC();

    @BeforeAll
    void open() {
        database = TestDatabase.create();
        contours = new ExpertContours(database.database(), clock);
        store = new ContourStore(contours, clock);
        ledger = new Ledger(database.database(), clock);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void a_changed_contour_is_a_new_version_and_an_unchanged_one_is_none() throws IOException, SQLException {
        DrawnStudy study = new DrawnStudy("versions");
        CtImages images = CtImages.of(study.writeCt(folder.resolve("versions")));
        Path file = folder.resolve("versions.dcm");

        assertThat(add(study, images, file, "1.2.5", RING)).isEqualTo(new ContourReceipt.Stored(1));
        assertThat(add(study, images, file, "1.2.6", RING)).isEqualTo(new ContourReceipt.Unchanged(1));
        assertThat(add(study, images, file, "1.2.7", OTHER)).isEqualTo(new ContourReceipt.Stored(2));
        assertThat(add(study, images, file, "1.2.8", RING)).isEqualTo(new ContourReceipt.Stored(3));

        List<ContourRow> rows = contours.list().stream()
                .filter(row -> row.sopInstanceUid().equals(study.imageUid(3)))
                .toList();
        assertThat(rows).extracting(ContourRow::version).containsExactly(1, 2, 3);
        assertThat(rows).extracting(ContourRow::latest).containsExactly(false, false, true);
        assertThat(rows.get(0).patientKey()).matches("[0-9a-f]{16}");
        assertThat(rows.get(0).provenance()).startsWith("phantom");
        DrawnSlice slice = contours.drawn("muscle").stream()
                .filter(drawn -> drawn.slice().sopInstanceUid().equals(study.imageUid(3)))
                .findFirst()
                .orElseThrow();
        Mask expected = PolygonFill.evenOdd(List.<double[][]>of(RING), DrawnStudy.ROWS, DrawnStudy.COLUMNS);
        assertThat(slice.contours()).singleElement().satisfies(contour -> {
            assertThat(contour.mask()).isEqualTo(expected.pixels());
            assertThat(contour.observer()).isEqualTo("A");
        });
        assertThat(slice.slice().hu()[7]).isEqualTo((short) (30 + 7));
        try (Connection connection = database.database().dataSource().getConnection()) {
            assertThatThrownBy(() -> connection
                            .createStatement()
                            .execute("update expert_contour set observer = 'B' where version = 1"))
                    .hasMessageContaining("never changed");
        }
    }

    @Test
    void an_image_with_other_values_under_the_same_uid_is_refused() throws IOException {
        DrawnStudy study = new DrawnStudy("values");
        Path folderOfCt = folder.resolve("values");
        CtImages images = CtImages.of(study.writeCt(folderOfCt));
        Path file = folder.resolve("values.dcm");
        add(study, images, file, "1.3.5", RING);
        DicomFile ct = Part10.read(images.image(study.imageUid(3)).orElseThrow().file());
        ct.dataSet().set(org.myonode.dicom.Tag.RescaleIntercept, -1000);
        Part10.write(images.image(study.imageUid(3)).orElseThrow().file(), ct);

        assertThat(add(study, CtImages.below(folderOfCt), file, "1.3.6", OTHER))
                .isInstanceOfSatisfying(
                        ContourReceipt.Refused.class,
                        refused -> assertThat(refused.reason()).contains("other values"));
    }

    @Test
    void what_was_received_is_taken_by_the_rules_and_waits_for_its_images() throws IOException {
        DrawnStudy study = new DrawnStudy("received");
        List<Path> ct = study.writeCt(folder.resolve("received"));
        Path structures = folder.resolve("received.dcm");
        Part10.write(structures, study.structureSet("1.4.5", "muscle_C", "", new DrawnStudy.Drawing(2, true, 0, RING)));
        Path liver = folder.resolve("liver.dcm");
        Part10.write(liver, study.structureSet("1.4.6", "liver", "", new DrawnStudy.Drawing(2, true, 0, RING)));
        received(study, structures, "1.4.5", UID.RTStructureSetStorage);
        received(study, liver, "1.4.6", UID.RTStructureSetStorage);

        assertThat(store.takeReceived(RULES))
                .anySatisfy(line -> assertThat(line).startsWith("WAITING 1.4.5").contains(study.imageUid(2)))
                .anySatisfy(line -> assertThat(line).startsWith("IGNORED 1.4.6"));
        assertThat(store.takeReceived(RULES)).isEmpty();

        clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(5));
        Ledger later = new Ledger(database.database(), clock);
        for (int k = 0; k < ct.size(); k++) {
            later.record(entry(study, ct.get(k), study.imageUid(k), UID.CTImageStorage));
        }
        assertThat(store.takeReceived(RULES))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("TAKEN 1.4.5").contains("version 1"));
        assertThat(contours.settled(10)).anyMatch(line -> line.startsWith("TAKEN 1.4.5"));
        assertThat(contours.list())
                .filteredOn(row -> row.observer().equals("C"))
                .singleElement()
                .satisfies(row -> assertThat(row.provenance()).contains("received from TPS"));
    }

    private void received(DrawnStudy study, Path file, String uid, String sopClass) throws IOException {
        ledger.recordForKeeping(entry(study, file, uid, sopClass));
    }

    private static InstanceEntry entry(DrawnStudy study, Path file, String uid, String sopClass) throws IOException {
        return new InstanceEntry(
                study.studyUid(),
                uid + ".1",
                uid,
                sopClass,
                UID.ExplicitVRLittleEndian,
                file,
                Files.size(file),
                "0".repeat(64),
                "TPS",
                "MYONODE");
    }

    private ContourReceipt add(DrawnStudy study, CtImages images, Path file, String uid, double[][] ring)
            throws IOException {
        Part10.write(file, study.structureSet(uid, "muscle_A", "", new DrawnStudy.Drawing(3, true, 0, ring)));
        List<ContourOutcome> outcomes = new ContourReader(RULES, "TPS").read(file, images);
        return store.store((ContourOutcome.Read) outcomes.get(0), file, "imported from a file");
    }
}
