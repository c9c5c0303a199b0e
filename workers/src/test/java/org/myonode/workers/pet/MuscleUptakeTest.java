package org.myonode.workers.pet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.Tag;
import org.myonode.workers.SyntheticCt;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.myonode.workers.volume.SeriesVerdict;
import org.myonode.workers.volume.StudyHeaders;

/**
 * A PET whose SUV is a linear function of the place: trilinear interpolation must give that function back, so the mean
 * and the maximum over any mask are known.
 */
final class MuscleUptakeTest {
    private static final SyntheticPet.Field LINEAR = (x, y, z) -> 1 + 0.02 * x + 0.01 * y + 0.004 * (z + 700);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"HFS", "HFP", "FFS", "FFP"})
    void a_linear_field_is_given_back_whatever_way_the_ct_lies(String position) throws IOException {
        double[] orientation = switch (position) {
            case "HFP" -> new double[] {-1, 0, 0, 0, -1, 0};
            case "FFS" -> new double[] {-1, 0, 0, 0, 1, 0};
            case "FFP" -> new double[] {1, 0, 0, 0, -1, 0};
            default -> SyntheticCt.HEAD_FIRST_SUPINE;
        };
        List<ImageHeader> ct = read(
                new SyntheticCt(folder.resolve("ct")).orientation(orientation).write(SyntheticCt.blocks(12)));
        List<ImageHeader> pet = read(new SyntheticPet(folder.resolve("pt")).write(LINEAR));
        ImageHeader slice = at(ct, -688);
        Mask mask = mask(slice);

        MuscleUptake.Known uptake = (MuscleUptake.Known) uptake(slice, mask, pet);

        // Columns 4 to 11 every 1.5 mm from x = 0, rows 3 to 8 every 2 mm from y = 0, all of it at z = -688.
        double mean = 1 + 0.02 * 11.25 + 0.01 * 11 + 0.004 * 12;
        assertThat(uptake.suvMean()).isCloseTo(mean, within(2e-3));
        assertThat(uptake.suvMax()).isCloseTo(1 + 0.02 * 16.5 + 0.01 * 16 + 0.004 * 12, within(2e-3));
        assertThat(uptake.images())
                .extracting(image -> image.heightMm().orElseThrow())
                .containsExactly(-690.0, -685.0);
    }

    @Test
    void a_slice_on_a_pet_plane_needs_that_plane_only() throws IOException {
        List<ImageHeader> ct = read(new SyntheticCt(folder.resolve("ct")).write(SyntheticCt.blocks(12)));
        List<ImageHeader> pet = read(new SyntheticPet(folder.resolve("pt"))
                .orientation(-1, 0, 0, 0, -1, 0)
                .grid(24, 6, 100, 100, -700)
                .slices(12, 4)
                .write(LINEAR));
        ImageHeader slice = at(ct, -688);

        MuscleUptake.Known uptake = (MuscleUptake.Known) uptake(slice, mask(slice), pet);

        assertThat(uptake.suvMean()).isCloseTo(1 + 0.02 * 11.25 + 0.01 * 11 + 0.004 * 12, within(2e-3));
        assertThat(uptake.images()).hasSize(1);
    }

    @Test
    void muscle_outside_the_pet_and_gaps_in_it_have_a_reason() throws IOException {
        List<ImageHeader> ct = read(new SyntheticCt(folder.resolve("ct")).write(SyntheticCt.blocks(12)));
        ImageHeader slice = at(ct, -688);
        List<ImageHeader> small = read(new SyntheticPet(folder.resolve("small"))
                .grid(3, 6, -2, -2, -700)
                .write(LINEAR));
        List<ImageHeader> whole = read(new SyntheticPet(folder.resolve("pt")).write(LINEAR));
        List<ImageHeader> gap = whole.stream()
                .filter(image -> image.heightMm().orElseThrow() != -690)
                .toList();
        List<ImageHeader> above = whole.stream()
                .filter(image -> image.heightMm().orElseThrow() > -697)
                .toList();

        assertThat(((MuscleUptake.Unknown) uptake(slice, mask(slice), small)).reason())
                .matches("muscle at \\(.*, -688.0\\) mm lies outside the PET");
        assertThat(((MuscleUptake.Unknown) uptake(slice, mask(slice), gap)).reason())
                .isEqualTo("PET slices are missing between z -695.0 and -685.0 mm");
        assertThat(((MuscleUptake.Unknown) uptake(at(ct, -700), mask(slice), above)).reason())
                .contains("lies outside the PET");
    }

    @Test
    void the_corrected_static_series_in_the_frame_of_the_ct_is_chosen_and_every_other_hears_why() {
        List<Path> files = new ArrayList<>(new SyntheticCt(folder.resolve("ct")).write(SyntheticCt.blocks(12)));
        SyntheticPet right = new SyntheticPet(folder.resolve("pt")).series("WB AC");
        files.addAll(right.write(LINEAR));
        add(files, "WB NAC", pet -> pet.change((k, image) -> image.set(Tag.CorrectedImage, "DECY", "SCAT")));
        add(files, "gated", pet -> pet.change((k, image) -> image.set(Tag.SeriesType, "GATED", "IMAGE")));
        add(files, "dynamic", pet -> pet.change((k, image) -> image.set(Tag.SeriesType, "DYNAMIC", "IMAGE")));
        add(files, "MIP", pet -> pet.change((k, image) -> image.set(Tag.ImageType, "DERIVED", "SECONDARY", "MIP")));
        add(files, "other frame", pet -> pet.change((k, image) -> image.set(Tag.FrameOfReferenceUID, "2.25.8")));
        add(files, "head", pet -> pet.grid(24, 6, -30, -20, -100));
        add(files, "twice", pet -> pet.slices(12, 0));
        add(files, "coronal", pet -> pet.orientation(1, 0, 0, 0, 0, -1));
        add(files, "lone", pet -> pet.slices(1, 5));
        add(files, "derived", pet -> pet.change((k, image) -> image.set(Tag.ImageType, "DERIVED", "PRIMARY")));
        add(files, "later", pet -> pet.change((k, image) -> image.set(Tag.SeriesNumber, 9)));
        List<ImageHeader> study = read(files);
        ImageHeader slice = study.stream()
                .filter(image -> image.modality().equals("CT"))
                .filter(image -> image.heightMm().orElseThrow() == -688)
                .findFirst()
                .orElseThrow();

        PetChoice choice = PetChoice.among(study, Optional.of(slice));

        PetChoice.Chosen chosen = (PetChoice.Chosen) choice;
        assertThat(chosen.images()).extracting(ImageHeader::seriesUid).containsOnly(right.seriesUid());
        assertThat(chosen.several()).isTrue();
        Map<String, String> reasons =
                chosen.verdicts().stream().collect(Collectors.toMap(SeriesVerdict::description, SeriesVerdict::reason));
        assertThat(reasons)
                .containsEntry("WB NAC", "PET: attenuation was not corrected")
                .containsEntry("gated", "PET: type GATED")
                .containsEntry("dynamic", "PET: type DYNAMIC")
                .containsEntry("MIP", "PET: type MIP")
                .containsEntry("other frame", "PET: not in the frame of reference of the CT")
                .containsEntry("head", "PET: reaches from z -100.0 to -45.0 mm, the measured slice is at -688.0 mm")
                .containsEntry("twice", "PET: several images at z -700.00 mm")
                .containsEntry("coronal", "PET: not axial")
                .containsEntry("lone", "PET: a single image")
                .containsEntry("derived", "PET: another PET series was preferred")
                .containsEntry("later", "PET: another PET series was preferred")
                .hasSize(12);
    }

    @Test
    void a_study_without_pet_and_one_with_nothing_but_an_uncorrected_pet_are_told_apart() {
        List<ImageHeader> ct = read(new SyntheticCt(folder.resolve("ct")).write(SyntheticCt.blocks(12)));
        PetChoice.None none = (PetChoice.None) PetChoice.among(ct, Optional.of(ct.get(0)));
        assertThat(none.reason()).isEqualTo("no PET series");
        assertThat(none.petIsThere()).isFalse();

        List<Path> files = new ArrayList<>();
        add(files, "NAC", pet -> pet.change((k, image) -> image.set(Tag.CorrectedImage, "DECY")));
        PetChoice.None uncorrected = (PetChoice.None) PetChoice.among(read(files), Optional.empty());
        assertThat(uncorrected.reason()).isEqualTo("PET: attenuation was not corrected");
        assertThat(uncorrected.petIsThere()).isTrue();
    }

    private void add(List<Path> files, String name, java.util.function.UnaryOperator<SyntheticPet> kind) {
        files.addAll(
                kind.apply(new SyntheticPet(folder.resolve(name)).series(name)).write(LINEAR));
    }

    private static List<ImageHeader> read(List<Path> files) {
        return StudyHeaders.read(files).images();
    }

    private static ImageHeader at(List<ImageHeader> images, double z) {
        return images.stream()
                .filter(image -> image.heightMm().orElseThrow() == z)
                .findFirst()
                .orElseThrow();
    }

    /** The block of tissue of {@link SyntheticCt#blocks} in the pixel order of an image. */
    private static Mask mask(ImageHeader image) {
        boolean[] pixels = new boolean[image.rows() * image.columns()];
        ImagePlane plane = ImagePlane.of(image);
        for (int row = 0; row < image.rows(); row++) {
            for (int column = 0; column < image.columns(); column++) {
                double[] p = plane.at(row, column);
                pixels[row * image.columns() + column] = p[0] > 5 && p[0] < 17 && p[1] > 5 && p[1] < 17;
            }
        }
        return new Mask(image.rows(), image.columns(), pixels);
    }

    private static MuscleUptake uptake(ImageHeader ct, Mask mask, List<ImageHeader> pet) throws IOException {
        PetSeries series = PetSeries.read(pet);
        return MuscleUptake.of(ct, mask, series, (SuvScale.Known) series.scale());
    }
}
