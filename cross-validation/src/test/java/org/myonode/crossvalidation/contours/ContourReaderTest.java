package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.Mask;

/** Contours come to lie on the image they were drawn on, or are refused with the reason. */
class ContourReaderTest {

    private static final double[][] RING = {{10.3, 12.2}, {60.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final double[][] HOLE = {{25.3, 22.2}, {40.4, 22.2}, {40.4, 33.6}};
    private static final Mask MASK = PolygonFill.evenOdd(List.of(RING, HOLE), DrawnStudy.ROWS, DrawnStudy.COLUMNS);
    private static final List<ContourRule> RULES = List.of(ContourRule.of("muscle_(.+)", "", "", "$1", "muscle"));

    private final DrawnStudy study = new DrawnStudy("reader");
    private CtImages images = new CtImages(java.util.Map.of());

    @TempDir
    Path folder;

    @BeforeEach
    void ct() throws IOException {
        study.writeCt(folder.resolve("ct"));
        images = CtImages.below(folder.resolve("ct"));
    }

    @Test
    void a_structure_set_lies_on_the_images_that_it_names() throws IOException {
        DicomFile file = study.structureSet(
                "1.2.5",
                "Muscle_A",
                "",
                new DrawnStudy.Drawing(1, true, 0, RING),
                new DrawnStudy.Drawing(3, true, 0, RING),
                new DrawnStudy.Drawing(3, true, 0, HOLE));

        List<ContourOutcome> outcomes = read(file);

        assertThat(outcomes).hasSize(2).allSatisfy(outcome -> {
            ContourOutcome.Read read = (ContourOutcome.Read) outcome;
            assertThat(read.observer()).isEqualTo("A");
            assertThat(read.structure()).isEqualTo("muscle");
            assertThat(read.areaCm2() / read.polygonAreaCm2()).isBetween(0.98, 1.02);
        });
        ContourOutcome.Read third = outcomes.stream()
                .map(ContourOutcome.Read.class::cast)
                .filter(read -> read.image().sopInstanceUid().equals(study.imageUid(3)))
                .findFirst()
                .orElseThrow();
        assertThat(third.mask().pixels()).isEqualTo(MASK.pixels());
    }

    @Test
    void what_names_no_image_is_matched_by_its_plane_and_not_by_order() throws IOException {
        ContourOutcome.Read structures =
                only(study.structureSet("1.2.5", "muscle_A", "", new DrawnStudy.Drawing(4, false, 0.2, RING)));
        ContourOutcome.Read segmentation = only(study.segmentation("1.2.6", "muscle_A", 4, false, true, MASK));

        assertThat(structures.image().sopInstanceUid()).isEqualTo(study.imageUid(4));
        assertThat(segmentation.image().sopInstanceUid()).isEqualTo(study.imageUid(4));
        assertThat(segmentation.mask().pixels()).isEqualTo(MASK.pixels());
    }

    @Test
    void a_nifti_volume_lies_on_the_image_in_its_plane() throws IOException {
        Path file = folder.resolve("muscle_B.nii");
        study.writeNifti(file, 2, MASK);

        List<ContourOutcome> outcomes = new ContourReader(
                        List.of(ContourRule.of("muscle_(.)\\.nii", "", "", "$1", "muscle")), "")
                .read(file, images);

        ContourOutcome.Read read = (ContourOutcome.Read) outcomes.get(0);
        assertThat(read.image().sopInstanceUid()).isEqualTo(study.imageUid(2));
        assertThat(read.mask().pixels()).isEqualTo(MASK.pixels());
    }

    @Test
    void wrong_geometry_is_refused_with_the_reason() throws IOException {
        assertThat(reason(study.structureSet("1.2.5", "muscle_A", "", new DrawnStudy.Drawing(1, true, 1.5, RING))))
                .contains("1.50 mm off the plane")
                .contains(study.imageUid(1));
        assertThat(reason(study.structureSet("1.2.5", "muscle_A", "1.9.9", new DrawnStudy.Drawing(1, true, 0, RING))))
                .contains("frame of reference 1.9.9");
        assertThat(reason(study.structureSet(
                        "1.2.5", "muscle_A", "", new DrawnStudy.Drawing(1, true, 0, new double[][] {
                            {5, 5}, {90, 5}, {5, 30}
                        }))))
                .contains("outside the image");
        assertThat(reason(study.structureSet(
                        "1.2.5", "muscle_A", "", new DrawnStudy.Drawing(1, true, 0, new double[][] {
                            {5.1, 5.1}, {5.4, 5.1}, {5.4, 5.4}
                        }))))
                .contains("encloses no pixel");
        DicomFile scaled = study.segmentation("1.2.6", "muscle_A", 1, true, false, MASK);
        scaled.dataSet()
                .item(Tag.SharedFunctionalGroupsSequence)
                .orElseThrow()
                .item(Tag.PixelMeasuresSequence)
                .orElseThrow()
                .set(Tag.PixelSpacing, 1.3, 0.8);
        assertThat(reason(scaled)).contains("its grid is another one").contains("1.3000 x 0.8000 mm");
        DicomFile automatic = study.segmentation("1.2.6", "muscle_A", 1, true, false, MASK);
        automatic.dataSet().item(Tag.SegmentSequence).orElseThrow().set(Tag.SegmentAlgorithmType, "AUTOMATIC");
        assertThat(reason(automatic)).contains("AUTOMATIC");
    }

    @Test
    void a_contour_waits_for_images_that_are_not_here() throws IOException {
        List<ContourOutcome> outcomes = reader().read(
                        written(study.structureSet("1.2.5", "muscle_A", "", new DrawnStudy.Drawing(1, true, 0, RING))),
                        new CtImages(java.util.Map.of()));

        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        ContourOutcome.Waiting.class,
                        w -> assertThat(w.reason()).contains(study.imageUid(1)));
    }

    @Test
    void what_no_rule_names_is_left_aside() throws IOException {
        assertThat(read(study.structureSet("1.2.5", "Liver", "", new DrawnStudy.Drawing(1, true, 0, RING))))
                .singleElement()
                .isInstanceOf(ContourOutcome.Ignored.class);
        ContourRule narrow = ContourRule.of(".*", "Contours", "TPS[0-9]", "night reader", "fat");
        assertThat(narrow.assign(new ContourRule.Drawn("x", "contours", "TPS1")))
                .contains(new ContourRule.Assigned("night reader", "fat"));
        assertThat(narrow.assign(new ContourRule.Drawn("x", "contours", "TPS"))).isEmpty();
        assertThat(narrow.assign(new ContourRule.Drawn("x", "other", "TPS1"))).isEmpty();
    }

    private ContourReader reader() {
        return new ContourReader(RULES, "");
    }

    private Path written(DicomFile file) throws IOException {
        Path path = folder.resolve("drawn.dcm");
        Part10.write(path, file);
        return path;
    }

    private List<ContourOutcome> read(DicomFile file) throws IOException {
        return reader().read(written(file), images);
    }

    private ContourOutcome.Read only(DicomFile file) throws IOException {
        List<ContourOutcome> outcomes = read(file);
        assertThat(outcomes).hasSize(1);
        return (ContourOutcome.Read) outcomes.get(0);
    }

    private String reason(DicomFile file) throws IOException {
        List<ContourOutcome> outcomes = read(file);
        assertThat(outcomes).singleElement().isInstanceOf(ContourOutcome.Refused.class);
        return ((ContourOutcome.Refused) outcomes.get(0)).reason();
    }
}
