package org.myonode.workers.objects;

import java.util.List;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/**
 * The muscle as a Segmentation (PS3.3 A.51): one segment, one frame on the grid of the CT image, in the form that the
 * context names. Stateless.
 *
 * <p>The frame is never cropped (widths that are no multiple of eight broke several viewers), the segment is named in
 * the per-frame group (viewers look there only) and no instance is referenced but the one that was segmented.
 */
public final class SegWriter {
    private static final String KIND = "SEG";

    /** CIELab of RGB 230, 130, 40 under D65, scaled as PS3.3 C.10.7.1.1. */
    private static final int[] COLOUR = {42019, 41240, 48614};

    private SegWriter() {}

    /** The instance that {@link #write} makes of a context. */
    static InstanceReference reference(ResultContext context) {
        return new InstanceReference(context.form().sopClassUid(), context.uid(KIND));
    }

    static String seriesUid(ResultContext context) {
        return context.uid(KIND + " series");
    }

    /**
     * The segmentation of a result, in Explicit VR Little Endian.
     *
     * @throws org.myonode.dicom.DicomException when the source image lacks what a segmentation must repeat: its UIDs,
     *     frame of reference, position, orientation and spacing
     */
    public static DicomFile write(ResultContext context) {
        DataSet source = context.source();
        for (int tag : new int[] {
            Tag.FrameOfReferenceUID, Tag.ImagePositionPatient, Tag.ImageOrientationPatient, Tag.PixelSpacing
        }) {
            source.requireText(tag);
        }
        boolean level = context.levelIsKnown();
        DataSet seg = ResultHeader.of(
                        context,
                        KIND,
                        context.form().sopClassUid(),
                        isLabelmap(context)
                                ? context.seriesNumbers().labelmap()
                                : context.seriesNumbers().seg(),
                        (level ? "L3 skeletal muscle SEG " : "Skeletal muscle SEG ") + context.state("unverified"))
                .set(Tag.ImageType, "DERIVED", "PRIMARY")
                .set(Tag.ContentLabel, level ? "L3_MUSCLE" : "MUSCLE")
                .set(
                        Tag.ContentDescription,
                        context.trackingId() + (context.isCorrected() ? ", corrected by an expert" : ", automatic"))
                .set(Tag.ContentCreatorName, creator(context))
                .set(Tag.BurnedInAnnotation, "NO")
                .copy(source, Tag.FrameOfReferenceUID, Tag.PositionReferenceIndicator);
        if (!seg.contains(Tag.PositionReferenceIndicator)) {
            seg.setEmpty(Tag.PositionReferenceIndicator);
        }
        pixels(seg, context);
        dimensions(seg, context);
        seg.set(Tag.SegmentationType, context.form().name())
                .set(Tag.SegmentsOverlap, "NO")
                .setItems(
                        Tag.SegmentSequence,
                        isLabelmap(context)
                                ? List.of(background(context), segment(context))
                                : List.of(segment(context)))
                .setItems(Tag.SharedFunctionalGroupsSequence, sharedGroups(context))
                .setItems(Tag.PerFrameFunctionalGroupsSequence, frameGroups(context))
                .setItems(Tag.ReferencedSeriesSequence, referencedSeries(context));
        return Part10.of(seg, UID.ExplicitVRLittleEndian);
    }

    private static String creator(ResultContext context) {
        return context.expert()
                .flatMap(Expert::person)
                .filter(name -> PersonNames.isWritable(context.source(), name))
                .orElse(context.software().name() + "^AI");
    }

    private static void pixels(DataSet seg, ResultContext context) {
        seg.set(Tag.SamplesPerPixel, 1)
                .set(Tag.PhotometricInterpretation, "MONOCHROME2")
                .set(Tag.NumberOfFrames, 1)
                .copy(context.source(), Tag.Rows, Tag.Columns)
                .set(Tag.PixelRepresentation, 0);
        if (isLabelmap(context)) {
            seg.set(Tag.BitsAllocated, 8)
                    .set(Tag.BitsStored, 8)
                    .set(Tag.HighBit, 7)
                    .set(Tag.PixelPaddingValue, 0)
                    .setBytes(Tag.PixelData, VR.OB, context.labels());
        } else {
            seg.set(Tag.BitsAllocated, 1)
                    .set(Tag.BitsStored, 1)
                    .set(Tag.HighBit, 0)
                    .setBytes(Tag.PixelData, VR.OB, context.packedMask());
        }
        ResultHeader.lossy(seg, context);
    }

    private static void dimensions(DataSet seg, ResultContext context) {
        String organization = context.uid("dimension organization");
        seg.setItems(Tag.DimensionOrganizationSequence, new DataSet().set(Tag.DimensionOrganizationUID, organization));
        DataSet position = dimension(
                organization, Tag.ImagePositionPatient, Tag.PlanePositionSequence, "Image Position (Patient)");
        DataSet segment = dimension(
                organization,
                Tag.ReferencedSegmentNumber,
                Tag.SegmentIdentificationSequence,
                "Referenced Segment Number");
        seg.setItems(Tag.DimensionIndexSequence, isLabelmap(context) ? List.of(position) : List.of(segment, position));
    }

    private static DataSet dimension(String organization, int attribute, int group, String label) {
        return new DataSet()
                .set(Tag.DimensionOrganizationUID, organization)
                .set(Tag.DimensionIndexPointer, attribute)
                .set(Tag.FunctionalGroupPointer, group)
                .set(Tag.DimensionDescriptionLabel, label);
    }

    private static boolean isLabelmap(ResultContext context) {
        return context.form() == SegmentationForm.LABELMAP;
    }

    /** What the value 0 of a label map means. */
    private static DataSet background(ResultContext context) {
        return new DataSet()
                .set(Tag.SegmentNumber, 0)
                .set(Tag.SegmentLabel, "Background")
                .set(Tag.SegmentAlgorithmType, "AUTOMATIC")
                .set(Tag.SegmentAlgorithmName, context.segmenter().id())
                .setItems(Tag.SegmentedPropertyCategoryCodeSequence, Codes.SPATIAL_CONCEPT.item())
                .setItems(Tag.SegmentedPropertyTypeCodeSequence, Codes.BACKGROUND.item())
                .set(Tag.RecommendedDisplayCIELabValue, 0, 32896, 32896);
    }

    private static DataSet segment(ResultContext context) {
        Algorithm model = context.segmenter();
        DataSet algorithm = new DataSet()
                .setItems(Tag.AlgorithmFamilyCodeSequence, Codes.ARTIFICIAL_INTELLIGENCE.item())
                .set(Tag.AlgorithmName, model.id())
                .set(Tag.AlgorithmVersion, model.version())
                .set(Tag.AlgorithmSource, context.software().manufacturer());
        return new DataSet()
                .set(Tag.SegmentNumber, 1)
                .set(Tag.SegmentLabel, context.levelIsKnown() ? "Skeletal muscle L3" : "Skeletal muscle")
                .set(
                        Tag.SegmentDescription,
                        context.levelIsKnown()
                                ? "All skeletal muscle on the L3 axial slice"
                                : "All skeletal muscle on one axial slice")
                .set(Tag.SegmentAlgorithmType, context.algorithmType())
                .set(Tag.SegmentAlgorithmName, model.id())
                .setItems(Tag.SegmentationAlgorithmIdentificationSequence, algorithm)
                .setItems(Tag.AnatomicRegionSequence, Codes.ABDOMEN.item())
                .setItems(Tag.SegmentedPropertyCategoryCodeSequence, Codes.TISSUE.item())
                .setItems(Tag.SegmentedPropertyTypeCodeSequence, Codes.SKELETAL_MUSCLE.item())
                .set(Tag.RecommendedDisplayCIELabValue, COLOUR)
                .set(Tag.TrackingID, context.trackingId())
                .set(Tag.TrackingUID, context.trackingUid());
    }

    private static DataSet sharedGroups(ResultContext context) {
        DataSet source = context.source();
        DataSet measures = new DataSet().copy(source, Tag.PixelSpacing, Tag.SliceThickness);
        if (!measures.hasValue(Tag.SliceThickness)) {
            // Type 1C, and the only depth a single slice has: the distance to the next is the best that is known.
            measures.set(Tag.SliceThickness, context.sliceDistanceMm());
        }
        measures.set(Tag.SpacingBetweenSlices, context.sliceDistanceMm());
        return new DataSet()
                .setItems(Tag.PlaneOrientationSequence, new DataSet().copy(source, Tag.ImageOrientationPatient))
                .setItems(Tag.PixelMeasuresSequence, measures);
    }

    private static DataSet frameGroups(ResultContext context) {
        DataSet image = sourceItem(context)
                .setItems(Tag.PurposeOfReferenceCodeSequence, Codes.SOURCE_IMAGE.item())
                .set(Tag.SpatialLocationsPreserved, "YES");
        DataSet derivation = new DataSet()
                .setItems(Tag.DerivationCodeSequence, Codes.SEGMENTATION.item())
                .setItems(Tag.SourceImageSequence, image);
        DataSet frame = new DataSet()
                .setItems(Tag.PlanePositionSequence, new DataSet().copy(context.source(), Tag.ImagePositionPatient))
                .setItems(Tag.DerivationImageSequence, derivation);
        if (isLabelmap(context)) {
            // The pixels say which segment they belong to: the frame belongs to none and has one dimension less.
            return frame.setItems(Tag.FrameContentSequence, new DataSet().set(Tag.DimensionIndexValues, 1));
        }
        return frame.setItems(Tag.FrameContentSequence, new DataSet().set(Tag.DimensionIndexValues, 1, 1))
                .setItems(Tag.SegmentIdentificationSequence, new DataSet().set(Tag.ReferencedSegmentNumber, 1));
    }

    private static DataSet referencedSeries(ResultContext context) {
        return new DataSet()
                .copy(context.source(), Tag.SeriesInstanceUID)
                .setItems(Tag.ReferencedInstanceSequence, reference(context.sourceReference()));
    }

    /** A reference to the image that was measured, or to its one frame when it is a multi-frame instance. */
    static DataSet sourceItem(ResultContext context) {
        return reference(context.sourceReference()).copy(context.source(), Tag.ReferencedFrameNumber);
    }

    static DataSet reference(InstanceReference instance) {
        return new DataSet()
                .set(Tag.ReferencedSOPClassUID, instance.sopClassUid())
                .set(Tag.ReferencedSOPInstanceUID, instance.sopInstanceUid());
    }
}
