package org.myonode.workers.objects;

import java.util.ArrayList;
import java.util.List;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/**
 * The muscle as an RT Structure Set (PS3.3 A.19): one ROI, one closed planar contour for each part, along the edges of
 * the pixels. Stateless.
 *
 * <p>Implicit VR Little Endian: a contour with many holes passes 64 KiB, which no DS of an explicit VR encoding can hold,
 * and planning systems refuse what it becomes then. Never approved: that needs a person.
 */
public final class RtStructWriter {
    private static final String KIND = "RTSTRUCT";
    private static final int ROI = 1;

    /** Retired, and what every structure set names all the same (PS3.3 C.8.8.5, RT Referenced Study Sequence). */
    private static final String STUDY_CLASS = "1.2.840.10008.3.1.2.3.1";

    private final ResultContext context;

    private RtStructWriter(ResultContext context) {
        this.context = context;
    }

    /**
     * The structure set of a result, in Implicit VR Little Endian; its ROI names the segmentation that {@link SegWriter}
     * makes of the same context as its source.
     *
     * @throws org.myonode.dicom.DicomException when the source image lacks its UIDs, frame of reference, position,
     *     orientation or spacing
     */
    public static DicomFile write(ResultContext context) {
        return Part10.of(new RtStructWriter(context).structureSet(), UID.ImplicitVRLittleEndian);
    }

    private DataSet structureSet() {
        boolean level = context.levelIsKnown();
        String frameOfReference = context.source().requireText(Tag.FrameOfReferenceUID);
        DataSet set = ResultHeader.of(
                context,
                KIND,
                UID.RTStructureSetStorage,
                context.seriesNumbers().rtstruct(),
                (level ? "L3 skeletal muscle RTSTRUCT " : "Skeletal muscle RTSTRUCT ") + context.state("unapproved"));
        set.set(Tag.StructureSetLabel, level ? "L3_MUSCLE_AI" : "MUSCLE_AI")
                .set(Tag.StructureSetName, context.trackingId())
                .set(
                        Tag.StructureSetDescription,
                        (context.isCorrected()
                                        ? "AI result corrected by an expert, not approved"
                                        : "Automatic AI result, not verified")
                                + "; single axial slice; not for dose calculation")
                .set(Tag.StructureSetDate, set.requireText(Tag.ContentDate))
                .set(Tag.StructureSetTime, set.requireText(Tag.ContentTime))
                .remove(Tag.ContentDate)
                .remove(Tag.ContentTime)
                .setEmpty(Tag.OperatorsName)
                .set(Tag.FrameOfReferenceUID, frameOfReference)
                .copy(context.source(), Tag.PositionReferenceIndicator)
                .setItems(Tag.ReferencedFrameOfReferenceSequence, referencedFrame(frameOfReference))
                .setItems(Tag.StructureSetROISequence, roi(frameOfReference))
                .setItems(Tag.ROIContourSequence, contours())
                .setItems(Tag.RTROIObservationsSequence, observation())
                .set(Tag.ApprovalStatus, "UNAPPROVED");
        if (!set.contains(Tag.PositionReferenceIndicator)) {
            set.setEmpty(Tag.PositionReferenceIndicator);
        }
        context.expert()
                .map(Expert::drawnIn)
                .filter(object -> object.sopClassUid().equals(UID.RTStructureSetStorage))
                .ifPresent(object -> set.setItems(Tag.PredecessorStructureSetSequence, SegWriter.reference(object)));
        return set;
    }

    /** Every image of the series: planning systems refuse a set that names fewer. */
    private DataSet referencedFrame(String frameOfReference) {
        DataSet series = new DataSet()
                .copy(context.source(), Tag.SeriesInstanceUID)
                .setItems(
                        Tag.ContourImageSequence,
                        context.series().stream().map(SegWriter::reference).toList());
        DataSet study = new DataSet()
                .set(Tag.ReferencedSOPClassUID, STUDY_CLASS)
                .set(Tag.ReferencedSOPInstanceUID, context.source().requireText(Tag.StudyInstanceUID))
                .setItems(Tag.RTReferencedSeriesSequence, series);
        return new DataSet()
                .set(Tag.FrameOfReferenceUID, frameOfReference)
                .setItems(Tag.RTReferencedStudySequence, study);
    }

    private DataSet roi(String frameOfReference) {
        Algorithm model = context.segmenter();
        return new DataSet()
                .set(Tag.ROINumber, ROI)
                .set(Tag.ReferencedFrameOfReferenceUID, frameOfReference)
                .set(Tag.ROIName, roiName())
                .set(
                        Tag.ROIDescription,
                        context.trackingId() + (context.isCorrected() ? " (AI, expert-corrected)" : " (AI)"))
                .set(Tag.ROIGenerationAlgorithm, context.algorithmType())
                .set(
                        Tag.ROIGenerationDescription,
                        shortened((context.isCorrected() ? "Expert, over " : "") + model.id() + " " + model.version()))
                .setItems(
                        Tag.DefinitionSourceSequence,
                        SegWriter.reference(SegWriter.reference(context)).set(Tag.ReferencedSegmentNumber, 1));
    }

    /** At most 16 characters, though LO allows more: some planning systems cut or refuse the rest. */
    private String roiName() {
        return context.levelIsKnown() ? "Muscle_L3" : "Muscle";
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64);
    }

    private DataSet contours() {
        DataSet source = context.source();
        Plane plane = Plane.of(source);
        List<DataSet> contours = new ArrayList<>();
        for (int[] polygon :
                Outline.of(context.mask(), source.requireInteger(Tag.Rows), source.requireInteger(Tag.Columns))) {
            contours.add(new DataSet()
                    .setItems(Tag.ContourImageSequence, SegWriter.sourceItem(context))
                    .set(Tag.ContourGeometricType, "CLOSED_PLANAR")
                    .set(Tag.NumberOfContourPoints, polygon.length / 2)
                    .set(Tag.ContourNumber, contours.size() + 1)
                    .set(Tag.ContourData, plane.points(polygon)));
        }
        return new DataSet()
                .set(Tag.ReferencedROINumber, ROI)
                .set(Tag.ROIDisplayColor, 230, 130, 40)
                .setItems(Tag.ContourSequence, contours);
    }

    private DataSet observation() {
        return new DataSet()
                .set(Tag.ObservationNumber, 1)
                .set(Tag.ReferencedROINumber, ROI)
                .set(Tag.ROIObservationLabel, roiName())
                .setItems(Tag.RTROIIdentificationCodeSequence, Codes.SKELETAL_MUSCLE.item())
                .set(Tag.RTROIInterpretedType, "ORGAN")
                .setEmpty(Tag.ROIInterpreter);
    }

    /**
     * Where the pixels of an image lie in the patient (PS3.3 C.7.6.2.1.1), all in millimetres.
     *
     * @param position centre of the first pixel
     * @param alongRow from a pixel to the next of its row
     * @param alongColumn from a pixel to the next of its column
     */
    private record Plane(double[] position, double[] alongRow, double[] alongColumn) {

        static Plane of(DataSet image) {
            double[] position = values(image, Tag.ImagePositionPatient, 3);
            double[] cosines = values(image, Tag.ImageOrientationPatient, 6);
            double[] spacing = values(image, Tag.PixelSpacing, 2);
            double[] alongRow = new double[3];
            double[] alongColumn = new double[3];
            for (int axis = 0; axis < 3; axis++) {
                alongRow[axis] = cosines[axis] * spacing[1];
                alongColumn[axis] = cosines[3 + axis] * spacing[0];
            }
            return new Plane(position, alongRow, alongColumn);
        }

        private static double[] values(DataSet image, int tag, int count) {
            image.requireText(tag);
            double[] values = image.decimals(tag);
            if (values.length != count) {
                throw new org.myonode.dicom.DicomException(tag, values.length + " values instead of " + count);
            }
            return values;
        }

        /** Points in half pixels from the outer corner of the first pixel as x, y, z in millimetres. */
        String[] points(int[] polygon) {
            String[] points = new String[polygon.length / 2 * 3];
            for (int i = 0; i < polygon.length; i += 2) {
                double column = (polygon[i] - 1) / 2.0;
                double row = (polygon[i + 1] - 1) / 2.0;
                for (int axis = 0; axis < 3; axis++) {
                    points[i / 2 * 3 + axis] =
                            decimal(position[axis] + column * alongRow[axis] + row * alongColumn[axis]);
                }
            }
            return points;
        }

        /** Four decimals, a tenth of a micrometre, without zeros at the end; far below the 16 characters of a DS. */
        private static String decimal(double mm) {
            long tenThousandths = Math.round(mm * 10_000);
            StringBuilder text = new StringBuilder(12).append(Math.abs(tenThousandths) / 10_000);
            int fraction = (int) (Math.abs(tenThousandths) % 10_000);
            if (fraction > 0) {
                text.append('.').append(Integer.toString(10_000 + fraction), 1, 5);
                while (text.charAt(text.length() - 1) == '0') {
                    text.setLength(text.length() - 1);
                }
            }
            return tenThousandths < 0 ? text.insert(0, '-').toString() : text.toString();
        }
    }
}
