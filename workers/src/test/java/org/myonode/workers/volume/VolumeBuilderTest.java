package org.myonode.workers.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.VR;
import org.myonode.workers.SyntheticCt;

final class VolumeBuilderTest {
    private static final List<HuSlice> BLOCKS = SyntheticCt.blocks(12);

    @TempDir
    Path folder;

    @Test
    void slices_are_ordered_by_position_whatever_their_numbers_say() {
        SyntheticCt ct = ct().change((k, image) -> image.set(Tag.InstanceNumber, 100 - (k * 7) % 12));
        List<Path> files = new ArrayList<>(ct.write(BLOCKS));
        Collections.shuffle(files, new Random(3));

        VolumeOutcome.Built built = built(files);

        assertThat(built.volume().depth()).isEqualTo(12);
        assertThat(built.volume().sliceSpacingMm()).isEqualTo(4.0);
        assertThat(built.volume().zMm(0)).isEqualTo(-700.0);
        for (int k = 0; k < 12; k++) {
            assertThat(built.volume().at(k, 0, 0)).isEqualTo(k);
            assertThat(built.images().get(k).sopInstanceUid()).isEqualTo(ct.sopInstanceUid(k));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "head first supine,         1, 0, 0, 1",
        "feet first supine,        -1, 0, 0, 1",
        "head first prone,         -1, 0, 0,-1",
        "feet first prone,          1, 0, 0,-1",
        "decubitus left,            0,-1, 1, 0",
        "decubitus right,           0, 1,-1, 0",
        "decubitus left mirrored,   0, 1, 1, 0",
        "decubitus right mirrored,  0,-1,-1, 0"
    })
    void every_patient_position_gives_the_same_volume_and_masks_find_the_way_back(
            String position, double rowX, double rowY, double columnX, double columnY) {
        List<Path> files = ct().orientation(rowX, rowY, 0, columnX, columnY, 0).write(BLOCKS);

        VolumeOutcome.Built built = built(files);
        CtVolume volume = built.volume();

        assertThat(volume.rows()).isEqualTo(12);
        assertThat(volume.columns()).isEqualTo(16);
        assertThat(volume.rowSpacingMm()).isEqualTo(2.0);
        assertThat(volume.columnSpacingMm()).isEqualTo(1.5);
        for (int k = 0; k < 12; k++) {
            assertThat(volume.slice(k).hu()).isEqualTo(BLOCKS.get(k).hu());
        }
        // A mask of one canonical pixel lands on the source pixel that lies at the same place in the patient.
        boolean[] one = new boolean[12 * 16];
        one[5 * 16 + 7] = true;
        Mask source = built.grid().toSource(new Mask(12, 16, one));
        int at = indexOf(source);
        ImageHeader image = built.images().get(0);
        double x = image.position().orElseThrow().get(0)
                + at % source.columns() * image.pixelSpacing().orElseThrow().get(1) * rowX
                + at / source.columns() * image.pixelSpacing().orElseThrow().get(0) * columnX;
        double y = image.position().orElseThrow().get(1)
                + at % source.columns() * image.pixelSpacing().orElseThrow().get(1) * rowY
                + at / source.columns() * image.pixelSpacing().orElseThrow().get(0) * columnY;
        assertThat(x).isEqualTo(7 * 1.5);
        assertThat(y).isEqualTo(5 * 2.0);
        assertThat(built.grid().toCanonical(source).pixels()).isEqualTo(one);
    }

    private static int indexOf(Mask mask) {
        for (int i = 0; i < mask.pixels().length; i++) {
            if (mask.pixels()[i]) {
                return i;
            }
        }
        throw new AssertionError("empty mask");
    }

    @Test
    void a_missing_slice_is_named_by_its_place() {
        List<Path> files = new ArrayList<>(ct().write(BLOCKS));
        files.remove(5);

        assertThat(refusal(files))
                .isEqualTo("gap of 8.00 mm between z -684.00 and -676.00 mm: 1 missing where slices are 4.00 mm apart");
    }

    @Test
    void spacing_that_changes_within_the_series_is_refused() {
        SyntheticCt ct = ct().change((k, image) -> place(image, k < 6 ? -700 + 4 * k : -680 + 3 * (k - 5)));

        assertThat(refusal(ct.write(BLOCKS))).contains("irregular spacing");
    }

    @Test
    void rounded_table_positions_are_no_gap() {
        SyntheticCt ct = ct().change((k, image) -> place(image, Math.round((-700 + 3.27 * k) * 10) / 10.0));

        assertThat(built(ct.write(BLOCKS)).volume().sliceSpacingMm()).isBetween(3.25, 3.29);
    }

    @Test
    void the_same_image_twice_counts_once() {
        List<Path> files = new ArrayList<>(ct().write(BLOCKS));
        files.addAll(new SyntheticCt(folder.resolve("again"))
                .change((k, image) -> image.set(Tag.SOPInstanceUID, "2.25." + (1000 + k)))
                .write(BLOCKS.subList(0, 3)));

        VolumeOutcome.Built built = built(files);

        assertThat(built.volume().depth()).isEqualTo(12);
        assertThat(built.notes()).containsExactly("3 repeated images dropped");
    }

    @Test
    void two_different_images_at_one_place_are_refused() {
        List<Path> files = new ArrayList<>(ct().write(BLOCKS));
        files.addAll(new SyntheticCt(folder.resolve("again"))
                .change((k, image) -> image.set(Tag.SOPInstanceUID, "2.25.1000").set(Tag.RescaleIntercept, -1000.0))
                .write(BLOCKS.subList(0, 1)));

        assertThat(refusal(files)).isEqualTo("two different images at z -700.00 mm");
    }

    @Test
    void a_tilted_gantry_is_refused() {
        SyntheticCt stated = ct().change((k, image) -> image.set(Tag.GantryDetectorTilt, -12.5));
        assertThat(refusal(stated.write(BLOCKS))).isEqualTo("gantry tilted by 12.5 degrees");
    }

    @Test
    void a_tilt_that_only_the_positions_tell_is_refused() {
        SyntheticCt sheared =
                ct().change((k, image) -> image.set(Tag.ImagePositionPatient, 0, 0.15 * 4 * k, -700 + 4.0 * k));

        assertThat(refusal(sheared.write(BLOCKS)))
                .isEqualTo("slices slide sideways as with a gantry tilted by 8.5 degrees");
    }

    @Test
    void mixed_matrices_and_spacings_are_refused() {
        List<Path> files = new ArrayList<>(ct().write(BLOCKS.subList(0, 11)));
        HuSlice odd = new HuSlice(8, 8, 2, 1.5, new short[64]);
        files.addAll(new SyntheticCt(folder.resolve("odd"))
                .lowestZ(-656)
                .change((k, image) -> image.set(Tag.SOPInstanceUID, "2.25.1000"))
                .write(List.of(odd)));
        assertThat(refusal(files)).contains("mixed matrices");

        SyntheticCt spacings = ct().change((k, image) -> {
            if (k == 4) {
                image.set(Tag.PixelSpacing, 2.0, 1.4);
            }
        });
        assertThat(refusal(spacings.write(BLOCKS)))
                .contains("mixed pixel spacings")
                .contains("-684.00");
    }

    @Test
    void slope_and_intercept_are_those_of_each_slice_and_padding_is_air() {
        SyntheticCt ct = ct().change((k, image) -> {
            if (k == 3) {
                image.set(Tag.RescaleSlope, 2.0).set(Tag.RescaleIntercept, -2048.0);
            }
            image.set(Tag.PixelPaddingValue, VR.SS, 1024 + 45);
        });

        CtVolume volume = built(ct.write(BLOCKS)).volume();

        assertThat(volume.at(3, 5, 5)).isEqualTo(2 * BLOCKS.get(3).at(5, 5));
        assertThat(BLOCKS.get(2).at(4, 5)).isEqualTo(45);
        assertThat(volume.at(2, 4, 5)).isEqualTo(CtVolume.AIR_HU);
        assertThat(volume.at(2, 4, 6)).isEqualTo(46);
    }

    @Test
    void values_without_air_are_no_hounsfield_units() {
        SyntheticCt ct = ct().change((k, image) -> image.set(Tag.RescaleIntercept, 0.0));

        assertThat(refusal(ct.write(BLOCKS))).contains("not Hounsfield units");
    }

    @Test
    void an_image_that_cannot_be_decoded_is_named() {
        SyntheticCt ct = ct().change((k, image) -> {
            if (k == 7) {
                image.setBytes(Tag.PixelData, VR.OW, new byte[10]);
            }
        });

        assertThat(refusal(ct.write(BLOCKS)))
                .startsWith("image at z -672.00 mm cannot be decoded")
                .contains("PixelData");
    }

    @Test
    void a_file_cut_short_is_named() throws IOException {
        List<Path> files = ct().write(BLOCKS);
        byte[] whole = Files.readAllBytes(files.get(2));
        Files.write(files.get(2), Arrays.copyOf(whole, whole.length - 100));

        assertThat(refusal(files)).startsWith("image at z -692.00 mm cannot be decoded");
    }

    @Test
    void too_few_slices_are_refused() {
        assertThat(refusal(ct().write(BLOCKS.subList(0, 2)))).isEqualTo("2 slices, at least 10 are needed");
    }

    @Test
    void the_pixel_digest_follows_the_content_and_nothing_else() {
        String first = built(ct().write(BLOCKS)).pixelDigest();
        List<Path> shuffled = new ArrayList<>(new SyntheticCt(folder.resolve("b"))
                .change((k, image) -> image.set(Tag.SeriesDescription, "other"))
                .write(BLOCKS));
        Collections.reverse(shuffled);

        assertThat(built(shuffled).pixelDigest()).isEqualTo(first);
        assertThat(built(ct().change((k, image) -> image.set(Tag.RescaleIntercept, -1023.0))
                                .write(BLOCKS))
                        .pixelDigest())
                .isNotEqualTo(first);
    }

    private SyntheticCt ct() {
        return new SyntheticCt(folder);
    }

    private static void place(DataSet image, double z) {
        image.set(Tag.ImagePositionPatient, 0, 0, z);
    }

    private static VolumeOutcome.Built built(List<Path> files) {
        VolumeOutcome outcome = VolumeBuilder.build(StudyHeaders.read(files).images());
        assertThat(outcome).isInstanceOf(VolumeOutcome.Built.class);
        return (VolumeOutcome.Built) outcome;
    }

    private static String refusal(List<Path> files) {
        VolumeOutcome outcome = VolumeBuilder.build(StudyHeaders.read(files).images());
        assertThat(outcome).isInstanceOf(VolumeOutcome.Refused.class);
        return ((VolumeOutcome.Refused) outcome).reason();
    }
}
