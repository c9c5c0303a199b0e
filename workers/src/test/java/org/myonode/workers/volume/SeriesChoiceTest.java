package org.myonode.workers.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.SyntheticCt;

final class SeriesChoiceTest {
    @TempDir
    Path folder;

    private final List<Path> files = new ArrayList<>();

    @Test
    void the_ct_that_matches_the_pet_and_covers_the_most_is_chosen_and_every_other_series_hears_why() {
        SyntheticCt whole = add("attenuation correction", 60, (k, image) -> {});
        add("scout", 60, (k, image) -> image.set(Tag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER"));
        add("coronal", 60, (k, image) -> image.set(Tag.ImageType, "DERIVED", "SECONDARY", "MPR"));
        add("recomputed", 70, (k, image) -> image.set(Tag.ImageType, "DERIVED", "SECONDARY", "AXIAL"));
        add("chest only", 40, (k, image) -> {});
        add("lung", 60, (k, image) -> image.set(Tag.ConvolutionKernel, "B70f"));
        add("few", 4, (k, image) -> {});
        add("other frame", 80, (k, image) -> image.set(Tag.FrameOfReferenceUID, "2.25.77"));
        add("sagittal", 60, (k, image) -> image.set(Tag.ImageOrientationPatient, 0, 1, 0, 0, 0, -1));
        add(
                "pet",
                60,
                (k, image) ->
                        image.set(Tag.Modality, "PT").set(Tag.SOPClassUID, UID.PositronEmissionTomographyImageStorage));

        SeriesChoice choice = choice();

        assertThat(choice).isInstanceOf(SeriesChoice.Chosen.class);
        assertThat(((SeriesChoice.Chosen) choice).seriesUid()).isEqualTo(whole.seriesUid());
        Map<String, String> reasons =
                choice.verdicts().stream().collect(Collectors.toMap(SeriesVerdict::description, SeriesVerdict::reason));
        assertThat(reasons.get("scout")).contains("LOCALIZER");
        assertThat(reasons.get("coronal")).contains("DERIVED\\SECONDARY\\MPR");
        assertThat(reasons.get("recomputed")).startsWith("derived images");
        assertThat(reasons.get("chest only")).startsWith("covers less of the body");
        assertThat(reasons.get("lung")).startsWith("sharp kernel");
        assertThat(reasons.get("few")).isEqualTo("4 slices, at least 10 are needed");
        assertThat(reasons.get("other frame")).startsWith("not in the frame of reference of the PET");
        assertThat(reasons.get("sagittal")).isEqualTo("not axial");
        assertThat(reasons.get("pet")).isEqualTo("modality PT");
        assertThat(reasons).hasSize(10);
    }

    @Test
    void derived_axial_images_are_measured_when_there_are_no_original_ones() {
        SyntheticCt only =
                add("converted", 60, (k, image) -> image.set(Tag.ImageType, "DERIVED", "SECONDARY", "AXIAL"));

        SeriesChoice choice = choice();

        assertThat(choice).isInstanceOfSatisfying(SeriesChoice.Chosen.class, chosen -> {
            assertThat(chosen.seriesUid()).isEqualTo(only.seriesUid());
            assertThat(chosen.derived()).isTrue();
        });
    }

    @Test
    void thinner_slices_win_where_coverage_is_alike() {
        add("thick", 41, (k, image) -> {});
        files.addAll(new SyntheticCt(folder.resolve("thin"))
                .series("thin")
                .spacing(2.5)
                .write(SyntheticCt.blocks(65)));

        assertThat(((SeriesChoice.Chosen) choice()).images().get(0).seriesDescription())
                .isEqualTo("thin");
    }

    @Test
    void a_scout_inside_the_series_is_left_out() {
        add("with scout", 40, (k, image) -> {
            if (k == 0) {
                image.set(Tag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER");
            }
        });

        assertThat(((SeriesChoice.Chosen) choice()).images()).hasSize(39);
    }

    @Test
    void a_study_of_two_slices_is_refused_with_the_number() {
        add("two", 2, (k, image) -> {});

        assertThat(((SeriesChoice.None) choice()).reason()).isEqualTo("2 slices, at least 10 are needed");
    }

    @Test
    void a_report_alone_is_no_ct() {
        add("report", 1, (k, image) -> image.set(Tag.Modality, "SR").set(Tag.SOPClassUID, UID.EnhancedSRStorage));

        assertThat(((SeriesChoice.None) choice()).reason()).isEqualTo("no CT series");
    }

    @Test
    void a_text_file_is_left_aside_with_a_reason() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.dcm"), "not an image");

        assertThat(StudyHeaders.read(List.of(text)).images()).isEmpty();
        assertThat(StudyHeaders.read(List.of(text)).unreadable()).containsOnlyKeys(text);
    }

    private SyntheticCt add(String name, int slices, SyntheticCt.Change change) {
        SyntheticCt ct = new SyntheticCt(folder.resolve(name)).series(name).change(change);
        files.addAll(ct.write(SyntheticCt.blocks(slices)));
        return ct;
    }

    private SeriesChoice choice() {
        return SeriesChoice.among(StudyHeaders.read(files).images());
    }
}
