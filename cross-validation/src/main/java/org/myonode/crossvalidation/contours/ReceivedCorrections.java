package org.myonode.crossvalidation.contours;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.myonode.db.ContourSlice;
import org.myonode.db.Correction;
import org.myonode.db.CorrectionReceipt;
import org.myonode.db.Corrections;
import org.myonode.db.KeptObject;
import org.myonode.db.Ledger;
import org.myonode.db.StandingCorrection;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;

/**
 * Finds among received structure sets and segmentations those in which an expert corrected a result of ours, and takes
 * them.
 *
 * <p><b>What makes a correction.</b> Either the object names ours (it references one of the objects we made, or carries
 * their tracking UID), or a drawing in it is called what ours is called; and, whichever it is, that drawing lies on the
 * very image that was measured, by UID, frame of reference and plane, and has pixels in common with the result. A name
 * alone makes none, and neither does the place in some order. A contour without any changed pixel is none: that is our
 * own one, echoed.
 *
 * <p><b>What is refused</b>, with a reason that the page of the study shows: an object that names ours and lies elsewhere,
 * several changed drawings of which none is the one, a result of another node of this program, a sender that may not
 * correct. The object stays where the listener stored it.
 *
 * <p>Thread-safe.
 */
public final class ReceivedCorrections {

    /** What a contour of muscle is called among the stored ones. */
    static final String MUSCLE = "muscle";

    /** What this program calls itself in the objects that it makes. */
    private static final String OUR_MODEL = "MyoNode";

    private final Ledger ledger;
    private final Corrections corrections;
    private final Set<String> callingAeTitles;

    /** @param callingAeTitles who may correct; empty: everybody */
    public ReceivedCorrections(Ledger ledger, Corrections corrections, List<String> callingAeTitles) {
        this.ledger = ledger;
        this.corrections = corrections;
        this.callingAeTitles = Set.copyOf(callingAeTitles);
    }

    /**
     * Has a look at an object, and takes it when it is a correction.
     *
     * @param images of the object's study
     * @param rules say whose contour it is, where one matches
     * @return empty when it has nothing to do with a result of ours
     */
    Optional<Verdict> consider(KeptObject object, CtImages images, List<ContourRule> rules) throws IOException {
        DicomFile file = Part10.read(object.path());
        Set<String> referenced = OurResult.referencedInstances(file.dataSet());
        Optional<String> named = corrections.studyOfResult(referenced);
        String studyUid = named.orElse(object.studyUid());
        if (named.isPresent() && !studyUid.equals(object.studyUid())) {
            return refused(studyUid, "it references a result of this study and belongs to study " + object.studyUid());
        }
        if (corrections.takenFrom(object.sopInstanceUid()).isPresent()) {
            return Optional.of(new Verdict("TAKEN", studyUid, "taken before", true));
        }
        Optional<OurResult> result;
        try {
            result = OurResult.latest(ledger, studyUid);
        } catch (IOException | DicomException e) {
            // Nothing to compare with; what is not ours is for the rules all the same.
            return named.isPresent()
                    ? refused(studyUid, "the segmentation of the result cannot be read any more: " + e.getMessage())
                    : Optional.empty();
        }
        if (result.isEmpty()) {
            return Optional.empty();
        }
        return new Look(object, file, images, rules, result.get(), named.isPresent()).verdict();
    }

    private static Optional<Verdict> refused(String studyUid, String reason) {
        return Optional.of(new Verdict("REFUSED", studyUid, "not taken as a correction: " + reason));
    }

    /** A region or a segment of the object. */
    private record Drawing(int number, String name, boolean tracked, boolean automatic) {}

    /** One look at one object. */
    private final class Look {
        private final KeptObject object;
        private final DicomFile file;
        private final DataSet data;
        private final CtImages images;
        private final List<ContourRule> rules;
        private final OurResult result;
        private final boolean references;

        Look(
                KeptObject object,
                DicomFile file,
                CtImages images,
                List<ContourRule> rules,
                OurResult result,
                boolean references) {
            this.object = object;
            this.file = file;
            this.data = file.dataSet();
            this.images = images;
            this.rules = rules;
            this.result = result;
            this.references = references;
        }

        Optional<Verdict> verdict() throws IOException {
            List<Drawing> drawings = drawings();
            List<Drawing> candidates = drawings.stream()
                    .filter(drawing ->
                            drawing.tracked() || result.isNamed(drawing.name()) || references && drawings.size() == 1)
                    .toList();
            boolean claims = references || drawings.stream().anyMatch(Drawing::tracked);
            if (candidates.isEmpty()) {
                return claims
                        ? refuse("it references a result of ours, but none of its " + drawings.size()
                                + " drawings is called " + String.join(" or ", new TreeSet<>(result.names()))
                                + " or has its tracking UID")
                        : Optional.empty();
            }
            List<ContourOutcome> outcomes = new ArrayList<>();
            for (Drawing candidate : candidates) {
                outcomes.addAll(
                        ContourReader.drawing(file, candidate.number(), new ContourRule.Assigned("-", MUSCLE), images));
            }
            List<ContourOutcome.Read> here = outcomes.stream()
                    .filter(ContourOutcome.Read.class::isInstance)
                    .map(ContourOutcome.Read.class::cast)
                    .filter(read -> read.image().sopInstanceUid().equals(result.imageUid()))
                    .toList();
            if (here.isEmpty()) {
                return elsewhere(claims, outcomes);
            }
            Optional<String> misplaced = outcomes.stream()
                    .filter(ContourOutcome.Refused.class::isInstance)
                    .map(ContourOutcome.Refused.class::cast)
                    .map(no -> no.drawing() + ": " + no.reason())
                    .findFirst();
            if (misplaced.isPresent()) {
                return refuse(misplaced.get());
            }
            return changed(candidates, here, outcomes.size() - here.size());
        }

        private Optional<Verdict> refuse(String reason) {
            return refused(object.studyUid(), reason);
        }

        private List<Drawing> drawings() {
            List<Drawing> drawings = new ArrayList<>();
            if (file.sopClassUid().equals(UID.RTStructureSetStorage)) {
                for (DataSet roi : data.items(Tag.StructureSetROISequence)) {
                    int number = roi.requireInteger(Tag.ROINumber);
                    boolean tracked = OurResult.trackingUids(roi).contains(result.trackingUid())
                            || data.items(Tag.RTROIObservationsSequence).stream()
                                    .filter(observation -> observation
                                                    .integer(Tag.ReferencedROINumber)
                                                    .orElse(-1)
                                            == number)
                                    .anyMatch(observation ->
                                            OurResult.trackingUids(observation).contains(result.trackingUid()));
                    drawings.add(new Drawing(
                            number,
                            roi.text(Tag.ROIName).orElse(""),
                            tracked,
                            roi.text(Tag.ROIGenerationAlgorithm).orElse("").equals("AUTOMATIC")));
                }
            } else {
                for (DataSet segment : data.items(Tag.SegmentSequence)) {
                    drawings.add(new Drawing(
                            segment.requireInteger(Tag.SegmentNumber),
                            segment.text(Tag.SegmentLabel).orElse(""),
                            segment.text(Tag.TrackingUID).orElse("").equals(result.trackingUid()),
                            segment.text(Tag.SegmentAlgorithmType).orElse("").equals("AUTOMATIC")));
                }
            }
            return drawings;
        }

        /** It claims to be ours, or is called so, and is not where ours is. */
        private Optional<Verdict> elsewhere(boolean claims, List<ContourOutcome> outcomes) {
            if (!claims && isForRules()) {
                return Optional.empty();
            }
            for (ContourOutcome outcome : outcomes) {
                if (outcome instanceof ContourOutcome.Refused no) {
                    return refuse(no.drawing() + ": " + no.reason());
                }
                if (outcome instanceof ContourOutcome.Waiting wait) {
                    return Optional.of(
                            new Verdict("WAITING", object.studyUid(), wait.drawing() + ": " + wait.reason()));
                }
                if (outcome instanceof ContourOutcome.Read other) {
                    return refuse(
                            result.multiFrame()
                                    ? "the result was measured on a multi-frame image, on which corrections are not taken"
                                    : String.format(
                                            Locale.ROOT,
                                            "%s is drawn on the image %s at z %.1f mm, and the result was measured on %s%s",
                                            other.drawing(),
                                            other.image().sopInstanceUid(),
                                            ImagePlane.of(other.image())
                                                    .orElseThrow()
                                                    .zMm(),
                                            result.imageUid(),
                                            images.image(result.imageUid())
                                                    .flatMap(ImagePlane::of)
                                                    .map(plane ->
                                                            String.format(Locale.ROOT, " at z %.1f mm", plane.zMm()))
                                                    .orElse("")));
                }
            }
            return refuse("it holds no contour");
        }

        private boolean isForRules() {
            String description = data.text(Tag.SeriesDescription).orElse("");
            return drawings().stream()
                    .anyMatch(drawing -> ContourRule.assign(
                                    rules,
                                    new ContourRule.Drawn(
                                            drawing.name(),
                                            description,
                                            object.callingAeTitle().strip()))
                            .isPresent());
        }

        private Optional<Verdict> changed(List<Drawing> candidates, List<ContourOutcome.Read> here, int elsewhere)
                throws IOException {
            ImageHeader image = here.get(0).image();
            Mask ours = CtImages.grid(image).toCanonical(result.mask());
            List<ContourOutcome.Read> changed = new ArrayList<>();
            String unchanged = "";
            for (ContourOutcome.Read read : here) {
                if (Arrays.equals(read.mask().pixels(), ours.pixels())) {
                    unchanged = "the result";
                } else {
                    Optional<OurResult.Earlier> earlier = result.earlier().stream()
                            .filter(one -> Arrays.equals(
                                    CtImages.grid(image).toCanonical(one.mask()).pixels(),
                                    read.mask().pixels()))
                            .findFirst();
                    if (earlier.isPresent()) {
                        unchanged = "the earlier result of revision "
                                + earlier.get().revision();
                    } else {
                        changed.add(read);
                    }
                }
            }
            if (changed.isEmpty()) {
                return Optional.of(new Verdict(
                        "IGNORED",
                        object.studyUid(),
                        "no correction: its contour is that of " + unchanged + ", pixel for pixel"));
            }
            if (changed.size() > 1) {
                return refuse(changed.stream().map(ContourOutcome.Read::drawing).collect(Collectors.joining(", "))
                        + " all lie on the image that was measured: which of them is the correction is not said");
            }
            ContourOutcome.Read read = changed.get(0);
            Drawing drawing = candidates.stream()
                    .filter(candidate -> candidate.name().equals(read.drawing()))
                    .findFirst()
                    .orElseThrow();
            if (!callingAeTitles.isEmpty()
                    && !callingAeTitles.contains(object.callingAeTitle().strip())) {
                return refuse(object.callingAeTitle().strip() + " may not correct (corrections.callingAeTitles)");
            }
            if (drawing.automatic() && isMadeByUs()) {
                return refuse("a node of this program made it, and no person: it says " + OUR_MODEL + ", AUTOMATIC");
            }
            if (overlap(read.mask(), ours) == 0) {
                return refuse(read.drawing() + " has no pixel in common with the result");
            }
            return Optional.of(take(read, drawing, ours, elsewhere));
        }

        private boolean isMadeByUs() {
            return data.text(Tag.ManufacturerModelName).orElse("").equals(OUR_MODEL);
        }

        private Verdict take(ContourOutcome.Read read, Drawing drawing, Mask ours, int elsewhere) throws IOException {
            String sender = object.callingAeTitle().strip();
            Optional<String> person = Person.of(data);
            String who = ContourRule.assign(
                            rules,
                            new ContourRule.Drawn(
                                    read.drawing(),
                                    data.text(Tag.SeriesDescription).orElse(""),
                                    sender))
                    .map(ContourRule.Assigned::observer)
                    .orElseGet(() -> person.map(Person::words).orElse("expert at " + sender));
            // Not among the contours that this observer drew without a model's before the eyes.
            ContourOutcome.Read named = new ContourOutcome.Read(
                    read.drawing(),
                    who + " (correction)",
                    MUSCLE,
                    read.image(),
                    read.mask(),
                    read.areaCm2(),
                    read.polygonAreaCm2());
            ContourSlice slice = ContourStore.slice(read.image(), "corrected at " + sender);
            Optional<StandingCorrection> stands = corrections.standing(result.revision());
            String recognisedBy = recognisedBy(drawing);
            double before = read.areaCm2() / read.mask().count() * ours.count();
            String detail = String.format(
                    Locale.ROOT,
                    "correction of revision %d by %s: %.1f cm\u00b2 instead of %.1f cm\u00b2; known by %s%s",
                    result.revision().number(),
                    who,
                    read.areaCm2(),
                    before,
                    recognisedBy,
                    elsewhere == 0 ? "" : "; " + elsewhere + " contours on other images are left aside");
            CorrectionReceipt receipt = corrections.take(
                    slice,
                    ContourStore.contour(named, object.path()),
                    new Correction(
                            new Correction.Source(
                                    file.sopClassUid(),
                                    data.requireText(Tag.SeriesInstanceUID),
                                    object.sopInstanceUid(),
                                    sender),
                            result.revision(),
                            stands.map(standing -> standing.correction().automatic())
                                    .orElseGet(() -> automatic(ours, before)),
                            person,
                            Person.approval(data),
                            recognisedBy),
                    detail);
            if (receipt instanceof CorrectionReceipt.Taken) {
                return new Verdict("TAKEN", object.studyUid(), detail, true);
            }
            if (receipt instanceof CorrectionReceipt.Known) {
                return new Verdict("TAKEN", object.studyUid(), "taken before", true);
            }
            if (receipt instanceof CorrectionReceipt.Later later) {
                return new Verdict(Verdict.LATER, object.studyUid(), later.reason());
            }
            if (receipt instanceof CorrectionReceipt.Unchanged same) {
                return new Verdict(
                        "IGNORED",
                        object.studyUid(),
                        "no correction: its contour is that of the correction in revision "
                                + same.revision().number() + ", pixel for pixel");
            }
            return new Verdict(
                    "REFUSED",
                    object.studyUid(),
                    "not taken as a correction: " + ((CorrectionReceipt.Refused) receipt).reason());
        }

        private String recognisedBy(Drawing drawing) {
            List<String> evidence = new ArrayList<>();
            if (references) {
                evidence.add("a reference to our object");
            }
            if (drawing.tracked()) {
                evidence.add("the tracking UID");
            }
            if (result.isNamed(drawing.name())) {
                evidence.add("the name " + drawing.name());
            }
            return String.join(", ", evidence) + " and the image that was measured";
        }

        /** The model that drew what is now corrected: the second of the two that the result names. */
        private Correction.Automatic automatic(Mask ours, double areaCm2) {
            JsonNode model = result.resultJson().at("/models/1");
            return new Correction.Automatic(
                    result.revision().number(),
                    ours.pixels(),
                    areaCm2,
                    model.path("id").asText(),
                    model.path("version").asText(),
                    model.path("sha256").asText());
        }

        private static int overlap(Mask one, Mask other) {
            int both = 0;
            for (int i = 0; i < one.pixels().length; i++) {
                both += one.pixels()[i] && other.pixels()[i] ? 1 : 0;
            }
            return both;
        }
    }
}
