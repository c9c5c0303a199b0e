package org.myonode.workers.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;

/** A segmentation and the image it was made of (PS3.3 A.51). */
final class SegmentationChecks {
    /** Type of a segment that an expert drew over that of a model. */
    static final String CORRECTED = "SEMIAUTOMATIC";

    private final Instances instances;
    private final Journal journal;

    SegmentationChecks(Instances instances, Journal journal) {
        this.instances = instances;
        this.journal = journal;
    }

    void examine(Instance object) {
        DataSet seg = object.data();
        Optional<Instance> image = instances.sourceUid(object).flatMap(instances::find);
        if (image.isPresent()) {
            geometry(object, image.get().data());
        } else {
            for (Rule rule : List.of(Rule.SEG_FRAME_OF_REFERENCE, Rule.SEG_GRID, Rule.SEG_PLANE)) {
                journal.cannotCheck(rule, "the source image is not there");
            }
        }
        journal.check(Rule.SEG_PIXELS, object, broken -> {
            SegmentMask mask = SegmentMask.of(seg);
            int pixels = mask.rows() * mask.columns();
            int bytes = SegmentMask.isLabelmap(seg) ? pixels : (pixels + 7) / 8;
            broken.unlessEqual("bytes", seg.bytes(Tag.PixelData).length, bytes + bytes % 2);
            broken.unlessEqual("bits for a pixel", seg.requireInteger(Tag.BitsAllocated), bytes == pixels ? 8 : 1);
            if (mask.count() == 0) {
                broken.because("no pixel is set");
            }
        });
        source(object, image);
        segment(object);
    }

    private void geometry(Instance object, DataSet wholeImage) {
        DataSet seg = object.data();
        int frame = Instances.sourceFrame(object);
        journal.check(
                Rule.SEG_FRAME_OF_REFERENCE,
                object,
                broken -> broken.unlessEqual(
                        "frame of reference",
                        seg.text(Tag.FrameOfReferenceUID),
                        Optional.of(wholeImage.requireText(Tag.FrameOfReferenceUID))));
        journal.check(Rule.SEG_GRID, object, broken -> {
            DataSet image = ImageFrame.of(wholeImage, frame).attributes();
            broken.unlessEqual("rows", seg.requireInteger(Tag.Rows), image.requireInteger(Tag.Rows));
            broken.unlessEqual("columns", seg.requireInteger(Tag.Columns), image.requireInteger(Tag.Columns));
            same(broken, "spacing", SegmentMask.of(seg).spacing(), image, Tag.PixelSpacing, 1e-6);
        });
        journal.check(Rule.SEG_PLANE, object, broken -> {
            DataSet image = ImageFrame.of(wholeImage, frame).attributes();
            same(broken, "position", SegmentMask.of(seg).position(), image, Tag.ImagePositionPatient, 1e-3);
            same(broken, "orientation", SegmentMask.of(seg).orientation(), image, Tag.ImageOrientationPatient, 1e-6);
        });
    }

    private static void same(
            Journal.Broken broken, String what, double[] found, DataSet image, int tag, double tolerance) {
        double[] expected = SegmentMask.values(image, tag, found.length);
        for (int i = 0; i < found.length; i++) {
            broken.unlessClose(what, found[i], expected[i], tolerance, "mm");
        }
    }

    private void source(Instance object, Optional<Instance> image) {
        journal.check(Rule.SEG_SOURCE, object, broken -> {
            List<String> used = new ArrayList<>();
            for (DataSet frame : object.data().items(Tag.PerFrameFunctionalGroupsSequence)) {
                SegmentMask.group(frame, Tag.DerivationImageSequence)
                        .items(Tag.SourceImageSequence)
                        .forEach(item -> used.add(item.requireText(Tag.ReferencedSOPInstanceUID)));
            }
            List<String> listed = new ArrayList<>();
            List<String> series = new ArrayList<>();
            for (DataSet item : object.data().items(Tag.ReferencedSeriesSequence)) {
                series.add(item.requireText(Tag.SeriesInstanceUID));
                item.items(Tag.ReferencedInstanceSequence)
                        .forEach(instance -> listed.add(instance.requireText(Tag.ReferencedSOPInstanceUID)));
            }
            broken.unlessEqual("images listed", listed, used);
            if (series.isEmpty()) {
                broken.because("no Referenced Series Sequence");
            }
            image.ifPresent(source -> broken.unlessEqual("series listed", series, List.of(source.seriesUid())));
        });
    }

    private void segment(Instance object) {
        DataSet seg = object.data();
        journal.check(Rule.SEG_SEGMENT, object, broken -> {
            DataSet segment = muscle(seg);
            broken.unlessEqual("category", code(segment, Tag.SegmentedPropertyCategoryCodeSequence), "85756007");
            broken.unlessEqual("type", code(segment, Tag.SegmentedPropertyTypeCodeSequence), "127954009");
            DataSet frame = SegmentMask.group(seg, Tag.PerFrameFunctionalGroupsSequence);
            Optional<String> identified = frame.item(Tag.SegmentIdentificationSequence)
                    .flatMap(item -> item.text(Tag.ReferencedSegmentNumber));
            // The values of a label map say it themselves.
            broken.unlessEqual(
                    "segment of the frame",
                    identified,
                    SegmentMask.isLabelmap(seg) ? Optional.empty() : Optional.of("1"));
        });
        journal.check(Rule.SEG_ALGORITHM, object, broken -> {
            DataSet segment = muscle(seg);
            broken.unlessEqual(
                    "algorithm type",
                    segment.requireText(Tag.SegmentAlgorithmType),
                    seg.text(Tag.SeriesDescription).orElse("").contains("corrected") ? CORRECTED : "AUTOMATIC");
            segment.requireText(Tag.SegmentAlgorithmName);
            DataSet algorithm = SegmentMask.group(segment, Tag.SegmentationAlgorithmIdentificationSequence);
            algorithm.requireText(Tag.AlgorithmName);
            algorithm.requireText(Tag.AlgorithmVersion);
            seg.requireText(Tag.ContentCreatorName);
        });
        journal.check(
                Rule.SEG_OVERLAP,
                object,
                broken -> broken.unlessEqual("Segments Overlap", seg.text(Tag.SegmentsOverlap), Optional.of("NO")));
        journal.check(Rule.SEG_TRACKING, object, broken -> {
            muscle(seg).requireText(Tag.TrackingID);
            muscle(seg).requireText(Tag.TrackingUID);
        });
    }

    /** Segment number 1. */
    static DataSet muscle(DataSet seg) {
        return seg.items(Tag.SegmentSequence).stream()
                .filter(segment -> segment.integer(Tag.SegmentNumber).orElse(-1) == 1)
                .findFirst()
                .orElseThrow(() -> new org.myonode.dicom.DicomException(Tag.SegmentSequence, "has no segment 1"));
    }

    /** Whether an expert drew the muscle over that of a model. */
    static boolean isCorrected(DataSet seg) {
        return muscle(seg).text(Tag.SegmentAlgorithmType).orElse("").equals(CORRECTED);
    }

    private static String code(DataSet segment, int sequence) {
        return SegmentMask.group(segment, sequence).requireText(Tag.CodeValue);
    }
}
