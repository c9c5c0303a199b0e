package org.myonode.workers.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;

/**
 * The frames of an enhanced multi-frame image as if each were an image of its own: what the shared and the per-frame
 * functional groups say (PS3.3 C.7.6.16) lies at the top of the header, where a single-frame image has it, and Frame
 * Type stands for Image Type. Which frame it is says Referenced Frame Number (0008,1160), counted from 1. Stateless.
 */
public final class Frames {
    /** The macros with anything that choosing, stacking and scaling need (PS3.3 C.7.6.16.2, C.8.15.3, C.8.22). */
    private static final int[] MACROS = {
        Tag.UnassignedSharedConvertedAttributesSequence,
        Tag.UnassignedPerFrameConvertedAttributesSequence,
        Tag.PixelMeasuresSequence,
        Tag.PlanePositionSequence,
        Tag.PlaneOrientationSequence,
        Tag.FrameContentSequence,
        Tag.PixelValueTransformationSequence,
        Tag.CTImageFrameTypeSequence,
        Tag.CTAcquisitionDetailsSequence,
        Tag.CTReconstructionSequence,
        Tag.PETFrameTypeSequence,
        Tag.PETFrameAcquisitionSequence,
        Tag.PETFrameCorrectionFactorsSequence
    };

    private Frames() {}

    /** Whether the header has functional groups for its frames. */
    static boolean areIn(DataSet header) {
        return header.hasValue(Tag.PerFrameFunctionalGroupsSequence);
    }

    /** One header for each frame; the header itself when it has no functional groups. */
    static List<DataSet> of(DataSet header) {
        if (!areIn(header)) {
            return List.of(header);
        }
        List<DataSet> groups = header.items(Tag.PerFrameFunctionalGroupsSequence);
        DataSet shared = new DataSet();
        for (int tag : header.tags()) {
            if (tag != Tag.PerFrameFunctionalGroupsSequence && tag != Tag.SharedFunctionalGroupsSequence) {
                shared.copy(header, tag);
            }
        }
        header.item(Tag.SharedFunctionalGroupsSequence).ifPresent(group -> lift(group, shared));
        List<DataSet> frames = new ArrayList<>(groups.size());
        for (int k = 0; k < groups.size(); k++) {
            DataSet frame = shared.copy();
            lift(groups.get(k), frame);
            if (frame.hasValue(Tag.FrameType)) {
                frame.set(Tag.ImageType, frame.texts(Tag.FrameType).toArray(String[]::new));
            }
            frames.add(frame.set(Tag.ReferencedFrameNumber, k + 1));
        }
        return frames;
    }

    private static void lift(DataSet group, DataSet to) {
        to.copy(group, Tag.RealWorldValueMappingSequence);
        for (int macro : MACROS) {
            group.item(macro).ifPresent(item -> item.tags().forEach(tag -> to.copy(item, tag)));
        }
    }

    /**
     * The headers of images or frames, in their order; each file is read once.
     *
     * @throws IOException when a file cannot be read
     * @throws DicomException when it is no DICOM file any more
     */
    public static List<DataSet> headers(List<ImageHeader> images) throws IOException {
        Map<Path, List<DataSet>> read = new HashMap<>();
        List<DataSet> headers = new ArrayList<>(images.size());
        for (ImageHeader image : images) {
            List<DataSet> frames = read.get(image.file());
            if (frames == null) {
                frames = of(Part10.readHeader(image.file()).dataSet());
                if (frames.size() > 1) {
                    read.put(image.file(), frames);
                }
            }
            headers.add(frames.get(image.frame() - 1));
        }
        return headers;
    }

    /** The header of one image or frame. */
    public static DataSet header(ImageHeader image) throws IOException {
        return headers(List.of(image)).get(0);
    }

    /**
     * The values of one image among those of all frames of its file.
     *
     * @throws DicomException when there are not as many as the matrix needs
     */
    public static short[] values(ImageHeader image, short[] allFrames) {
        int size = image.rows() * image.columns();
        if (allFrames.length != size * image.frames()) {
            throw new DicomException(
                    Tag.PixelData,
                    allFrames.length + " pixels for " + image.frames() + " frames of " + image.rows() + "x"
                            + image.columns());
        }
        return image.frames() == 1
                ? allFrames
                : Arrays.copyOfRange(allFrames, (image.frame() - 1) * size, image.frame() * size);
    }
}
