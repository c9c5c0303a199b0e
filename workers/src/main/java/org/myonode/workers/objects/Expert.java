package org.myonode.workers.objects;

import java.util.Optional;

/**
 * The expert who drew the contour of a result in place of the model.
 *
 * @param drawnIn the object in which the contour was received
 * @param drawnInSeriesUid its Series Instance UID
 * @param person who drew, as a person name (PN); empty when that is not known
 * @param approval who approved the contour; empty when nobody is known to have
 * @param automaticAreaCm2 area of what the model had drawn, in square centimetres
 */
public record Expert(
        InstanceReference drawnIn,
        String drawnInSeriesUid,
        Optional<String> person,
        Optional<Approval> approval,
        double automaticAreaCm2) {

    /**
     * A review by a named person (PS3.3 C.17.2, Verifying Observer Sequence).
     *
     * @param reviewer person name (PN)
     * @param organization of the reviewer; empty when it is not known
     * @param at date and time as a DT value
     */
    public record Approval(String reviewer, String organization, String at) {
        /** Refuses an unnamed reviewer: nobody verified then. */
        public Approval {
            Required.text("reviewer", reviewer);
            Required.text("time of the review", at);
        }
    }
}
