package org.myonode.workers.pet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;
import org.myonode.workers.SyntheticCt;

/** Writes PET series for tests: a field of SUV in patient coordinates in, GML images with a slope each out. */
public final class SyntheticPet {

    /** SUV at a point of the patient, in millimetres. */
    @FunctionalInterface
    public interface Field {
        double suv(double x, double y, double z);
    }

    private final Path folder;
    private String series = "PET 1";
    private int size = 24;
    private double pixelMm = 6;
    private double[] corner = {-30, -20, -700};
    private double spacingMm = 5;
    private int slices = 12;
    private double[] orientation = SyntheticCt.HEAD_FIRST_SUPINE;
    private BiConsumer<Integer, DataSet> change = (k, image) -> {};

    public SyntheticPet(Path folder) {
        this.folder = folder;
    }

    public SyntheticPet series(String name) {
        series = name;
        return this;
    }

    /** A square matrix, its pixel size in mm and the centre of its first pixel in the lowest slice. */
    public SyntheticPet grid(int size, double pixelMm, double... corner) {
        this.size = size;
        this.pixelMm = pixelMm;
        this.corner = corner;
        return this;
    }

    public SyntheticPet slices(int count, double spacingMm) {
        slices = count;
        this.spacingMm = spacingMm;
        return this;
    }

    public SyntheticPet orientation(double... cosines) {
        orientation = cosines;
        return this;
    }

    public SyntheticPet change(BiConsumer<Integer, DataSet> also) {
        change = change.andThen(also);
        return this;
    }

    public String seriesUid() {
        return Uids.nameBased(series);
    }

    /** Writes the images, the most inferior first. */
    public List<Path> write(Field field) {
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (int k = 0; k < slices; k++) {
                DataSet image = image(k, field);
                change.accept(k, image);
                Path file = folder.resolve(series.replace(' ', '_') + "-" + k + ".dcm");
                Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));
                files.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private DataSet image(int k, Field field) {
        double z = corner[2] + k * spacingMm;
        // Every slice has another slope, as most scanners do it.
        double slope = 0.001 * (1 + 0.1 * (k % 5));
        ByteBuffer pixels = ByteBuffer.allocate(size * size * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                double x = corner[0] + column * pixelMm * orientation[0] + row * pixelMm * orientation[3];
                double y = corner[1] + column * pixelMm * orientation[1] + row * pixelMm * orientation[4];
                pixels.putShort((short) Math.round(field.suv(x, y, z) / slope));
            }
        }
        return new DataSet()
                .set(Tag.SOPClassUID, UID.PositronEmissionTomographyImageStorage)
                .set(Tag.SOPInstanceUID, Uids.nameBased(series + " slice " + k))
                .set(Tag.ImageType, "ORIGINAL", "PRIMARY")
                .set(Tag.StudyInstanceUID, SyntheticCt.STUDY_UID)
                .set(Tag.SeriesInstanceUID, seriesUid())
                .set(Tag.SeriesDescription, series)
                .set(Tag.SeriesNumber, 3)
                .set(Tag.SeriesType, "WHOLE BODY", "IMAGE")
                .set(Tag.Modality, "PT")
                .set(Tag.FrameOfReferenceUID, SyntheticCt.FRAME_UID)
                .set(Tag.Units, "GML")
                .set(Tag.CorrectedImage, "DECY", "ATTN")
                .set(Tag.DecayCorrection, "START")
                .set(Tag.PatientWeight, 70.0)
                .set(Tag.ImagePositionPatient, corner[0], corner[1], z)
                .set(Tag.ImageOrientationPatient, orientation)
                .set(Tag.PixelSpacing, pixelMm, pixelMm)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, size)
                .set(Tag.Columns, size)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 0)
                .set(Tag.RescaleIntercept, 0.0)
                .set(Tag.RescaleSlope, slope)
                .setBytes(Tag.PixelData, VR.OW, pixels.array());
    }
}
