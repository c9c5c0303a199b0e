package org.myonode.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;

class PhantomStudyTest {
    private static final StudyOptions QUICK = new StudyOptions(StudyOptions.Coverage.ABDOMEN_PELVIS, 10, 128, 64);

    @TempDir
    static Path directory;

    private static PhantomStudy study;
    private static final List<Integer> PROGRESS = new ArrayList<>();

    @BeforeAll
    static void write() throws IOException {
        study = PhantomStudy.write(directory.resolve("study"), 42, QUICK, PROGRESS::add);
    }

    @Test
    void ct_and_pet_share_study_patient_and_frame_of_reference() throws IOException {
        DataSet ct = Part10.read(study.ctFiles().get(3)).dataSet();
        DataSet pt = Part10.read(study.petFiles().get(3)).dataSet();
        for (int tag : new int[] {Tag.StudyInstanceUID, Tag.FrameOfReferenceUID, Tag.PatientID, Tag.PatientName}) {
            assertThat(pt.requireText(tag)).isEqualTo(ct.requireText(tag));
        }
        assertThat(pt.requireText(Tag.SeriesInstanceUID)).isNotEqualTo(ct.requireText(Tag.SeriesInstanceUID));
        assertThat(ct.requireText(Tag.PatientName)).isEqualTo("PHANTOM^SEED 42");
        assertThat(PROGRESS).isSorted().last().isEqualTo(100);
    }

    @Test
    void positions_rise_with_the_slices_and_truth_names_the_middle_of_l3() throws IOException {
        Truth truth = study.truth();
        int k = truth.l3MidSlice().orElseThrow();
        DataSet ct = Part10.read(study.ctFiles().get(k)).dataSet();
        assertThat(ct.requireText(Tag.SOPInstanceUID))
                .isEqualTo(truth.sliceSopInstanceUids().get(k));
        assertThat(ct.decimals(Tag.ImagePositionPatient)[2])
                .isCloseTo(truth.sliceZMm().get(k), within(0.001));
        assertThat(truth.sliceZMm()).isSorted();
        assertThat(Files.readString(directory.resolve("study/truth.json")))
                .contains(
                        "\"muscleAreaCm2AtL3Mid\"", truth.sliceSopInstanceUids().get(k));
    }

    @Test
    void pixels_read_back_as_hounsfield_units() throws IOException {
        short[] stored = PixelData.monochrome16(Part10.read(study.ctFiles().get(0)));
        assertThat(stored).hasSize(128 * 128);
        int air = 0;
        for (short value : stored) {
            air += value - 1024 < -900 ? 1 : 0;
        }
        assertThat(air).isBetween(128 * 128 / 5, 128 * 128 * 9 / 10);
    }

    @Test
    void writing_again_gives_the_same_bytes() throws IOException {
        PhantomStudy again = PhantomStudy.write(directory.resolve("again"), 42, QUICK, percent -> {});
        assertThat(again.studyInstanceUid()).isEqualTo(study.studyInstanceUid());
        for (int k : new int[] {0, 5, 20}) {
            assertThat(again.ctFiles().get(k))
                    .hasSameBinaryContentAs(study.ctFiles().get(k));
            assertThat(again.petFiles().get(k))
                    .hasSameBinaryContentAs(study.petFiles().get(k));
        }
    }

    @Test
    void a_head_and_chest_scan_has_no_l3() throws IOException {
        PhantomStudy head = PhantomStudy.write(
                directory.resolve("head"),
                7,
                QUICK.covering(StudyOptions.Coverage.HEAD_CHEST).withoutPet(),
                percent -> {});
        assertThat(head.truth().l3MidSlice()).isEmpty();
        assertThat(head.petFiles()).isEmpty();
        assertThat(Files.readString(directory.resolve("head/truth.json"))).doesNotContain("\"l3\"");
    }

    @Test
    void dciodvfy_finds_no_errors() throws Exception {
        assumeTrue(onPath("dciodvfy"), "dicom3tools is not installed");
        for (Path file : List.of(study.ctFiles().get(4), study.petFiles().get(4))) {
            Process process = new ProcessBuilder("dciodvfy", file.toString())
                    .redirectErrorStream(true)
                    .start();
            String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            assertThat(report).doesNotContain("Error");
        }
    }

    private static boolean onPath(String program) {
        return java.util.Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
