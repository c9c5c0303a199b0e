package org.myonode.workers.verify;

import java.util.Arrays;
import java.util.List;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;

/**
 * One frame of an image: of a multi-frame one with its functional groups (PS3.3 C.7.6.16), of any other the whole.
 *
 * @param attributes plane, spacing and rescale where a single-frame image has them
 * @param index 0 for the first frame
 */
record ImageFrame(DataSet attributes, int index) {
    private static final int[] GROUPS = {
        Tag.PlanePositionSequence,
        Tag.PlaneOrientationSequence,
        Tag.PixelMeasuresSequence,
        Tag.PixelValueTransformationSequence
    };
    private static final int[] GROUPED = {
        Tag.ImagePositionPatient, Tag.ImageOrientationPatient, Tag.PixelSpacing, Tag.RescaleSlope, Tag.RescaleIntercept
    };

    /** The frame of a number, 1 for the first. */
    static ImageFrame of(DataSet image, int number) {
        List<DataSet> frames = image.items(Tag.PerFrameFunctionalGroupsSequence);
        if (frames.isEmpty()) {
            return new ImageFrame(image, 0);
        }
        if (number < 1 || number > frames.size()) {
            throw new DicomException(
                    Tag.ReferencedFrameNumber, number + " of an image with " + frames.size() + " frames");
        }
        DataSet attributes =
                new DataSet().copy(image, Tag.Rows, Tag.Columns, Tag.FrameOfReferenceUID, Tag.PixelRepresentation);
        for (int group : GROUPS) {
            image.item(Tag.SharedFunctionalGroupsSequence)
                    .flatMap(shared -> shared.item(group))
                    .ifPresent(item -> attributes.copy(item, GROUPED));
            frames.get(number - 1).item(group).ifPresent(item -> attributes.copy(item, GROUPED));
        }
        return new ImageFrame(attributes, number - 1);
    }

    /** The stored values of this frame, row by row. */
    short[] stored(DicomFile image) {
        short[] all = PixelData.monochrome16(image);
        int pixels = attributes.requireInteger(Tag.Rows) * attributes.requireInteger(Tag.Columns);
        return Arrays.copyOfRange(all, index * pixels, (index + 1) * pixels);
    }
}
