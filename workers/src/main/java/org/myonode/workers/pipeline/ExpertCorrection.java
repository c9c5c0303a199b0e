package org.myonode.workers.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.locate.L3;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.segment.Segmentation;
import org.myonode.workers.volume.CtVolume;
import org.myonode.workers.volume.Mask;

/**
 * What a study is measured with in place of the models: the slice that a result of theirs was measured on, and the contour
 * that an expert drew there over theirs.
 *
 * @param imageUid SOP Instance UID of that slice
 * @param contour of the expert, in canonical orientation
 * @param automaticContour of the model, in canonical orientation
 * @param automaticResult the {@code result.json} of the models
 * @param expert who drew and who approved, for the objects
 * @param origin where the correction came from, for the page
 */
public record ExpertCorrection(
        String imageUid, Mask contour, Mask automaticContour, String automaticResult, Expert expert, Origin origin) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * Where a correction came from.
     *
     * @param revision the revision of the study that it opened
     * @param corrects the revision whose result it corrects
     * @param automaticRevision the revision whose result is that of the models
     * @param observer whose contour it is among the stored ones
     * @param version of that contour
     * @param callingAeTitle who sent it
     * @param recognisedBy how it was known to be a correction, in words
     */
    public record Origin(
            int revision,
            int corrects,
            int automaticRevision,
            String observer,
            int version,
            String callingAeTitle,
            String recognisedBy) {}

    /** The figures of the models' result, as {@code result.json} has them. */
    JsonNode automatic() {
        try {
            return MAPPER.readTree(automaticResult);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the result of the models is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Models that say what is known already: the level that was found, and the contour of the expert. */
    Models models() {
        JsonNode automatic = automatic();
        double confidence = automatic.at("/l3/confidence").asDouble();
        List<ModelIdentity> models = identities(automatic);
        if (models.size() != 2) {
            throw new IllegalStateException("the result of the models names " + models.size() + " models instead of 2");
        }
        return new Models(
                volume -> L3Finder.atImage(imageUid).find(volume) instanceof L3.Found found
                        ? new L3.Found(found.sliceIndex(), found.zMm(), confidence, List.of())
                        : new L3.NotFound(
                                "image " + imageUid + ", on which the expert drew, is not in its series any more",
                                0,
                                List.of()),
                models.get(0),
                slice -> Segmentation.drawn(contour, slice),
                models.get(1));
    }

    private static List<ModelIdentity> identities(JsonNode result) {
        List<ModelIdentity> models = new ArrayList<>();
        result.path("models")
                .forEach(model -> models.add(new ModelIdentity(
                        model.path("id").asText(),
                        model.path("version").asText(),
                        model.path("sha256").asText())));
        return models;
    }

    boolean fits(CtVolume volume) {
        return contour.rows() == volume.rows()
                && contour.columns() == volume.columns()
                && automaticContour.rows() == volume.rows()
                && automaticContour.columns() == volume.columns();
    }

    /** Overlap of the two contours, 0 to 1. */
    double dice() {
        int both = 0;
        for (int i = 0; i < contour.pixels().length; i++) {
            both += contour.pixels()[i] && automaticContour.pixels()[i] ? 1 : 0;
        }
        int all = contour.count() + automaticContour.count();
        return all == 0 ? 1 : 2.0 * both / all;
    }
}
