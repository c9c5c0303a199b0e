package org.myonode.crossvalidation.contours;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;
import org.myonode.workers.volume.Mask;

/**
 * A CT of a few small slices with pixels that are not square, and what observers may send for it. File names and
 * instance numbers run against the positions, so that whoever matches by order is found out.
 */
public final class DrawnStudy {

    public static final int ROWS = 60;
    public static final int COLUMNS = 80;
    public static final double ROW_MM = 1.25;
    public static final double COLUMN_MM = 0.8;
    public static final double SPACING_MM = 3;
    public static final int SLICES = 5;
    private static final double X0 = -31.5;
    private static final double Y0 = -40;
    private static final double Z0 = -612.5;

    private final String name;
    private final String frameOfReference;

    public DrawnStudy(String name) {
        this.name = name;
        this.frameOfReference = Uids.nameBased(name + "/for");
    }

    public String studyUid() {
        return Uids.nameBased(name + "/study");
    }

    public String imageUid(int slice) {
        return Uids.nameBased(name + "/ct/" + slice);
    }

    public double z(int slice) {
        return Z0 + slice * SPACING_MM;
    }

    /** Writes the CT; the value of a pixel is ten times its slice plus its column. */
    public List<Path> writeCt(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        for (int k = 0; k < SLICES; k++) {
            Path file = folder.resolve(String.format(Locale.ROOT, "%02d.dcm", SLICES - k));
            Part10.write(file, Part10.of(ct(k), UID.ExplicitVRLittleEndian));
            files.add(file);
        }
        return files;
    }

    private DataSet ct(int k) {
        ByteBuffer pixels = ByteBuffer.allocate(2 * ROWS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            pixels.putShort((short) (10 * k + i % COLUMNS + 1024));
        }
        return general(UID.CTImageStorage, imageUid(k), "CT")
                .set(Tag.SeriesInstanceUID, Uids.nameBased(name + "/series"))
                .set(Tag.FrameOfReferenceUID, frameOfReference)
                .set(Tag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
                .set(Tag.InstanceNumber, SLICES - k)
                .set(Tag.ConvolutionKernel, "B30f")
                .set(Tag.SliceThickness, SPACING_MM)
                .set(Tag.ImagePositionPatient, X0, Y0, z(k))
                .set(Tag.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
                .set(Tag.PixelSpacing, ROW_MM, COLUMN_MM)
                .set(Tag.Rows, ROWS)
                .set(Tag.Columns, COLUMNS)
                .set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.BitsAllocated, 16)
                .set(Tag.BitsStored, 16)
                .set(Tag.HighBit, 15)
                .set(Tag.PixelRepresentation, 0)
                .set(Tag.RescaleSlope, 1)
                .set(Tag.RescaleIntercept, -1024)
                .setBytes(Tag.PixelData, VR.OW, pixels.array());
    }

    private DataSet general(String sopClass, String uid, String modality) {
        return new DataSet()
                .set(Tag.SOPClassUID, sopClass)
                .set(Tag.SOPInstanceUID, uid)
                .set(Tag.Modality, modality)
                .set(Tag.StudyInstanceUID, studyUid())
                .set(Tag.PatientName, "Phantom^" + name)
                .set(Tag.PatientID, name);
    }

    /** Patient coordinates of a point given as column and row on a slice. */
    public double[] patient(int slice, double column, double row) {
        return new double[] {X0 + column * COLUMN_MM, Y0 + row * ROW_MM, z(slice)};
    }

    /** One contour for {@link #structureSet}: corners as column and row. */
    public record Drawing(int slice, boolean namesImage, double offsetMm, double[][] corners) {}

    /** An RT structure set with one ROI. */
    public DicomFile structureSet(String uid, String roi, String frame, Drawing... drawings) {
        List<DataSet> contours = new ArrayList<>();
        for (Drawing drawing : drawings) {
            List<String> data = new ArrayList<>();
            for (double[] corner : drawing.corners()) {
                double[] point = patient(drawing.slice(), corner[0], corner[1]);
                point[2] += drawing.offsetMm();
                for (double value : point) {
                    data.add(String.format(Locale.ROOT, "%.4f", value));
                }
            }
            DataSet contour = new DataSet()
                    .set(Tag.ContourGeometricType, "CLOSED_PLANAR")
                    .set(Tag.NumberOfContourPoints, drawing.corners().length)
                    .set(Tag.ContourData, data.toArray(String[]::new));
            if (drawing.namesImage()) {
                contour.setItems(
                        Tag.ContourImageSequence,
                        new DataSet()
                                .set(Tag.ReferencedSOPClassUID, UID.CTImageStorage)
                                .set(Tag.ReferencedSOPInstanceUID, imageUid(drawing.slice())));
            }
            contours.add(contour);
        }
        DataSet set = general(UID.RTStructureSetStorage, uid, "RTSTRUCT")
                .set(Tag.SeriesInstanceUID, uid + ".1")
                .set(Tag.SeriesDescription, "Contours")
                .set(Tag.StructureSetLabel, "MUSCLE")
                .setItems(
                        Tag.StructureSetROISequence,
                        new DataSet()
                                .set(Tag.ROINumber, 1)
                                .set(Tag.ReferencedFrameOfReferenceUID, frame.isEmpty() ? frameOfReference : frame)
                                .set(Tag.ROIName, roi))
                .setItems(
                        Tag.ROIContourSequence,
                        new DataSet().set(Tag.ReferencedROINumber, 1).setItems(Tag.ContourSequence, contours));
        return Part10.of(set, UID.ExplicitVRLittleEndian);
    }

    /**
     * A segmentation of one slice.
     *
     * @param upsideDown stored from the last row to the first, which its orientation says
     */
    public DicomFile segmentation(
            String uid, String label, int slice, boolean namesImage, boolean upsideDown, Mask mask) {
        byte[] bits = new byte[(mask.pixels().length + 7) / 8 + (mask.pixels().length + 7) / 8 % 2];
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int i = (upsideDown ? ROWS - 1 - row : row) * COLUMNS + column;
                if (mask.at(row, column)) {
                    bits[i >> 3] |= (byte) (1 << (i & 7));
                }
            }
        }
        double[] position = patient(slice, 0, upsideDown ? ROWS - 1 : 0);
        DataSet frame = new DataSet()
                .setItems(Tag.PlanePositionSequence, new DataSet().set(Tag.ImagePositionPatient, position))
                .setItems(Tag.SegmentIdentificationSequence, new DataSet().set(Tag.ReferencedSegmentNumber, 1));
        if (namesImage) {
            frame.setItems(
                    Tag.DerivationImageSequence,
                    new DataSet()
                            .setItems(
                                    Tag.SourceImageSequence,
                                    new DataSet()
                                            .set(Tag.ReferencedSOPClassUID, UID.CTImageStorage)
                                            .set(Tag.ReferencedSOPInstanceUID, imageUid(slice))));
        }
        DataSet seg = general(UID.SegmentationStorage, uid, "SEG")
                .set(Tag.SeriesInstanceUID, uid + ".1")
                .set(Tag.SeriesDescription, "Muscle by hand")
                .set(Tag.FrameOfReferenceUID, frameOfReference)
                .set(Tag.Rows, ROWS)
                .set(Tag.Columns, COLUMNS)
                .set(Tag.NumberOfFrames, 1)
                .set(Tag.BitsAllocated, 1)
                .set(Tag.SegmentationType, "BINARY")
                .setItems(
                        Tag.SegmentSequence,
                        new DataSet().set(Tag.SegmentNumber, 1).set(Tag.SegmentLabel, label))
                .setItems(
                        Tag.SharedFunctionalGroupsSequence,
                        new DataSet()
                                .setItems(
                                        Tag.PlaneOrientationSequence,
                                        new DataSet()
                                                .set(Tag.ImageOrientationPatient, 1, 0, 0, 0, upsideDown ? -1 : 1, 0))
                                .setItems(
                                        Tag.PixelMeasuresSequence,
                                        new DataSet().set(Tag.PixelSpacing, ROW_MM, COLUMN_MM)))
                .setItems(Tag.PerFrameFunctionalGroupsSequence, frame)
                .setBytes(Tag.PixelData, VR.OB, bits);
        return Part10.of(seg, UID.ExplicitVRLittleEndian);
    }

    /** A NIfTI label volume over the whole CT with the mask on one slice. */
    public void writeNifti(Path file, int slice, Mask mask) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(352 + ROWS * COLUMNS * SLICES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 348);
        short[] size = {3, COLUMNS, ROWS, SLICES, 1, 1, 1, 1};
        float[] pitch = {1, (float) COLUMN_MM, (float) ROW_MM, (float) SPACING_MM};
        for (int i = 0; i < 8; i++) {
            bytes.putShort(40 + 2 * i, size[i]);
        }
        for (int i = 0; i < 4; i++) {
            bytes.putFloat(76 + 4 * i, pitch[i]);
        }
        bytes.putShort(70, (short) 2).putShort(72, (short) 8).putFloat(108, 352).putShort(254, (short) 1);
        float[][] affine = {
            {(float) -COLUMN_MM, 0, 0, (float) -X0},
            {0, (float) -ROW_MM, 0, (float) -Y0},
            {0, 0, (float) SPACING_MM, (float) Z0}
        };
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 4; c++) {
                bytes.putFloat(280 + 16 * r + 4 * c, affine[r][c]);
            }
        }
        bytes.put(344, (byte) 'n').put(345, (byte) '+').put(346, (byte) '1');
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            bytes.put(352 + slice * ROWS * COLUMNS + i, (byte) (mask.pixels()[i] ? 1 : 0));
        }
        Files.write(file, bytes.array());
    }
}
