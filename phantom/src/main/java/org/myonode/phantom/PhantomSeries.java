package org.myonode.phantom;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.VR;

/**
 * A CT or PET series of a {@link PhantomStudy} as other scanners and archives would have delivered it: the same body
 * seen from another side, on another matrix, in another order, with faults, or as one enhanced multi-frame instance.
 * Every change gives a new series; images keep their UIDs unless the change makes new ones.
 *
 * @param images from the feet to the head at first, with pixels in Explicit VR Little Endian; never changed
 */
public record PhantomSeries(List<DataSet> images) {

    /** Copies the list. */
    public PhantomSeries {
        images = List.copyOf(images);
    }

    /** Reads files that {@link PhantomStudy} wrote: its axial images, head first supine. */
    public static PhantomSeries read(List<Path> files) throws IOException {
        List<DataSet> images = new ArrayList<>();
        for (Path file : files) {
            images.add(Part10.read(file).dataSet());
        }
        return new PhantomSeries(images);
    }

    /** Writes a file for each image, named by its place in the list. */
    public List<Path> write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        for (DataSet image : images) {
            Path file = folder.resolve(String.format(Locale.ROOT, "%04d.dcm", files.size()));
            Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));
            files.add(file);
        }
        return files;
    }

    /** The same with every image changed; the change gets a copy. */
    public PhantomSeries with(UnaryOperator<DataSet> change) {
        return new PhantomSeries(
                images.stream().map(image -> change.apply(image.copy())).toList());
    }

    /** Another series of the same study: new series and instance UIDs. */
    public PhantomSeries as(String name) {
        return with(image -> image.set(Tag.SeriesDescription, name)
                .set(Tag.SeriesInstanceUID, Uids.nameBased(name + image.requireText(Tag.SeriesInstanceUID)))
                .set(Tag.SOPInstanceUID, Uids.nameBased(name + image.requireText(Tag.SOPInstanceUID))));
    }

    /** The same files in the opposite order, numbered in it. */
    public PhantomSeries reversed() {
        List<DataSet> reversed = new ArrayList<>();
        for (DataSet image : images) {
            reversed.add(image.copy().set(Tag.InstanceNumber, reversed.size() + 1));
        }
        Collections.reverse(reversed);
        return new PhantomSeries(reversed);
    }

    /** Without one image. */
    public PhantomSeries without(int index) {
        List<DataSet> rest = new ArrayList<>(images);
        rest.remove(index);
        return new PhantomSeries(rest);
    }

    /** With one image more. */
    public PhantomSeries and(DataSet image) {
        List<DataSet> more = new ArrayList<>(images);
        more.add(image);
        return new PhantomSeries(more);
    }

    /**
     * The patient lay another way: the pixels turned, Image Orientation and Position with them, so that every pixel keeps
     * its place in the body.
     *
     * @param rowDirection cosines of the row, along an axis of the patient
     * @param columnDirection cosines of the column, along another axis
     */
    public PhantomSeries seenAlong(double[] rowDirection, double[] columnDirection) {
        return with(image -> {
            int rows = image.requireInteger(Tag.Rows);
            int columns = image.requireInteger(Tag.Columns);
            double[] spacing = image.decimals(Tag.PixelSpacing);
            double[] corner = image.decimals(Tag.ImagePositionPatient);
            boolean turned = rowDirection[0] == 0;
            int newRows = turned ? columns : rows;
            int newColumns = turned ? rows : columns;
            boolean fromRight = rowDirection[0] + columnDirection[0] < 0;
            boolean fromBack = rowDirection[1] + columnDirection[1] < 0;
            byte[] from = image.bytes(Tag.PixelData);
            byte[] to = new byte[from.length];
            for (int r = 0; r < newRows; r++) {
                for (int c = 0; c < newColumns; c++) {
                    int alongX = turned ? r : c;
                    int alongY = turned ? c : r;
                    int column = fromRight ? columns - 1 - alongX : alongX;
                    int row = fromBack ? rows - 1 - alongY : alongY;
                    copyPixel(from, row * columns + column, to, r * newColumns + c);
                }
            }
            return image.set(Tag.Rows, newRows)
                    .set(Tag.Columns, newColumns)
                    .set(Tag.PixelSpacing, turned ? spacing[1] : spacing[0], turned ? spacing[0] : spacing[1])
                    .set(
                            Tag.ImageOrientationPatient,
                            rowDirection[0],
                            rowDirection[1],
                            rowDirection[2],
                            columnDirection[0],
                            columnDirection[1],
                            columnDirection[2])
                    .set(
                            Tag.ImagePositionPatient,
                            corner[0] + (fromRight ? (columns - 1) * spacing[1] : 0),
                            corner[1] + (fromBack ? (rows - 1) * spacing[0] : 0),
                            corner[2])
                    .setBytes(Tag.PixelData, VR.OW, to);
        });
    }

    /** The same field on a matrix so many times finer, each pixel repeated. */
    public PhantomSeries finer(int times) {
        return with(image -> {
            int rows = image.requireInteger(Tag.Rows);
            int columns = image.requireInteger(Tag.Columns);
            double[] spacing = image.decimals(Tag.PixelSpacing);
            double[] corner = image.decimals(Tag.ImagePositionPatient);
            byte[] from = image.bytes(Tag.PixelData);
            byte[] to = new byte[from.length * times * times];
            for (int r = 0; r < rows * times; r++) {
                for (int c = 0; c < columns * times; c++) {
                    copyPixel(from, r / times * columns + c / times, to, r * columns * times + c);
                }
            }
            double shift = (1.0 / times - 1) / 2;
            return image.set(Tag.Rows, rows * times)
                    .set(Tag.Columns, columns * times)
                    .set(Tag.PixelSpacing, spacing[0] / times, spacing[1] / times)
                    .set(
                            Tag.ImagePositionPatient,
                            corner[0] + shift * spacing[1],
                            corner[1] + shift * spacing[0],
                            corner[2])
                    .setBytes(Tag.PixelData, VR.OW, to);
        });
    }

    /** Every second row only: pixels twice as high as wide. */
    public PhantomSeries nonSquare() {
        return with(image -> {
            int rows = image.requireInteger(Tag.Rows) / 2;
            int columns = image.requireInteger(Tag.Columns);
            double[] spacing = image.decimals(Tag.PixelSpacing);
            byte[] from = image.bytes(Tag.PixelData);
            byte[] to = new byte[rows * columns * 2];
            for (int r = 0; r < rows; r++) {
                System.arraycopy(from, 2 * r * columns * 2, to, r * columns * 2, columns * 2);
            }
            return image.set(Tag.Rows, rows)
                    .set(Tag.PixelSpacing, 2 * spacing[0], spacing[1])
                    .setBytes(Tag.PixelData, VR.OW, to);
        });
    }

    /** Scanned with a tilted gantry: slices upright to the eye, each further back than the one below. */
    public PhantomSeries tilted(double degrees, boolean said) {
        double lowest = images.get(0).decimals(Tag.ImagePositionPatient)[2];
        return with(image -> {
            double[] corner = image.decimals(Tag.ImagePositionPatient);
            double back = (corner[2] - lowest) * Math.tan(Math.toRadians(degrees));
            return image.set(Tag.GantryDetectorTilt, said ? degrees : 0.0)
                    .set(Tag.ImagePositionPatient, corner[0], corner[1] + back, corner[2]);
        });
    }

    /** Reformatted on planes that lean back from the axial ones; the pixels are left as they are. */
    public PhantomSeries oblique(double degrees) {
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
        double lowest = images.get(0).decimals(Tag.ImagePositionPatient)[2];
        return with(image -> {
            double[] corner = image.decimals(Tag.ImagePositionPatient);
            double up = corner[2] - lowest;
            return image.set(Tag.ImageOrientationPatient, 1, 0, 0, 0, cos, sin)
                    .set(Tag.ImagePositionPatient, corner[0], corner[1] - up * sin, lowest + up * cos);
        });
    }

    /** All images as the frames of one Enhanced CT (PS3.3 A.38) or Enhanced PET (A.56) instance. */
    public PhantomSeries enhanced() throws IOException {
        DataSet first = images.get(0);
        boolean ct = first.requireText(Tag.Modality).equals("CT");
        DataSet whole = first.copy();
        for (int tag : new int[] {
            Tag.ImageType,
            Tag.ImagePositionPatient,
            Tag.ImageOrientationPatient,
            Tag.PixelSpacing,
            Tag.SliceThickness,
            Tag.SliceLocation,
            Tag.RescaleSlope,
            Tag.RescaleIntercept,
            Tag.RescaleType,
            Tag.GantryDetectorTilt,
            Tag.AcquisitionDate,
            Tag.AcquisitionTime,
            Tag.Units,
            Tag.DecayCorrection,
            Tag.CorrectedImage,
            Tag.ActualFrameDuration,
            Tag.SeriesType
        }) {
            whole.remove(tag);
        }
        List<DataSet> frames = new ArrayList<>();
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (DataSet image : images) {
            frames.add(frame(image, ct, frames.size() + 1));
            pixels.write(image.bytes(Tag.PixelData));
        }
        DataSet shared = new DataSet()
                .setItems(Tag.PixelMeasuresSequence, new DataSet().copy(first, Tag.PixelSpacing, Tag.SliceThickness))
                .setItems(Tag.PlaneOrientationSequence, new DataSet().copy(first, Tag.ImageOrientationPatient));
        if (!ct) {
            whole.set(Tag.AttenuationCorrected, "YES")
                    .set(Tag.DecayCorrected, "YES")
                    .set(
                            Tag.DecayCorrectionDateTime,
                            first.requireText(Tag.SeriesDate) + first.requireText(Tag.SeriesTime));
            DataSet injection =
                    whole.items(Tag.RadiopharmaceuticalInformationSequence).get(0);
            injection.set(Tag.RadionuclideTotalDose, injection.requireDecimal(Tag.RadionuclideTotalDose) / 1e6);
        }
        return new PhantomSeries(List.of(
                whole.set(Tag.SOPClassUID, ct ? UID.EnhancedCTImageStorage : UID.EnhancedPETImageStorage)
                        .set(Tag.SOPInstanceUID, Uids.nameBased("enhanced" + first.requireText(Tag.SOPInstanceUID)))
                        .set(Tag.ImageType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE")
                        .set(Tag.NumberOfFrames, frames.size())
                        .setItems(Tag.SharedFunctionalGroupsSequence, shared)
                        .setItems(Tag.PerFrameFunctionalGroupsSequence, frames)
                        .setBytes(Tag.PixelData, VR.OW, pixels.toByteArray())));
    }

    private static DataSet frame(DataSet image, boolean ct, int number) {
        DataSet frame = new DataSet()
                .setItems(
                        Tag.FrameContentSequence,
                        new DataSet()
                                .set(Tag.DimensionIndexValues, 1, number)
                                .set(
                                        Tag.FrameAcquisitionDateTime,
                                        image.requireText(Tag.AcquisitionDate)
                                                + image.requireText(Tag.AcquisitionTime)))
                .setItems(Tag.PlanePositionSequence, new DataSet().copy(image, Tag.ImagePositionPatient));
        DataSet type = new DataSet().set(Tag.FrameType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE");
        if (ct) {
            return frame.setItems(Tag.CTImageFrameTypeSequence, type)
                    .setItems(
                            Tag.PixelValueTransformationSequence,
                            new DataSet().copy(image, Tag.RescaleSlope, Tag.RescaleIntercept, Tag.RescaleType));
        }
        return frame.setItems(Tag.PETFrameTypeSequence, type)
                .setItems(
                        Tag.RealWorldValueMappingSequence,
                        new DataSet()
                                .set(Tag.RealWorldValueSlope, image.requireDecimal(Tag.RescaleSlope))
                                .set(Tag.RealWorldValueIntercept, 0.0)
                                .setItems(
                                        Tag.MeasurementUnitsCodeSequence,
                                        new DataSet()
                                                .set(Tag.CodeValue, "Bq/ml")
                                                .set(Tag.CodingSchemeDesignator, "UCUM")
                                                .set(Tag.CodeMeaning, "Becquerels/milliliter")));
    }

    private static void copyPixel(byte[] from, int source, byte[] to, int target) {
        to[2 * target] = from[2 * source];
        to[2 * target + 1] = from[2 * source + 1];
    }
}
