package org.myonode.workers.verify;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Tag;

/** A report by TID 1500 (PS3.16), the segmentation that it measures and the image below both. */
final class ReportChecks {
    private static final String AREA = "131184002";
    private static final String INDEX = "SMI";
    private static final String ATTENUATION = "112031";
    private static final String UPTAKE = "126401";
    private static final String HEIGHT = "8302-2";
    private static final String MEAN = "373098007";

    private final Instances instances;
    private final Journal journal;

    ReportChecks(Instances instances, Journal journal) {
        this.instances = instances;
        this.journal = journal;
    }

    void examine(Instance object) {
        DataSet report = object.data();
        List<ContentTree.Item> tree = ContentTree.of(report);
        Optional<Instance> segmentation = tree.stream()
                .flatMap(item -> item.data().items(Tag.ReferencedSOPSequence).stream())
                .filter(item -> Instances.isSegmentation(
                        item.text(Tag.ReferencedSOPClassUID).orElse("")))
                .flatMap(item -> item.text(Tag.ReferencedSOPInstanceUID).stream())
                .findFirst()
                .flatMap(instances::find);
        structure(object, tree);
        verification(object, tree, segmentation);
        correction(object, tree, segmentation);
        references(object, tree, segmentation);
        numbers(object, tree, segmentation);
        predecessor(object, tree);
    }

    private void structure(Instance object, List<ContentTree.Item> tree) {
        DataSet report = object.data();
        journal.check(Rule.SR_TEMPLATE, object, broken -> {
            DataSet template = SegmentMask.group(report, Tag.ContentTemplateSequence);
            broken.unlessEqual("template", template.requireText(Tag.TemplateIdentifier), "1500");
            broken.unlessEqual("mapping resource", template.requireText(Tag.MappingResource), "DCMR");
            // Viewers refuse any other title.
            DataSet title = SegmentMask.group(report, Tag.ConceptNameCodeSequence);
            broken.unlessEqual("title", title.requireText(Tag.CodeValue), "126000");
        });
        journal.check(Rule.SR_CONTEXT, object, broken -> {
            require(broken, tree, "121049", "language");
            require(broken, tree, "121005", "observer type");
            require(broken, tree, "121012", "device observer UID");
            require(broken, tree, "121058", "procedure reported");
            require(broken, tree, "111001", "algorithm name");
            require(broken, tree, "111003", "algorithm version");
        });
        journal.check(Rule.SR_IMAGE_LIBRARY, object, broken -> {
            // Viewers that find none stop with an error.
            Optional<ContentTree.Item> library =
                    tree.stream().filter(item -> item.isNamed("111028")).findFirst();
            boolean listsImage = library.isPresent()
                    && tree.stream()
                            .anyMatch(
                                    item -> item.path().startsWith(library.get().path() + ".")
                                            && item.referencedUid().isPresent());
            if (!listsImage) {
                broken.because(library.isEmpty() ? "it has none" : "it lists no image");
            }
        });
        journal.check(Rule.SR_REQUEST, object, broken -> {
            if (report.hasValue(Tag.AccessionNumber)) {
                broken.unlessEqual(
                        "accession number",
                        SegmentMask.group(report, Tag.ReferencedRequestSequence).text(Tag.AccessionNumber),
                        report.text(Tag.AccessionNumber));
            }
        });
    }

    private void verification(Instance object, List<ContentTree.Item> tree, Optional<Instance> segmentation) {
        DataSet report = object.data();
        journal.check(Rule.SR_UNVERIFIED, object, broken -> {
            broken.unlessEqual("completion", report.requireText(Tag.CompletionFlag), "COMPLETE");
            broken.unlessEqual("preliminary", report.requireText(Tag.PreliminaryFlag), "PRELIMINARY");
            List<DataSet> verifiers = report.items(Tag.VerifyingObserverSequence);
            // A person can only have verified what a person drew.
            boolean corrected = segmentation
                    .map(seg -> SegmentationChecks.isCorrected(seg.data()))
                    .orElse(isNamedOrigin(tree));
            if (verifiers.isEmpty() || !corrected) {
                broken.unlessEqual("verification", report.requireText(Tag.VerificationFlag), "UNVERIFIED");
                broken.unlessEqual("verifying observers", verifiers.size(), 0);
                if (!commentSays(tree, "not verified")) {
                    broken.because("no comment says that it is not verified");
                }
                return;
            }
            broken.unlessEqual("verification", report.requireText(Tag.VerificationFlag), "VERIFIED");
            for (DataSet verifier : verifiers) {
                verifier.requireText(Tag.VerifyingObserverName);
                verifier.requireText(Tag.VerifyingOrganization);
                verifier.requireText(Tag.VerificationDateTime);
            }
            if (!commentSays(tree, "approved")) {
                broken.because("no comment says what was approved");
            }
        });
    }

    private void correction(Instance object, List<ContentTree.Item> tree, Optional<Instance> segmentation) {
        if (segmentation.isEmpty()) {
            journal.cannotCheck(Rule.SR_CORRECTION, "the segmentation is not there");
            return;
        }
        journal.check(Rule.SR_CORRECTION, object, broken -> {
            boolean corrected =
                    SegmentationChecks.isCorrected(segmentation.get().data());
            broken.unlessEqual("origin of the contour stated", isNamedOrigin(tree), corrected);
            broken.unlessEqual("comment on the correction", commentSays(tree, "corrected by an expert"), corrected);
            if (corrected
                    && object.data().items(Tag.PredecessorDocumentsSequence).isEmpty()) {
                broken.because("it names no report that it supersedes");
            }
        });
    }

    private static boolean isNamedOrigin(List<ContentTree.Item> tree) {
        return tree.stream().anyMatch(item -> item.isNamed("CONTOUR"));
    }

    private static boolean commentSays(List<ContentTree.Item> tree, String words) {
        return tree.stream()
                .filter(item -> item.isNamed("121106"))
                .anyMatch(item -> item.data().text(Tag.TextValue).orElse("").contains(words));
    }

    private static void require(Journal.Broken broken, List<ContentTree.Item> tree, String code, String what) {
        if (tree.stream().noneMatch(item -> item.isNamed(code))) {
            broken.because("no " + what + " (" + code + ")");
        }
    }

    private void references(Instance object, List<ContentTree.Item> tree, Optional<Instance> segmentation) {
        DataSet report = object.data();
        journal.check(Rule.SR_EVIDENCE, object, broken -> {
            Set<String> evidence = new TreeSet<>();
            for (DataSet study : report.items(Tag.CurrentRequestedProcedureEvidenceSequence)) {
                broken.unlessEqual(
                        "study of the evidence",
                        study.requireText(Tag.StudyInstanceUID),
                        report.requireText(Tag.StudyInstanceUID));
                for (DataSet series : study.items(Tag.ReferencedSeriesSequence)) {
                    for (DataSet item : series.items(Tag.ReferencedSOPSequence)) {
                        String uid = item.requireText(Tag.ReferencedSOPInstanceUID);
                        evidence.add(item.requireText(Tag.ReferencedSOPClassUID) + " " + uid);
                        instances
                                .find(uid)
                                .ifPresent(instance -> broken.unlessEqual(
                                        "series of " + instance.name(),
                                        series.requireText(Tag.SeriesInstanceUID),
                                        instance.seriesUid()));
                    }
                }
            }
            Set<String> referenced = new TreeSet<>();
            for (ContentTree.Item item : tree) {
                for (DataSet reference : item.data().items(Tag.ReferencedSOPSequence)) {
                    referenced.add(reference.requireText(Tag.ReferencedSOPClassUID) + " "
                            + reference.requireText(Tag.ReferencedSOPInstanceUID));
                }
            }
            broken.unlessEqual("evidence", evidence, referenced);
        });
        journal.check(Rule.SR_SEGMENT, object, broken -> {
            int references = 0;
            for (ContentTree.Item item : tree) {
                for (DataSet reference : item.data().items(Tag.ReferencedSOPSequence)) {
                    if (Instances.isSegmentation(reference.requireText(Tag.ReferencedSOPClassUID))) {
                        references++;
                        if (reference.hasValue(Tag.ReferencedSegmentNumber)
                                == reference.hasValue(Tag.ReferencedFrameNumber)) {
                            broken.because("the reference at " + item.path() + " has both numbers or none");
                        }
                    }
                }
            }
            if (references == 0) {
                broken.because("no segmentation is referenced");
            }
        });
        journal.check(Rule.SR_TRACKING, object, broken -> {
            require(broken, tree, "112039", "tracking identifier");
            require(broken, tree, "112040", "tracking unique identifier");
            segmentation.ifPresent(seg -> tree.stream()
                    .filter(item -> item.isNamed("112040"))
                    .forEach(item -> broken.unlessEqual(
                            "tracking UID",
                            item.data().requireText(Tag.UID),
                            SegmentationChecks.muscle(seg.data()).requireText(Tag.TrackingUID))));
        });
    }

    private void numbers(Instance object, List<ContentTree.Item> tree, Optional<Instance> segmentation) {
        List<ContentTree.Item> numbers =
                tree.stream().filter(ContentTree.Item::isStatedNumber).toList();
        journal.check(
                Rule.SR_METHOD,
                object,
                broken -> numbers.stream()
                        .filter(number -> number.children().isEmpty())
                        .forEach(number ->
                                broken.because("number " + number.name() + " at " + number.path() + " does not")));
        journal.check(
                Rule.SR_MISSING,
                object,
                broken -> numbers.stream()
                        .filter(number -> number.measured().isEmpty()
                                && !number.data().hasValue(Tag.NumericValueQualifierCodeSequence))
                        .forEach(number ->
                                broken.because("number " + number.name() + " at " + number.path() + " is empty")));
        journal.check(
                Rule.SR_UPTAKE,
                object,
                broken -> numbers.stream()
                        .filter(number -> number.isNamed(UPTAKE))
                        .forEach(number -> broken.unlessEqual("unit", number.unit(), "g/ml{SUVbw}")));
        index(object, tree);
        if (segmentation.isEmpty()) {
            journal.cannotCheck(Rule.SR_AREA, "the segmentation is not there");
            journal.cannotCheck(Rule.SR_ATTENUATION, "the segmentation is not there");
            return;
        }
        journal.check(Rule.SR_AREA, object, broken -> {
            double area = SegmentMask.of(segmentation.get().data()).areaCm2();
            List<ContentTree.Item> areas =
                    numbers.stream().filter(number -> number.isNamed(AREA)).toList();
            if (areas.isEmpty()) {
                broken.because("it states none");
            }
            for (ContentTree.Item number : areas) {
                broken.unlessEqual("unit", number.unit(), "cm2");
                broken.unlessClose("area", number.value(), area, 0.01, "cm2");
            }
        });
        attenuation(object, numbers, segmentation.get());
    }

    private void index(Instance object, List<ContentTree.Item> tree) {
        journal.check(Rule.SR_INDEX, object, broken -> {
            Optional<ContentTree.Item> index = tree.stream()
                    .filter(item -> item.isStatedNumber() && item.isNamed(INDEX))
                    .findFirst();
            if (index.isEmpty()) {
                return;
            }
            broken.unlessEqual("unit", index.get().unit(), "cm2/m2");
            double area = child(index.get(), AREA).value();
            double heightM = child(index.get(), HEIGHT).value() / 100;
            broken.unlessClose("index", index.get().value(), area / (heightM * heightM), 0.01, "cm2/m2");
            broken.unlessClose(
                    "height in the header",
                    object.data().decimal(Tag.PatientSize).orElse(0),
                    heightM,
                    0.001,
                    "m");
        });
    }

    private static ContentTree.Item child(ContentTree.Item item, String name) {
        return item.children().stream()
                .filter(child -> child.isNamed(name))
                .findFirst()
                .orElseThrow(() -> new DicomException(Tag.ContentSequence, "of " + item.name() + " has no " + name));
    }

    private void attenuation(Instance object, List<ContentTree.Item> numbers, Instance segmentation) {
        Optional<Instance> image = instances.sourceUid(segmentation).flatMap(instances::find);
        List<ContentTree.Item> means = numbers.stream()
                .filter(number -> number.isNamed(ATTENUATION))
                .filter(number -> number.children().stream()
                        .anyMatch(child ->
                                child.isNamed("121401") && child.codeValue().equals(MEAN)))
                .toList();
        if (image.isEmpty()) {
            journal.cannotCheck(Rule.SR_ATTENUATION, "the source image is not there");
            return;
        }
        ImageFrame frame;
        short[] stored;
        try {
            frame = ImageFrame.of(image.get().data(), Instances.sourceFrame(segmentation));
            stored = frame.stored(image.get().whole());
        } catch (DicomException e) {
            journal.cannotCheck(Rule.SR_ATTENUATION, image.get().name() + ": " + e.getMessage());
            return;
        }
        journal.check(Rule.SR_ATTENUATION, object, broken -> {
            double mean = meanHu(frame.attributes(), stored, SegmentMask.of(segmentation.data()));
            numbers.stream()
                    .filter(number -> number.isNamed(ATTENUATION))
                    .forEach(number -> broken.unlessEqual("unit", number.unit(), "[hnsf'U]"));
            means.forEach(number -> broken.unlessClose("mean", number.value(), mean, 0.05, "HU"));
        });
    }

    private static double meanHu(DataSet image, short[] stored, SegmentMask mask) {
        if (stored.length != mask.pixels().length) {
            throw new DicomException(Tag.PixelData, "the mask does not fit the image");
        }
        boolean signed = image.integer(Tag.PixelRepresentation).orElse(0) == 1;
        double sum = 0;
        for (int i = 0; i < stored.length; i++) {
            if (mask.pixels()[i]) {
                sum += signed ? stored[i] : stored[i] & 0xFFFF;
            }
        }
        return sum / mask.count() * image.decimal(Tag.RescaleSlope).orElse(1)
                + image.decimal(Tag.RescaleIntercept).orElse(0);
    }

    private void predecessor(Instance object, List<ContentTree.Item> tree) {
        journal.check(Rule.SR_PREDECESSOR, object, broken -> {
            for (DataSet study : object.data().items(Tag.PredecessorDocumentsSequence)) {
                broken.unlessEqual(
                        "study of the predecessor",
                        study.requireText(Tag.StudyInstanceUID),
                        object.data().requireText(Tag.StudyInstanceUID));
                for (DataSet series : study.items(Tag.ReferencedSeriesSequence)) {
                    for (DataSet item : series.items(Tag.ReferencedSOPSequence)) {
                        String uid = item.requireText(Tag.ReferencedSOPInstanceUID);
                        if (uid.equals(object.sopInstanceUid())) {
                            broken.because("it names itself");
                        }
                        instances
                                .find(uid)
                                .ifPresent(earlier -> broken.unlessEqual(
                                        "tracking UID of " + earlier.name(),
                                        tracked(ContentTree.of(earlier.data())),
                                        tracked(tree)));
                    }
                }
            }
        });
    }

    private static Set<String> tracked(List<ContentTree.Item> tree) {
        Set<String> uids = new TreeSet<>();
        tree.stream()
                .filter(item -> item.isNamed("112040"))
                .forEach(item -> item.data().text(Tag.UID).ifPresent(uids::add));
        return uids;
    }
}
