package org.myonode.crossvalidation.scoring;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.myonode.crossvalidation.contours.Nifti;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.Mask;

/**
 * A mask read from a DICOM SEG of one frame, a NIfTI volume of one slice, or a PNG whose pixels other than 0 are inside.
 *
 * @param mask the mask
 * @param spacing distance of rows and columns, where the file states it; a PNG does not
 */
public record MaskFile(Mask mask, Optional<Spacing> spacing) {

    /** Distance of the centres of neighbouring rows and columns, in millimetres. */
    public record Spacing(double rowMm, double columnMm) {}

    /**
     * Reads by what the name ends with: {@code .nii}, {@code .nii.gz}, {@code .png}, otherwise DICOM.
     *
     * @throws IOException naming the file when it is none of these, or holds more than one slice
     */
    public static MaskFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " does not exist");
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".nii") || name.endsWith(".nii.gz")) {
            return nifti(file);
        }
        return name.endsWith(".png") ? png(file) : seg(file);
    }

    private static MaskFile nifti(Path file) throws IOException {
        Nifti volume = Nifti.read(file);
        if (volume.depth() != 1) {
            throw new IOException(file + " has " + volume.depth() + " slices, expected one");
        }
        boolean[] pixels = new boolean[volume.rows() * volume.columns()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = volume.values()[i] > 0;
        }
        return new MaskFile(
                new Mask(volume.rows(), volume.columns(), pixels),
                Optional.of(new Spacing(volume.rowSpacingMm(), volume.columnSpacingMm())));
    }

    private static MaskFile png(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + " is not a PNG");
        }
        Raster raster = image.getRaster();
        boolean alpha = image.getColorModel().hasAlpha();
        int bands = raster.getNumBands() - (alpha ? 1 : 0);
        boolean[] pixels = new boolean[image.getHeight() * image.getWidth()];
        for (int row = 0; row < image.getHeight(); row++) {
            for (int column = 0; column < image.getWidth(); column++) {
                boolean inside = false;
                for (int band = 0; band < bands; band++) {
                    inside |= raster.getSample(column, row, band) != 0;
                }
                pixels[row * image.getWidth() + column] = inside;
            }
        }
        return new MaskFile(new Mask(image.getHeight(), image.getWidth(), pixels), Optional.empty());
    }

    /** PS3.3 A.51 and C.8.20.2: BINARY, one bit a pixel, the first pixel in the lowest bit. */
    private static MaskFile seg(Path file) throws IOException {
        DicomFile dicom = Part10.read(file);
        DataSet seg = dicom.dataSet();
        if (!dicom.sopClassUid().equals(UID.SegmentationStorage)) {
            throw new IOException(file + " is not a DICOM segmentation but " + UID.nameOf(dicom.sopClassUid()));
        }
        int frames = seg.integer(Tag.NumberOfFrames).orElse(1);
        if (frames != 1 || seg.requireInteger(Tag.BitsAllocated) != 1) {
            throw new IOException(file + " has " + frames + " frames of " + seg.requireInteger(Tag.BitsAllocated)
                    + " bits a pixel, expected one frame of one bit");
        }
        int rows = seg.requireInteger(Tag.Rows);
        int columns = seg.requireInteger(Tag.Columns);
        byte[] bits = seg.bytes(Tag.PixelData);
        boolean[] pixels = new boolean[rows * columns];
        if (bits.length * 8L < pixels.length) {
            throw new IOException(file + " has too few pixels for " + rows + "x" + columns);
        }
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bits[i >> 3] >> (i & 7) & 1) == 1;
        }
        Optional<Spacing> spacing = seg.item(Tag.SharedFunctionalGroupsSequence)
                .flatMap(shared -> shared.item(Tag.PixelMeasuresSequence))
                .map(measures -> measures.decimals(Tag.PixelSpacing))
                .filter(values -> values.length == 2)
                .map(values -> new Spacing(values[0], values[1]));
        return new MaskFile(new Mask(rows, columns, pixels), spacing);
    }
}
