package org.myonode.crossvalidation.contours;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/**
 * An RT Structure Set (PS3.3 A.19, C.8.8.5 and C.8.8.6): contours as they were drawn, in patient coordinates.
 *
 * @param sopInstanceUid of the structure set
 * @param label Structure Set Label
 * @param rois in the order of the file
 */
public record StructureSet(String sopInstanceUid, String label, List<Roi> rois) {

    /** Keeps its own copy. */
    public StructureSet {
        rois = List.copyOf(rois);
    }

    /**
     * A region of interest.
     *
     * @param number ROI Number
     * @param name ROI Name
     * @param interpreter who drew, where the file says it; empty otherwise
     * @param frameOfReferenceUid what its coordinates refer to; empty when the file does not say
     * @param contours closed planar contours
     * @param ignored contours of other geometric types, which enclose no area
     */
    public record Roi(
            int number,
            String name,
            String interpreter,
            String frameOfReferenceUid,
            List<Contour> contours,
            int ignored) {
        /** Keeps its own copy. */
        public Roi {
            contours = List.copyOf(contours);
        }
    }

    /**
     * One closed planar contour.
     *
     * @param sopInstanceUid the image it was drawn on, where the file says so
     * @param points patient x, y, z of each corner, in millimetres
     */
    public record Contour(Optional<String> sopInstanceUid, double[][] points) {

        /** Its corners on an image as column and row, and how far the farthest lies from the image's plane. */
        public OnPlane on(ImagePlane plane) {
            double[][] corners = new double[points.length][];
            double farthest = 0;
            for (int i = 0; i < points.length; i++) {
                double[] pixel = plane.pixelOf(points[i][0], points[i][1], points[i][2]);
                corners[i] = new double[] {pixel[0], pixel[1]};
                farthest = Math.max(farthest, Math.abs(pixel[2]));
            }
            return new OnPlane(corners, farthest);
        }
    }

    /**
     * A contour seen on an image.
     *
     * @param corners column and row; pixel centres at whole numbers
     * @param farthestMm distance of the farthest corner from the plane, in millimetres
     */
    public record OnPlane(double[][] corners, double farthestMm) {}

    /**
     * Reads a structure set.
     *
     * @throws DicomException when it is another object or a contour is no list of points
     */
    public static StructureSet of(DicomFile file) {
        if (!file.sopClassUid().equals(UID.RTStructureSetStorage)) {
            throw new DicomException(Tag.SOPClassUID, UID.nameOf(file.sopClassUid()) + " is not an RT structure set");
        }
        DataSet data = file.dataSet();
        Map<Integer, String> interpreters = new LinkedHashMap<>();
        for (DataSet observation : data.items(Tag.RTROIObservationsSequence)) {
            observation
                    .text(Tag.ROIInterpreter)
                    .ifPresent(name -> interpreters.put(
                            observation.integer(Tag.ReferencedROINumber).orElse(-1), name));
        }
        Map<Integer, DataSet> drawn = new LinkedHashMap<>();
        for (DataSet roi : data.items(Tag.ROIContourSequence)) {
            drawn.put(roi.requireInteger(Tag.ReferencedROINumber), roi);
        }
        List<Roi> rois = new ArrayList<>();
        for (DataSet roi : data.items(Tag.StructureSetROISequence)) {
            int number = roi.requireInteger(Tag.ROINumber);
            List<Contour> contours = new ArrayList<>();
            int ignored = 0;
            DataSet contourItem = drawn.get(number);
            for (DataSet contour : contourItem == null ? List.<DataSet>of() : contourItem.items(Tag.ContourSequence)) {
                String type = contour.text(Tag.ContourGeometricType).orElse("");
                // The second one is a hole's, whose points combine with the others by the same even-odd rule.
                if (type.equals("CLOSED_PLANAR") || type.equals("CLOSEDPLANAR_XOR")) {
                    contours.add(contour(contour));
                } else {
                    ignored++;
                }
            }
            rois.add(new Roi(
                    number,
                    roi.text(Tag.ROIName).orElse(""),
                    interpreters.getOrDefault(number, ""),
                    roi.text(Tag.ReferencedFrameOfReferenceUID).orElse(""),
                    contours,
                    ignored));
        }
        return new StructureSet(
                file.sopInstanceUid(), data.text(Tag.StructureSetLabel).orElse(""), rois);
    }

    private static Contour contour(DataSet contour) {
        double[] values = contour.decimals(Tag.ContourData);
        if (values.length < 9 || values.length % 3 != 0) {
            throw new DicomException(Tag.ContourData, values.length + " numbers are no closed contour of points");
        }
        double[][] points = new double[values.length / 3][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
        }
        return new Contour(
                contour.item(Tag.ContourImageSequence).flatMap(image -> image.text(Tag.ReferencedSOPInstanceUID)),
                points);
    }
}
