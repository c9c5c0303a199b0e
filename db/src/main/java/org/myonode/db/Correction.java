package org.myonode.db;

import java.util.Optional;

/**
 * An object that came back with a contour which an expert changed, and the result that it corrects.
 *
 * @param source the object
 * @param corrects the revision whose result it corrects
 * @param automatic what the models had drawn
 * @param person who drew, as the object says it; empty when it does not
 * @param approval who approved it, where the object says all of that
 * @param recognisedBy how it was known to be a correction, in words
 */
public record Correction(
        Source source,
        Revision corrects,
        Automatic automatic,
        Optional<String> person,
        Optional<Approval> approval,
        String recognisedBy) {

    /** The received object. */
    public record Source(String sopClassUid, String seriesUid, String sopInstanceUid, String callingAeTitle) {}

    /**
     * The result of the models that stands behind a correction, also behind the correction of a correction.
     *
     * @param revision of that result
     * @param mask what the model drew, in canonical orientation; not copied
     * @param areaCm2 its area in square centimetres
     * @param modelId the model that drew it
     * @param modelSha256 digest of that model's package
     */
    public record Automatic(
            int revision, boolean[] mask, double areaCm2, String modelId, String modelVersion, String modelSha256) {}

    /**
     * A review by a named person.
     *
     * @param reviewer Reviewer Name (300E,0008)
     * @param organization where the object came from, as it says; may be empty
     * @param at date and time of the review, as in a DT value
     */
    public record Approval(String reviewer, String organization, String at) {}
}
