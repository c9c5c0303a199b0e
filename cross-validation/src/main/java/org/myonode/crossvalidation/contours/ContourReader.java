package org.myonode.crossvalidation.contours;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/**
 * Finds expert contours in RT structure sets, segmentations and NIfTI label volumes, and puts each on the CT image that
 * it was drawn on.
 *
 * <p><b>Which image.</b> The one whose SOP Instance UID the contour names; where it names none, the one in whose plane
 * it lies. Never the one at the same place in some order. Whichever way it was found, the geometry must agree: the same
 * frame of reference, every point within {@value CtImages#SAME_PLANE_MM} mm of the plane, every pixel or corner inside
 * the picture. What does not agree is refused with the reason; whole drawings, not single contours of them, because half
 * a drawing is a wrong one.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * @param rules whose contours they are, the first match wins
 * @param aeTitle who sent the objects; empty for files
 */
public record ContourReader(List<ContourRule> rules, String aeTitle) {

    /** Corners may lie this far outside the picture, in pixels: the picture reaches half a pixel beyond its centres. */
    private static final double EDGE = 0.55;

    /** Keeps its own copy. */
    public ContourReader {
        rules = List.copyOf(rules);
    }

    /**
     * Reads what a file holds.
     *
     * @throws IOException when the file cannot be read
     */
    public List<ContourOutcome> read(Path file, CtImages images) throws IOException {
        String name = String.valueOf(file.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".nii") || lower.endsWith(".nii.gz")) {
            return nifti(name, Nifti.read(file), images);
        }
        try {
            DicomFile dicom = Part10.read(file);
            if (dicom.sopClassUid().equals(UID.RTStructureSetStorage)) {
                return structures(dicom, images);
            }
            if (SegFrames.isSegmentation(dicom.sopClassUid())) {
                return segments(dicom, images);
            }
            return List.of(new ContourOutcome.Refused(
                    name, UID.nameOf(dicom.sopClassUid()) + " is neither an RT structure set nor a segmentation"));
        } catch (DicomException e) {
            return List.of(new ContourOutcome.Refused(name, String.valueOf(e.getMessage())));
        }
    }

    /**
     * Puts one drawing of an object on its images, whoever drew it and however.
     *
     * @param number ROI number or segment number
     */
    static List<ContourOutcome> drawing(DicomFile file, int number, ContourRule.Assigned as, CtImages images) {
        if (file.sopClassUid().equals(UID.RTStructureSetStorage)) {
            return StructureSet.of(file).rois().stream()
                    .filter(roi -> roi.number() == number)
                    .flatMap(roi -> placed(roi, as, images).stream())
                    .toList();
        }
        SegFrames seg = SegFrames.of(file);
        return segment(seg, number, seg.segments().getOrDefault(number, ""), as, images);
    }

    // ---- RT structure sets

    private List<ContourOutcome> structures(DicomFile file, CtImages images) {
        StructureSet set = StructureSet.of(file);
        String description = file.dataSet().text(Tag.SeriesDescription).orElse("");
        List<ContourOutcome> outcomes = new ArrayList<>();
        for (StructureSet.Roi roi : set.rois()) {
            Optional<ContourRule.Assigned> assigned = assign(roi.name(), description);
            if (assigned.isEmpty()) {
                outcomes.add(new ContourOutcome.Ignored(roi.name(), "no rule says whose contour it is"));
            } else {
                outcomes.addAll(placed(roi, assigned.get(), images));
            }
        }
        return outcomes;
    }

    private static List<ContourOutcome> placed(StructureSet.Roi roi, ContourRule.Assigned assigned, CtImages images) {
        if (roi.contours().isEmpty()) {
            return List.of(new ContourOutcome.Refused(
                    roi.name(),
                    roi.ignored() == 0
                            ? "it has no contour"
                            : "its " + roi.ignored() + " contours are not closed planar ones"));
        }
        return roi(roi, assigned, images);
    }

    private static List<ContourOutcome> roi(StructureSet.Roi roi, ContourRule.Assigned assigned, CtImages images) {
        Map<String, List<StructureSet.OnPlane>> bySlice = new TreeMap<>();
        for (StructureSet.Contour contour : roi.contours()) {
            List<ImageHeader> there;
            if (contour.sopInstanceUid().isPresent()) {
                Optional<ImageHeader> named =
                        images.image(contour.sopInstanceUid().get());
                if (named.isEmpty()) {
                    return List.of(new ContourOutcome.Waiting(
                            roi.name(),
                            "the image " + contour.sopInstanceUid().get() + " it was drawn on is not here"));
                }
                there = List.of(named.get());
            } else {
                there = images.at(contour.points()[0], roi.frameOfReferenceUid());
                if (there.isEmpty()) {
                    return List.of(new ContourOutcome.Waiting(
                            roi.name(), at("no image lies at z %.2f mm, where it was drawn", contour.points()[0][2])));
                }
                if (there.size() > 1) {
                    return List.of(new ContourOutcome.Refused(
                            roi.name(), at("it names no image, and several lie at z %.2f mm", contour.points()[0][2])));
                }
            }
            ImageHeader image = there.get(0);
            if (otherFrame(image, roi.frameOfReferenceUid())) {
                return List.of(new ContourOutcome.Refused(
                        roi.name(),
                        "its frame of reference " + roi.frameOfReferenceUid() + " is not that of the image "
                                + image.sopInstanceUid()));
            }
            ImagePlane plane = ImagePlane.of(image).orElseThrow();
            StructureSet.OnPlane on = contour.on(plane);
            Optional<String> objection = misplaced(on, plane, image);
            if (objection.isPresent()) {
                return List.of(new ContourOutcome.Refused(roi.name(), objection.get()));
            }
            bySlice.computeIfAbsent(image.sopInstanceUid(), uid -> new ArrayList<>())
                    .add(on);
        }
        List<ContourOutcome> outcomes = new ArrayList<>();
        bySlice.forEach((uid, contours) -> {
            ImageHeader image = images.image(uid).orElseThrow();
            ImagePlane plane = ImagePlane.of(image).orElseThrow();
            List<double[][]> polygons =
                    contours.stream().map(StructureSet.OnPlane::corners).toList();
            Mask mask = PolygonFill.evenOdd(polygons, plane.rows(), plane.columns());
            outcomes.add(taken(
                    roi.name(),
                    assigned,
                    image,
                    mask,
                    PolygonFill.evenOddArea(polygons) * plane.rowMm() * plane.columnMm() / 100));
        });
        return outcomes;
    }

    private static Optional<String> misplaced(StructureSet.OnPlane on, ImagePlane plane, ImageHeader image) {
        if (on.farthestMm() > CtImages.SAME_PLANE_MM) {
            return Optional.of(at("a contour lies %.2f mm off the plane of the image ", on.farthestMm())
                    + image.sopInstanceUid() + " that it names");
        }
        for (double[] corner : on.corners()) {
            if (corner[0] < -EDGE
                    || corner[1] < -EDGE
                    || corner[0] > plane.columns() - 1 + EDGE
                    || corner[1] > plane.rows() - 1 + EDGE) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "a contour reaches column %.1f, row %.1f, outside the image %s of %dx%d",
                        corner[0],
                        corner[1],
                        image.sopInstanceUid(),
                        plane.rows(),
                        plane.columns()));
            }
        }
        return Optional.empty();
    }

    // ---- segmentations

    private List<ContourOutcome> segments(DicomFile file, CtImages images) {
        SegFrames seg = SegFrames.of(file);
        Map<Integer, String> algorithms = new LinkedHashMap<>();
        for (DataSet segment : file.dataSet().items(Tag.SegmentSequence)) {
            algorithms.put(
                    segment.requireInteger(Tag.SegmentNumber),
                    segment.text(Tag.SegmentAlgorithmType).orElse(""));
        }
        List<ContourOutcome> outcomes = new ArrayList<>();
        seg.segments().forEach((number, label) -> {
            Optional<ContourRule.Assigned> assigned = assign(label, seg.seriesDescription());
            if (assigned.isEmpty()) {
                outcomes.add(new ContourOutcome.Ignored(label, "no rule says whose contour it is"));
            } else if ("AUTOMATIC".equals(algorithms.get(number))) {
                outcomes.add(new ContourOutcome.Refused(label, "an algorithm made it (AUTOMATIC), no observer"));
            } else {
                outcomes.addAll(segment(seg, number, label, assigned.get(), images));
            }
        });
        return outcomes;
    }

    private static List<ContourOutcome> segment(
            SegFrames seg, int number, String label, ContourRule.Assigned assigned, CtImages images) {
        List<ContourOutcome> outcomes = new ArrayList<>();
        for (SegFrames.Frame frame : seg.frames()) {
            if (frame.segment() != number || frame.mask().isEmpty()) {
                continue;
            }
            if (frame.plane().isEmpty()) {
                return List.of(
                        new ContourOutcome.Refused(label, "a frame lacks position, orientation or pixel spacing"));
            }
            ContourOutcome outcome = placed(
                    label,
                    assigned,
                    frame.mask(),
                    frame.plane().get(),
                    frame.source(),
                    seg.frameOfReferenceUid(),
                    images);
            if (!(outcome instanceof ContourOutcome.Read)) {
                return List.of(outcome);
            }
            outcomes.add(outcome);
        }
        return outcomes.isEmpty() ? List.of(new ContourOutcome.Refused(label, "all its frames are empty")) : outcomes;
    }

    // ---- NIfTI

    private List<ContourOutcome> nifti(String name, Nifti volume, CtImages images) {
        Optional<ContourRule.Assigned> assigned = assign(name, "");
        if (assigned.isEmpty()) {
            return List.of(new ContourOutcome.Ignored(name, "no rule says whose contour it is"));
        }
        if (!volume.axisAligned()) {
            return List.of(new ContourOutcome.Refused(name, "its axes are not those of the patient"));
        }
        List<ContourOutcome> outcomes = new ArrayList<>();
        for (int z = 0; z < volume.depth(); z++) {
            float[] values = volume.slice(z);
            boolean[] pixels = new boolean[values.length];
            boolean any = false;
            for (int i = 0; i < values.length; i++) {
                if (values[i] != 0 && values[i] != 1) {
                    return List.of(new ContourOutcome.Refused(
                            name, "it holds the value " + values[i] + ", a mask of 0 and 1 is expected"));
                }
                pixels[i] = values[i] == 1;
                any |= pixels[i];
            }
            if (any) {
                ContourOutcome outcome = placed(
                        name,
                        assigned.get(),
                        new Mask(volume.rows(), volume.columns(), pixels),
                        volume.plane(z),
                        Optional.empty(),
                        "",
                        images);
                if (!(outcome instanceof ContourOutcome.Read)) {
                    return List.of(outcome);
                }
                outcomes.add(outcome);
            }
        }
        return outcomes.isEmpty() ? List.of(new ContourOutcome.Refused(name, "it is empty")) : outcomes;
    }

    // ---- pixels on an image

    private static ContourOutcome placed(
            String drawing,
            ContourRule.Assigned assigned,
            Mask mask,
            ImagePlane grid,
            Optional<String> source,
            String frameOfReferenceUid,
            CtImages images) {
        List<ImageHeader> there;
        if (source.isPresent()) {
            Optional<ImageHeader> named = images.image(source.get());
            if (named.isEmpty()) {
                return new ContourOutcome.Waiting(
                        drawing, "the image " + source.get() + " it was drawn on is not here");
            }
            there = List.of(named.get());
        } else {
            there = images.at(grid.patientOf(0, 0), frameOfReferenceUid);
        }
        if (there.isEmpty()) {
            return new ContourOutcome.Waiting(
                    drawing, at("no image lies at z %.2f mm, where it was drawn", grid.zMm()));
        }
        if (there.size() > 1) {
            return new ContourOutcome.Refused(
                    drawing, at("it names no image, and several lie at z %.2f mm", grid.zMm()));
        }
        ImageHeader image = there.get(0);
        if (otherFrame(image, frameOfReferenceUid)) {
            return new ContourOutcome.Refused(
                    drawing,
                    "its frame of reference " + frameOfReferenceUid + " is not that of the image "
                            + image.sopInstanceUid());
        }
        ImagePlane plane = ImagePlane.of(image).orElseThrow();
        double off = Math.abs(plane.distanceTo(grid));
        if (off > CtImages.SAME_PLANE_MM) {
            return new ContourOutcome.Refused(
                    drawing,
                    at("it lies %.2f mm off the plane of the image ", off) + image.sopInstanceUid() + " that it names");
        }
        ImagePlane.Placed placed = plane.place(mask, grid);
        if (placed instanceof ImagePlane.Placed.Refused refused) {
            return new ContourOutcome.Refused(drawing, refused.reason());
        }
        Mask own = ((ImagePlane.Placed.On) placed).mask();
        return taken(drawing, assigned, image, own, area(own, plane));
    }

    private static ContourOutcome taken(
            String drawing, ContourRule.Assigned assigned, ImageHeader image, Mask mask, double polygonAreaCm2) {
        if (mask.isEmpty()) {
            return new ContourOutcome.Refused(drawing, "it encloses no pixel of the image " + image.sopInstanceUid());
        }
        return new ContourOutcome.Read(
                drawing,
                assigned.observer(),
                assigned.structure(),
                image,
                CtImages.grid(image).toCanonical(mask),
                area(mask, ImagePlane.of(image).orElseThrow()),
                polygonAreaCm2);
    }

    private static double area(Mask mask, ImagePlane plane) {
        return mask.count() * plane.rowMm() * plane.columnMm() / 100;
    }

    private static boolean otherFrame(ImageHeader image, String frameOfReferenceUid) {
        return !frameOfReferenceUid.isEmpty()
                && !image.frameOfReferenceUid().isEmpty()
                && !image.frameOfReferenceUid().equals(frameOfReferenceUid);
    }

    private Optional<ContourRule.Assigned> assign(String roi, String seriesDescription) {
        return ContourRule.assign(rules, new ContourRule.Drawn(roi, seriesDescription, aeTitle));
    }

    private static String at(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
