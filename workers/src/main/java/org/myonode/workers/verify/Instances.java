package org.myonode.workers.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;

/** What lies in the folder, by kind and by UID. */
final class Instances {
    static final String LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7";
    private static final List<String> REPORTS =
            List.of(UID.Comprehensive3DSRStorage, UID.ComprehensiveSRStorage, UID.EnhancedSRStorage);

    final List<Instance> segmentations = new ArrayList<>();
    final List<Instance> reports = new ArrayList<>();
    final List<Instance> structureSets = new ArrayList<>();
    final List<Instance> pictures = new ArrayList<>();
    private final Map<String, Instance> byUid = new HashMap<>();
    private final Map<String, List<Instance>> imagesBySeries = new HashMap<>();

    /** Whether an object of this SOP class is one of ours to examine; other things are images, or beside the point. */
    static boolean isExamined(String sopClassUid) {
        return isSegmentation(sopClassUid)
                || REPORTS.contains(sopClassUid)
                || sopClassUid.equals(UID.RTStructureSetStorage)
                || sopClassUid.equals(UID.SecondaryCaptureImageStorage);
    }

    static boolean isSegmentation(String sopClassUid) {
        return sopClassUid.equals(UID.SegmentationStorage) || sopClassUid.equals(LABELMAP);
    }

    void add(Instance instance) {
        String sopClass = instance.sopClassUid();
        byUid.putIfAbsent(instance.sopInstanceUid(), instance);
        if (isSegmentation(sopClass)) {
            segmentations.add(instance);
        } else if (REPORTS.contains(sopClass)) {
            reports.add(instance);
        } else if (sopClass.equals(UID.RTStructureSetStorage)) {
            structureSets.add(instance);
        } else if (sopClass.equals(UID.SecondaryCaptureImageStorage)) {
            pictures.add(instance);
        } else {
            imagesBySeries
                    .computeIfAbsent(instance.seriesUid(), ignored -> new ArrayList<>())
                    .add(instance);
        }
    }

    /** Everything that is examined, in the order of the recipes. */
    List<Instance> examined() {
        List<Instance> all = new ArrayList<>(segmentations);
        all.addAll(reports);
        all.addAll(structureSets);
        all.addAll(pictures);
        return all;
    }

    Optional<Instance> find(String sopInstanceUid) {
        return Optional.ofNullable(byUid.get(sopInstanceUid));
    }

    List<Instance> imagesOf(String seriesUid) {
        return imagesBySeries.getOrDefault(seriesUid, List.of());
    }

    /** The image that an object was made of, by its first reference to one. */
    Optional<String> sourceUid(Instance object) {
        DataSet data = object.data();
        if (isSegmentation(object.sopClassUid())) {
            return first(data, Tag.PerFrameFunctionalGroupsSequence)
                    .flatMap(frame -> first(frame, Tag.DerivationImageSequence))
                    .flatMap(derivation -> first(derivation, Tag.SourceImageSequence))
                    .flatMap(Instances::reference);
        }
        if (object.sopClassUid().equals(UID.RTStructureSetStorage)) {
            return first(data, Tag.ROIContourSequence)
                    .flatMap(roi -> first(roi, Tag.ContourSequence))
                    .flatMap(contour -> first(contour, Tag.ContourImageSequence))
                    .flatMap(Instances::reference);
        }
        if (object.sopClassUid().equals(UID.SecondaryCaptureImageStorage)) {
            return first(data, Tag.SourceImageSequence).flatMap(Instances::reference);
        }
        return ContentTree.of(data).stream()
                .filter(item -> item.isNamed("121233"))
                .findFirst()
                .flatMap(ContentTree.Item::referencedUid);
    }

    /** The frame of the image that a segmentation was made of, 1 for the only one. */
    static int sourceFrame(Instance segmentation) {
        return first(segmentation.data(), Tag.PerFrameFunctionalGroupsSequence)
                .flatMap(frame -> first(frame, Tag.DerivationImageSequence))
                .flatMap(derivation -> first(derivation, Tag.SourceImageSequence))
                .map(image -> image.integer(Tag.ReferencedFrameNumber).orElse(1))
                .orElse(1);
    }

    private static Optional<DataSet> first(DataSet data, int sequence) {
        return data.item(sequence);
    }

    private static Optional<String> reference(DataSet item) {
        return item.text(Tag.ReferencedSOPInstanceUID);
    }
}
