package org.myonode.workers.objects;

import java.time.Instant;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.Uids;

/**
 * All that the objects of one result are made of. What is not known is absent and is left out of the objects.
 *
 * <p>Every UID is derived from this content, the instant included: the same context gives the same bytes under the same
 * UIDs, and whatever differs in content differs in UID (an archive that keeps the first of two instances with one UID
 * would otherwise keep the wrong one). Only the tracking UID depends on nothing but study and CT series, so that the
 * muscle of a patient's scan stays one thing over all reprocessing.
 *
 * @param source header of the CT image that was measured; its pixel data is not needed. Of a multi-frame instance the
 *     header of the one frame, with Referenced Frame Number
 * @param series every image of that CT series, from feet to head
 * @param mask the segmented pixels in the pixel order of that image, {@code rows * columns} values row by row; kept
 * @param sliceDistanceMm distance from this slice of the series to the next, in millimetres
 * @param areaCm2 area of the mask in square centimetres
 * @param meanHu mean of the mask in Hounsfield units
 * @param heightM body height that an index may be computed with, in metres; of the source image or of another series of
 *     the study
 * @param levelConfidence probability that the slice lies at L3, 0 to 1; absent when a person chose the slice
 * @param segmenter the model that drew the mask
 * @param locator the model that found the level
 * @param software this program
 * @param parameters settings of the algorithms worth reporting, for example {@code HU window -29..150}
 * @param notes what quality control found; empty when all is well
 * @param procedure what the study was
 * @param figures further figures of the mask, each with its method
 * @param pet uptake in the muscle, or why it is not known
 * @param form how the segmentation keeps its pixels
 * @param predecessor the report that this result supersedes
 * @param expert whose contour the mask is; empty when the model drew it
 * @param seriesNumbers of the series that the objects lie in
 * @param created when the result was made; stored with the job, so that a repeated run writes the same bytes
 * @param inputKey digest of everything that went into the result
 */
public record ResultContext(
        DataSet source,
        List<InstanceReference> series,
        boolean[] mask,
        double sliceDistanceMm,
        double areaCm2,
        OptionalDouble meanHu,
        OptionalDouble heightM,
        OptionalDouble levelConfidence,
        Algorithm segmenter,
        Optional<Algorithm> locator,
        Software software,
        List<String> parameters,
        List<QualityNote> notes,
        Procedure procedure,
        List<Figure> figures,
        Uptake pet,
        SegmentationForm form,
        Optional<Predecessor> predecessor,
        Optional<Expert> expert,
        SeriesNumbers seriesNumbers,
        Instant created,
        String inputKey) {

    /** Refuses a mask that does not fit the image and sizes that are none. */
    public ResultContext {
        series = List.copyOf(series);
        parameters = List.copyOf(parameters);
        notes = List.copyOf(notes);
        figures = List.copyOf(figures);
        int pixels = source.requireInteger(Tag.Rows) * source.requireInteger(Tag.Columns);
        if (mask.length != pixels) {
            throw new IllegalArgumentException(
                    "a mask of " + mask.length + " pixels does not fit an image of " + pixels);
        }
        if (!(sliceDistanceMm > 0) || !(areaCm2 >= 0)) {
            throw new IllegalArgumentException(
                    "slices " + sliceDistanceMm + " mm apart with " + areaCm2 + " cm2 of muscle cannot be");
        }
        if (heightM.isPresent() && !(heightM.getAsDouble() > 0)) {
            throw new IllegalArgumentException("a body height of " + heightM.getAsDouble() + " m cannot be");
        }
        Required.text("input key", inputKey);
        String sliceUid = source.requireText(Tag.SOPInstanceUID);
        if (series.stream().noneMatch(image -> image.sopInstanceUid().equals(sliceUid))) {
            throw new IllegalArgumentException("image " + sliceUid + " is not among those of its series");
        }
    }

    /** A result of the models as they drew it, in series of the usual numbers. */
    public ResultContext(
            DataSet source,
            List<InstanceReference> series,
            boolean[] mask,
            double sliceDistanceMm,
            double areaCm2,
            OptionalDouble meanHu,
            OptionalDouble heightM,
            OptionalDouble levelConfidence,
            Algorithm segmenter,
            Optional<Algorithm> locator,
            Software software,
            List<String> parameters,
            List<QualityNote> notes,
            Procedure procedure,
            List<Figure> figures,
            Uptake pet,
            SegmentationForm form,
            Optional<Predecessor> predecessor,
            Instant created,
            String inputKey) {
        this(
                source,
                series,
                mask,
                sliceDistanceMm,
                areaCm2,
                meanHu,
                heightM,
                levelConfidence,
                segmenter,
                locator,
                software,
                parameters,
                notes,
                procedure,
                figures,
                pet,
                form,
                predecessor,
                Optional.empty(),
                SeriesNumbers.DEFAULT,
                created,
                inputKey);
    }

    /** The same result with a mask that an expert drew. */
    public ResultContext correctedBy(Expert drawer) {
        return new ResultContext(
                source,
                series,
                mask,
                sliceDistanceMm,
                areaCm2,
                meanHu,
                heightM,
                levelConfidence,
                segmenter,
                locator,
                software,
                parameters,
                notes,
                procedure,
                figures,
                pet,
                form,
                predecessor,
                Optional.of(drawer),
                seriesNumbers,
                created,
                inputKey);
    }

    boolean isCorrected() {
        return expert.isPresent();
    }

    /** Whether a named person is known to have approved the contour. */
    Optional<Expert.Approval> approval() {
        return expert.flatMap(Expert::approval).filter(approval -> PersonNames.isWritable(source, approval.reviewer()));
    }

    /** Who drew a segment: the model, or an expert over what the model had drawn (PS3.3 C.8.20.4). */
    String algorithmType() {
        return isCorrected() ? "SEMIAUTOMATIC" : "AUTOMATIC";
    }

    /** How a series description ends: in which hands the result was. */
    String state(String unverified) {
        return isCorrected() ? "(AI, expert-corrected, " + unverified + ")" : "(AI, " + unverified + ")";
    }

    /** Skeletal muscle index: area over height squared, in cm2/m2; absent without a height. */
    OptionalDouble indexCm2PerM2() {
        return heightM.isPresent()
                ? OptionalDouble.of(areaCm2 / (heightM.getAsDouble() * heightM.getAsDouble()))
                : OptionalDouble.empty();
    }

    Optional<PetUptake> petUptake() {
        return pet instanceof PetUptake known ? Optional.of(known) : Optional.empty();
    }

    /** The mask one bit a pixel, the first pixel in the lowest bit of the first byte (PS3.5 8.1.1), of even length. */
    byte[] packedMask() {
        BitSet bits = new BitSet(mask.length);
        for (int i = 0; i < mask.length; i++) {
            bits.set(i, mask[i]);
        }
        int bytes = (mask.length + 7) / 8;
        byte[] packed = new byte[bytes + bytes % 2];
        byte[] set = bits.toByteArray();
        System.arraycopy(set, 0, packed, 0, set.length);
        return packed;
    }

    String uid(String kind) {
        return Uids.nameBased(String.join(
                "|",
                inputKey,
                source.requireText(Tag.SOPInstanceUID)
                        + source.text(Tag.ReferencedFrameNumber)
                                .map(frame -> "#" + frame)
                                .orElse(""),
                series.toString(),
                HexFormat.of().formatHex(packedMask()),
                Double.toString(sliceDistanceMm),
                Double.toString(areaCm2),
                meanHu.toString(),
                heightM.toString(),
                levelConfidence.toString(),
                segmenter.toString(),
                locator.toString(),
                software.toString(),
                parameters.toString(),
                notes.toString(),
                procedure.name(),
                figures.toString(),
                pet.toString(),
                form.name(),
                predecessor.toString(),
                expert.map(Expert::toString).orElse("") + seriesNumbers,
                created.toString(),
                kind));
    }

    String trackingUid() {
        return Uids.nameBased(String.join(
                "|",
                source.requireText(Tag.StudyInstanceUID),
                source.requireText(Tag.SeriesInstanceUID),
                "skeletal muscle"));
    }

    InstanceReference sourceReference() {
        return new InstanceReference(source.requireText(Tag.SOPClassUID), source.requireText(Tag.SOPInstanceUID));
    }

    boolean levelIsKnown() {
        return levelConfidence.isPresent();
    }

    /** The labels as bytes, one for each pixel: 1 in the muscle, 0 in the background; of even length. */
    byte[] labels() {
        byte[] labels = new byte[mask.length + mask.length % 2];
        for (int i = 0; i < mask.length; i++) {
            labels[i] = (byte) (mask[i] ? 1 : 0);
        }
        return labels;
    }

    /** What the segment and its measurements are called in both objects. */
    String trackingId() {
        return levelIsKnown() ? "L3 skeletal muscle" : "Skeletal muscle";
    }
}
