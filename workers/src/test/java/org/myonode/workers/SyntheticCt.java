package org.myonode.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;
import org.myonode.workers.volume.HuSlice;

/**
 * Writes CT series for tests: canonical slices in, DICOM files out, seen from any side and with any attribute changed.
 */
public final class SyntheticCt {
    public static final String STUDY_UID = Uids.nameBased("synthetic study");
    public static final String FRAME_UID = Uids.nameBased("synthetic frame of reference");

    /** Row direction (of growing column) and column direction (of growing row), six cosines. */
    public static final double[] HEAD_FIRST_SUPINE = {1, 0, 0, 0, 1, 0};

    /** Changes one image before it is written. */
    @FunctionalInterface
    public interface Change {
        void apply(int sliceFromFeet, DataSet image);
    }

    private final Path folder;
    private String series = "CT 1";
    private double[] orientation = HEAD_FIRST_SUPINE;
    private double lowestZMm = -700;
    private double spacingMm = 4;
    private Change change = (k, image) -> {};

    public SyntheticCt(Path folder) {
        this.folder = folder;
    }

    public SyntheticCt series(String name) {
        this.series = name;
        return this;
    }

    public SyntheticCt orientation(double... cosines) {
        this.orientation = cosines;
        return this;
    }

    public SyntheticCt lowestZ(double zMm) {
        this.lowestZMm = zMm;
        return this;
    }

    public SyntheticCt spacing(double mm) {
        this.spacingMm = mm;
        return this;
    }

    public SyntheticCt change(Change also) {
        Change before = this.change;
        this.change = (k, image) -> {
            before.apply(k, image);
            also.apply(k, image);
        };
        return this;
    }

    public String seriesUid() {
        return Uids.nameBased(series);
    }

    public String sopInstanceUid(int sliceFromFeet) {
        return Uids.nameBased(series + " slice " + sliceFromFeet);
    }

    /** Writes canonical slices, the most inferior first; returns their files in that order. */
    public List<Path> write(List<HuSlice> slices) {
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (int k = 0; k < slices.size(); k++) {
                DataSet image = image(k, slices.get(k));
                change.apply(k, image);
                Path file = folder.resolve(series.replace(' ', '_') + "-" + k + ".dcm");
                Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));
                files.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private DataSet image(int k, HuSlice slice) {
        boolean transposed = Math.abs(orientation[1]) > 0.5;
        int rows = transposed ? slice.columns() : slice.rows();
        int columns = transposed ? slice.rows() : slice.columns();
        double rowPitch = transposed ? slice.columnSpacingMm() : slice.rowSpacingMm();
        double columnPitch = transposed ? slice.rowSpacingMm() : slice.columnSpacingMm();
        // The canonical pixel (0, 0) lies at (0, 0): the first source pixel is the corner that the directions lead away
        // from.
        double width = (slice.columns() - 1) * slice.columnSpacingMm();
        double height = (slice.rows() - 1) * slice.rowSpacingMm();
        double x = orientation[0] < 0 || orientation[3] < 0 ? width : 0;
        double y = orientation[1] < 0 || orientation[4] < 0 ? height : 0;
        ByteBuffer pixels = ByteBuffer.allocate(rows * columns * 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double atX = x + column * columnPitch * orientation[0] + row * rowPitch * orientation[3];
                double atY = y + column * columnPitch * orientation[1] + row * rowPitch * orientation[4];
                int hu = slice.at(
                        (int) Math.round(atY / slice.rowSpacingMm()), (int) Math.round(atX / slice.columnSpacingMm()));
                pixels.putShort((short) (hu + 1024));
            }
        }
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, sopInstanceUid(k))
                .set(Tag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
                .set(Tag.StudyDate, "20260305")
                .set(Tag.StudyTime, "101112")
                .set(Tag.AccessionNumber, "A1")
                .set(Tag.Modality, "CT")
                .set(Tag.Manufacturer, "MyoNode tests")
                .setEmpty(Tag.ReferringPhysicianName)
                .set(Tag.SeriesDescription, series)
                .set(Tag.PatientName, "Test^Synthetic")
                .set(Tag.PatientID, "T1")
                .setEmpty(Tag.PatientBirthDate)
                .set(Tag.PatientSex, "O")
                .set(Tag.PatientSize, 1.75)
                .set(Tag.SliceThickness, spacingMm)
                .set(Tag.KVP, 120)
                .set(Tag.ConvolutionKernel, "SOFT")
                .set(Tag.PatientPosition, "HFS")
                .set(Tag.StudyInstanceUID, STUDY_UID)
                .set(Tag.SeriesInstanceUID, seriesUid())
                .set(Tag.StudyID, "1")
                .set(Tag.SeriesNumber, 2)
                .set(Tag.InstanceNumber, k + 1)
                .set(Tag.ImagePositionPatient, x, y, lowestZMm + k * spacingMm)
                .set(Tag.ImageOrientationPatient, orientation)
                .set(Tag.FrameOfReferenceUID, FRAME_UID)
                .setEmpty(Tag.PositionReferenceIndicator)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.Rows, rows)
                .set(Tag.Columns, columns)
                .set(Tag.PixelSpacing, rowPitch, columnPitch)
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 1)
                .set(Tag.RescaleIntercept, -1024.0)
                .set(Tag.RescaleSlope, 1.0)
                .set(Tag.RescaleType, "HU")
                .setBytes(Tag.PixelData, VR.OW, pixels.array());
    }

    /** Small slices that differ in every pixel: air around a block of tissue, and the slice number in a corner. */
    public static List<HuSlice> blocks(int count) {
        List<HuSlice> slices = new ArrayList<>();
        int rows = 12;
        int columns = 16;
        for (int k = 0; k < count; k++) {
            short[] hu = new short[rows * columns];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    boolean inside = row > 2 && row < 9 && column > 3 && column < 12;
                    hu[row * columns + column] = (short) (inside ? 10 * row + column : -1000);
                }
            }
            hu[0] = (short) k;
            slices.add(new HuSlice(rows, columns, 2.0, 1.5, hu));
        }
        return slices;
    }
}
