package org.myonode.crossvalidation.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.crossvalidation.contours.CtImages;
import org.myonode.crossvalidation.contours.DrawnStudy;
import org.myonode.crossvalidation.contours.PolygonFill;
import org.myonode.dicom.Part10;
import org.myonode.workers.volume.Mask;

/** The same mask comes out of every kind of file. */
class MaskFileTest {

    private static final double[][] RING = {{10.3, 12.2}, {60.4, 12.2}, {55.1, 48.9}, {10.3, 44.7}};
    private static final double[][] HOLE = {{25.3, 22.2}, {40.4, 22.2}, {40.4, 33.6}};

    private final DrawnStudy study = new DrawnStudy("score");
    private final Mask mask = PolygonFill.evenOdd(List.of(RING, HOLE), DrawnStudy.ROWS, DrawnStudy.COLUMNS);

    @TempDir
    Path folder;

    @Test
    void a_segmentation_a_structure_set_a_nifti_and_a_png_of_one_mask_agree() throws IOException {
        study.writeCt(folder.resolve("ct"));
        Part10.write(folder.resolve("seg.dcm"), study.segmentation("1.2.3", "muscle", 3, true, false, mask));
        Part10.write(folder.resolve("turned.dcm"), study.segmentation("1.2.4", "muscle", 3, true, true, mask));
        Part10.write(
                folder.resolve("rt.dcm"),
                study.structureSet(
                        "1.2.5",
                        "muscle",
                        "",
                        new DrawnStudy.Drawing(3, true, 0, RING),
                        new DrawnStudy.Drawing(3, true, 0, HOLE)));
        study.writeNifti(folder.resolve("labels.nii"), 3, mask);
        BufferedImage picture = new BufferedImage(DrawnStudy.COLUMNS, DrawnStudy.ROWS, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < mask.pixels().length; i++) {
            picture.getRaster()
                    .setSample(i % DrawnStudy.COLUMNS, i / DrawnStudy.COLUMNS, 0, mask.pixels()[i] ? 255 : 0);
        }
        ImageIO.write(picture, "png", folder.resolve("mask.png").toFile());

        MaskFile.Choice choice = new MaskFile.Choice(null, null, CtImages.below(folder.resolve("ct")));
        MaskFile seg = MaskFile.read(folder.resolve("seg.dcm"));
        for (String name : List.of("seg.dcm", "turned.dcm", "rt.dcm", "labels.nii", "mask.png")) {
            MaskFile file = MaskFile.read(folder.resolve(name), choice);
            assertThat(file.onGridOf(seg).pixels()).as(name).isEqualTo(mask.pixels());
            if (!name.endsWith(".png")) {
                assertThat(file.spacing().orElseThrow().rowMm()).as(name).isEqualTo(DrawnStudy.ROW_MM);
                assertThat(file.plane().orElseThrow().zMm())
                        .as(name)
                        .isCloseTo(study.z(3), org.assertj.core.api.Assertions.within(1e-3));
            }
        }
    }

    @Test
    void a_structure_set_needs_its_images_and_says_so() throws IOException {
        Path file = folder.resolve("rt.dcm");
        Part10.write(file, study.structureSet("1.2.5", "muscle", "", new DrawnStudy.Drawing(3, true, 0, RING)));

        assertThatThrownBy(() -> MaskFile.read(file)).hasMessageContaining("--ct");
        assertThatThrownBy(() -> MaskFile.read(file, new MaskFile.Choice(null, null, new CtImages(java.util.Map.of()))))
                .hasMessageContaining(study.imageUid(3));
    }

    @Test
    void several_slices_are_refused_until_one_is_named() throws IOException {
        study.writeCt(folder.resolve("ct"));
        Path file = folder.resolve("rt.dcm");
        Part10.write(
                file,
                study.structureSet(
                        "1.2.5",
                        "muscle",
                        "",
                        new DrawnStudy.Drawing(1, true, 0, RING),
                        new DrawnStudy.Drawing(3, false, 0, RING)));
        CtImages ct = CtImages.below(folder.resolve("ct"));

        assertThatThrownBy(() -> MaskFile.read(file, new MaskFile.Choice(null, null, ct)))
                .hasMessageContaining("2 images")
                .hasMessageContaining("--slice");
        assertThat(MaskFile.read(file, new MaskFile.Choice("muscle", study.imageUid(3), ct))
                        .plane()
                        .orElseThrow()
                        .zMm())
                .isEqualTo(study.z(3));
    }
}
