package org.myonode.crossvalidation.contours;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.db.Revision;
import org.myonode.db.StudyRow;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.Mask;

/**
 * The result of ours that an expert may have corrected, read back from what was sent: the segmentation says where, what and
 * under which tracking UID.
 *
 * @param revision the latest revision of the study that has a result
 * @param imageUid SOP Instance UID of the image that was measured
 * @param multiFrame whether that image has several frames
 * @param trackingUid of the segment, the same over all results of the CT series
 * @param names what our segment and our region are called
 * @param mask in the pixel order of the image
 * @param earlier the masks of the earlier results on that image, in the same order
 * @param resultJson the figures
 */
record OurResult(
        Revision revision,
        String imageUid,
        boolean multiFrame,
        String trackingUid,
        Set<String> names,
        Mask mask,
        List<Earlier> earlier,
        JsonNode resultJson) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** An earlier result on the same image. */
    record Earlier(int revision, Mask mask) {}

    /**
     * The result of the latest revision of a study that has one.
     *
     * @throws IOException when its segmentation cannot be read any more
     */
    static Optional<OurResult> latest(Ledger ledger, String studyUid) throws IOException {
        List<StudyRow> rows = new ArrayList<>(ledger.revisions(studyUid));
        java.util.Collections.reverse(rows);
        Optional<OurResult> latest = Optional.empty();
        List<Earlier> earlier = new ArrayList<>();
        for (StudyRow row : rows) {
            List<OutputObject> outputs = ledger.outputs(row.revision());
            Optional<OutputObject> seg = outputs.stream()
                    .filter(output -> output.kind().equals("SEG"))
                    .findFirst();
            if (seg.isEmpty() || row.resultJson().isEmpty()) {
                continue;
            }
            if (latest.isEmpty()) {
                latest = Optional.of(read(row, seg.get(), outputs, earlier));
            } else if (Files.isRegularFile(seg.get().file())) {
                SegFrames frames = SegFrames.of(Part10.read(seg.get().file()));
                if (sourceOf(frames).equals(latest.get().imageUid())) {
                    earlier.add(new Earlier(
                            row.revision().number(), frames.frames().get(0).mask()));
                }
            }
        }
        return latest;
    }

    private static OurResult read(StudyRow row, OutputObject seg, List<OutputObject> outputs, List<Earlier> earlier)
            throws IOException {
        DicomFile file = Part10.read(seg.file());
        SegFrames frames = SegFrames.of(file);
        Set<String> names = new HashSet<>(frames.segments().values());
        for (OutputObject output : outputs) {
            if (output.kind().equals("RTSTRUCT") && Files.isRegularFile(output.file())) {
                StructureSet.of(Part10.read(output.file())).rois().forEach(roi -> names.add(roi.name()));
            }
        }
        JsonNode json = MAPPER.readTree(row.resultJson().orElseThrow());
        return new OurResult(
                row.revision(),
                sourceOf(frames),
                json.at("/l3/frame").isNumber(),
                file.dataSet()
                        .item(Tag.SegmentSequence)
                        .map(segment -> segment.requireText(Tag.TrackingUID))
                        .orElseThrow(() -> new DicomException(Tag.SegmentSequence, "absent")),
                names,
                frames.frames().get(0).mask(),
                earlier,
                json);
    }

    private static String sourceOf(SegFrames frames) {
        return frames.frames()
                .get(0)
                .source()
                .orElseThrow(() -> new DicomException(Tag.SourceImageSequence, "absent in a segmentation of ours"));
    }

    /** Whether a drawing is called what ours is called, or that with something behind it, as in {@code Muscle_L3_corr}. */
    boolean isNamed(String drawing) {
        return names.stream().anyMatch(name -> {
            if (!drawing.regionMatches(true, 0, name, 0, name.length())) {
                return false;
            }
            return drawing.length() == name.length() || !Character.isLetterOrDigit(drawing.charAt(name.length()));
        });
    }

    /** Every instance that a data set refers to, at any depth. */
    static Set<String> referencedInstances(DataSet data) {
        Set<String> uids = new HashSet<>();
        collect(data, Tag.ReferencedSOPInstanceUID, uids);
        return uids;
    }

    /** Every tracking UID in a data set, at any depth. */
    static Set<String> trackingUids(DataSet data) {
        Set<String> uids = new HashSet<>();
        collect(data, Tag.TrackingUID, uids);
        return uids;
    }

    private static void collect(DataSet data, int wanted, Set<String> uids) {
        data.text(wanted).ifPresent(uids::add);
        for (int tag : data.tags()) {
            if (data.vr(tag) == org.myonode.dicom.VR.SQ) {
                data.items(tag).forEach(item -> collect(item, wanted, uids));
            }
        }
    }
}
