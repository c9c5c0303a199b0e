package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.HuSlice;

/** Single CT images by SOP Instance UID, as they were stored: contours are drawn on images, not on volumes. */
final class DicomSlices {

    private DicomSlices() {}

    /**
     * Reads the images of a folder that are wanted.
     *
     * @throws IOException when a file cannot be read, or a wanted image does not lie axially with rows to the patient's
     *     left
     */
    static Map<String, HuSlice> read(Path folder, Set<String> wanted) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(Files::isRegularFile).sorted().toList();
        }
        Map<String, HuSlice> slices = new HashMap<>();
        for (Path file : files) {
            try {
                String uid = Part10.readHeader(file).sopInstanceUid();
                if (wanted.contains(uid)) {
                    slices.put(uid, slice(Part10.read(file)));
                }
            } catch (DicomException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        }
        return slices;
    }

    private static HuSlice slice(DicomFile file) throws IOException {
        DataSet image = file.dataSet();
        double[] direction = image.decimals(Tag.ImageOrientationPatient);
        if (direction.length != 6 || direction[0] < 0.999 || direction[4] < 0.999) {
            throw new IOException("the image " + file.sopInstanceUid() + " is not axial with columns to the left");
        }
        double[] spacing = image.decimals(Tag.PixelSpacing);
        double slope = image.decimal(Tag.RescaleSlope).orElse(1);
        double intercept = image.decimal(Tag.RescaleIntercept).orElse(0);
        short[] stored = PixelData.monochrome16(file);
        boolean signed = image.integer(Tag.PixelRepresentation).orElse(0) == 1;
        short[] hu = new short[stored.length];
        for (int i = 0; i < hu.length; i++) {
            int value = signed ? stored[i] : stored[i] & 0xffff;
            hu[i] = (short) Math.max(-1024, Math.min(3071, Math.round(value * slope + intercept)));
        }
        return new HuSlice(
                image.requireInteger(Tag.Rows), image.requireInteger(Tag.Columns), spacing[0], spacing[1], hu);
    }
}
