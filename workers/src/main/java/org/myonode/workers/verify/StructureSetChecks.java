package org.myonode.workers.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/** A structure set, the images it lies on and the segmentation it was drawn from (PS3.3 C.8.8.5, C.8.8.6). */
final class StructureSetChecks {
    private static final int SHORT_LENGTH = 65_534;
    private static final int NAME_LENGTH = 16;

    private final Instances instances;
    private final Journal journal;

    StructureSetChecks(Instances instances, Journal journal) {
        this.instances = instances;
        this.journal = journal;
    }

    void examine(Instance object) {
        DataSet set = object.data();
        Optional<Instance> image = instances.sourceUid(object).flatMap(instances::find);
        Optional<Instance> segmentation = set.item(Tag.StructureSetROISequence)
                .flatMap(roi -> roi.item(Tag.DefinitionSourceSequence))
                .flatMap(source -> source.text(Tag.ReferencedSOPInstanceUID))
                .flatMap(instances::find);
        frameAndImages(object, image);
        regions(object, segmentation);
        contours(object);
        if (segmentation.isEmpty()) {
            for (Rule rule : List.of(Rule.RT_PLANE, Rule.RT_AREA, Rule.RT_MASK)) {
                journal.cannotCheck(rule, "the segmentation is not there");
            }
        } else {
            geometry(object, segmentation.get().data());
        }
    }

    private void frameAndImages(Instance object, Optional<Instance> image) {
        DataSet set = object.data();
        journal.check(Rule.RT_FRAME_OF_REFERENCE, object, broken -> {
            Set<String> frames = new TreeSet<>();
            List<DataSet> referenced = set.items(Tag.ReferencedFrameOfReferenceSequence);
            referenced.forEach(frame -> frames.add(frame.requireText(Tag.FrameOfReferenceUID)));
            set.items(Tag.StructureSetROISequence)
                    .forEach(roi -> frames.add(roi.requireText(Tag.ReferencedFrameOfReferenceUID)));
            frames.add(set.requireText(Tag.FrameOfReferenceUID));
            image.ifPresent(source -> frames.add(source.data().requireText(Tag.FrameOfReferenceUID)));
            if (frames.size() != 1 || referenced.size() != 1) {
                broken.because(referenced.size() + " items with frames " + frames);
            }
        });
        if (image.isEmpty()) {
            journal.cannotCheck(Rule.RT_IMAGES, "the source images are not there");
            return;
        }
        journal.check(Rule.RT_IMAGES, object, broken -> {
            DataSet study = SegmentMask.group(
                    SegmentMask.group(set, Tag.ReferencedFrameOfReferenceSequence), Tag.RTReferencedStudySequence);
            DataSet series = SegmentMask.group(study, Tag.RTReferencedSeriesSequence);
            broken.unlessEqual(
                    "series",
                    series.requireText(Tag.SeriesInstanceUID),
                    image.get().seriesUid());
            Set<String> listed = new TreeSet<>();
            series.items(Tag.ContourImageSequence)
                    .forEach(item -> listed.add(item.requireText(Tag.ReferencedSOPInstanceUID)));
            Set<String> there = new TreeSet<>();
            instances.imagesOf(image.get().seriesUid()).forEach(other -> there.add(other.sopInstanceUid()));
            if (!listed.equals(there)) {
                Set<String> missing = new TreeSet<>(there);
                missing.removeAll(listed);
                listed.removeAll(there);
                broken.because(missing.size() + " images of the series are not listed, " + listed.size()
                        + " listed ones are not there");
            }
        });
    }

    private void regions(Instance object, Optional<Instance> segmentation) {
        DataSet set = object.data();
        journal.check(Rule.RT_NUMBERS, object, broken -> {
            List<Integer> regions = numbers(set, Tag.StructureSetROISequence, Tag.ROINumber);
            broken.unlessEqual(
                    "numbers of contours", numbers(set, Tag.ROIContourSequence, Tag.ReferencedROINumber), regions);
            broken.unlessEqual(
                    "numbers of observations",
                    numbers(set, Tag.RTROIObservationsSequence, Tag.ReferencedROINumber),
                    regions);
        });
        journal.check(Rule.RT_NAMES, object, broken -> {
            List<String> names = new ArrayList<>(List.of(set.requireText(Tag.StructureSetLabel)));
            set.items(Tag.StructureSetROISequence).forEach(roi -> names.add(roi.requireText(Tag.ROIName)));
            names.stream()
                    .filter(name -> name.length() > NAME_LENGTH)
                    .forEach(name -> broken.because("\"" + name + "\" has " + name.length()));
        });
        journal.check(
                Rule.RT_UNAPPROVED,
                object,
                broken -> broken.unlessEqual("approval", set.text(Tag.ApprovalStatus), Optional.of("UNAPPROVED")));
        journal.check(Rule.RT_SOURCE, object, broken -> {
            DataSet roi = SegmentMask.group(set, Tag.StructureSetROISequence);
            boolean corrected = segmentation
                    .map(seg -> SegmentationChecks.isCorrected(seg.data()))
                    .orElseGet(() -> set.text(Tag.SeriesDescription).orElse("").contains("corrected"));
            broken.unlessEqual(
                    "algorithm",
                    roi.requireText(Tag.ROIGenerationAlgorithm),
                    corrected ? SegmentationChecks.CORRECTED : "AUTOMATIC");
            DataSet source = SegmentMask.group(roi, Tag.DefinitionSourceSequence);
            if (!Instances.isSegmentation(source.requireText(Tag.ReferencedSOPClassUID))) {
                broken.because("the source is no segmentation");
            }
            broken.unlessEqual("segment", source.requireInteger(Tag.ReferencedSegmentNumber), 1);
            segmentation.ifPresent(seg -> broken.unlessEqual(
                    "class of the source", source.requireText(Tag.ReferencedSOPClassUID), seg.sopClassUid()));
        });
    }

    private static List<Integer> numbers(DataSet set, int sequence, int number) {
        return set.items(sequence).stream()
                .map(item -> item.requireInteger(number))
                .sorted()
                .toList();
    }

    private static List<DataSet> contoursOf(DataSet set) {
        List<DataSet> contours = set.items(Tag.ROIContourSequence).stream()
                .flatMap(roi -> roi.items(Tag.ContourSequence).stream())
                .toList();
        if (contours.isEmpty()) {
            throw new DicomException(Tag.ContourSequence, "absent or empty");
        }
        return contours;
    }

    private void contours(Instance object) {
        DataSet set = object.data();
        journal.check(Rule.RT_CONTOURS, object, broken -> {
            Set<String> images = new TreeSet<>();
            for (DataSet contour : contoursOf(set)) {
                String name = "contour " + contour.text(Tag.ContourNumber).orElse("without number");
                broken.unlessEqual(name, contour.requireText(Tag.ContourGeometricType), "CLOSED_PLANAR");
                int values = contour.texts(Tag.ContourData).size();
                broken.unlessEqual(name + ", values", values, 3 * contour.requireInteger(Tag.NumberOfContourPoints));
                if (values < 9) {
                    broken.because(name + " has " + values / 3 + " points");
                }
                images.add(
                        SegmentMask.group(contour, Tag.ContourImageSequence).requireText(Tag.ReferencedSOPInstanceUID));
            }
            Optional<String> image = instances.find(definitionSource(set)).flatMap(instances::sourceUid);
            if (image.isPresent()) {
                broken.unlessEqual("images of the contours", images, Set.of(image.get()));
            }
        });
        journal.check(Rule.RT_DECIMALS, object, broken -> {
            for (DataSet contour : contoursOf(set)) {
                contour.texts(Tag.ContourData).stream()
                        .filter(text -> text.length() > NAME_LENGTH)
                        .limit(1)
                        .forEach(text -> broken.because("\"" + text + "\" has " + text.length()));
            }
        });
        journal.check(Rule.RT_ENCODING, object, broken -> {
            int longest = 0;
            for (DataSet contour : contoursOf(set)) {
                longest = Math.max(longest, contour.bytes(Tag.ContourData).length);
            }
            if (longest > SHORT_LENGTH && !object.file().transferSyntax().equals(UID.ImplicitVRLittleEndian)) {
                broken.because("contour data of " + longest + " bytes in "
                        + object.file().transferSyntax());
            }
        });
    }

    private static String definitionSource(DataSet set) {
        return set.item(Tag.StructureSetROISequence)
                .flatMap(roi -> roi.item(Tag.DefinitionSourceSequence))
                .flatMap(source -> source.text(Tag.ReferencedSOPInstanceUID))
                .orElse("");
    }

    private void geometry(Instance object, DataSet seg) {
        DataSet set = object.data();
        journal.check(Rule.RT_PLANE, object, broken -> {
            SegmentMask mask = SegmentMask.of(seg);
            double worst = 0;
            for (DataSet contour : contoursOf(set)) {
                double[] points = contour.decimals(Tag.ContourData);
                for (int i = 0; i + 2 < points.length; i += 3) {
                    worst = Math.max(worst, Math.abs(along(points, i, mask, mask.normal(), 0)));
                }
            }
            if (worst > 1e-3) {
                broken.because(String.format(Locale.ROOT, "a point lies %.4f mm off it", worst));
            }
        });
        journal.check(Rule.RT_AREA, object, broken -> {
            SegmentMask mask = SegmentMask.of(seg);
            double area = 0;
            for (double[] polygon : polygons(set, mask)) {
                area += Math.abs(shoelace(polygon)) * mask.spacing()[0] * mask.spacing()[1] / 100;
            }
            broken.unlessClose("area", area, mask.areaCm2(), 1e-4 * mask.areaCm2(), "cm2");
        });
        journal.check(Rule.RT_MASK, object, broken -> {
            SegmentMask mask = SegmentMask.of(seg);
            PolygonFill fill = PolygonFill.of(polygons(set, mask), mask.rows(), mask.columns());
            agree(broken, "even-odd", fill.evenOdd(), mask);
            agree(broken, "non-zero", fill.nonZero(), mask);
            agree(broken, "exclusive-or", fill.exclusiveOr(), mask);
        });
    }

    private static void agree(Journal.Broken broken, String rule, boolean[] filled, SegmentMask mask) {
        double dice = PolygonFill.dice(filled, mask.pixels());
        if (dice < 0.999) {
            broken.because(String.format(Locale.ROOT, "%s: Dice %.4f instead of 1", rule, dice));
        }
    }

    /** The contours in columns and rows of the segmentation. */
    private static List<double[]> polygons(DataSet set, SegmentMask mask) {
        List<double[]> polygons = new ArrayList<>();
        for (DataSet contour : contoursOf(set)) {
            double[] points = contour.decimals(Tag.ContourData);
            double[] polygon = new double[points.length / 3 * 2];
            for (int i = 0; i < polygon.length; i += 2) {
                polygon[i] = along(points, i / 2 * 3, mask, mask.orientation(), 0) / mask.spacing()[1];
                polygon[i + 1] = along(points, i / 2 * 3, mask, mask.orientation(), 3) / mask.spacing()[0];
            }
            polygons.add(polygon);
        }
        return polygons;
    }

    /** How far a point lies from the first pixel in a direction, in millimetres. */
    private static double along(double[] points, int at, SegmentMask mask, double[] direction, int from) {
        double sum = 0;
        for (int axis = 0; axis < 3; axis++) {
            sum += (points[at + axis] - mask.position()[axis]) * direction[from + axis];
        }
        return sum;
    }

    private static double shoelace(double[] polygon) {
        double twice = 0;
        for (int i = 0; i < polygon.length; i += 2) {
            int next = (i + 2) % polygon.length;
            twice += polygon[i] * polygon[next + 1] - polygon[next] * polygon[i + 1];
        }
        return twice / 2;
    }
}
