package org.myonode.workers.pipeline;

import java.util.List;

/**
 * The two models of the pipeline and who they are.
 *
 * @param locator finds L3
 * @param locatorIdentity which model that is
 * @param segmenter finds muscle
 * @param segmenterIdentity which model that is
 */
public record Models(
        L3Finder locator,
        ModelIdentity locatorIdentity,
        MuscleSegmentation segmenter,
        ModelIdentity segmenterIdentity) {

    private static final ModelIdentity CHOSEN_BY_A_PERSON = new ModelIdentity("chosen-slice", "1", "0".repeat(64));

    /** The same segmenter on a slice that somebody else has chosen. */
    public Models atImage(String sopInstanceUid) {
        return new Models(L3Finder.atImage(sopInstanceUid), CHOSEN_BY_A_PERSON, segmenter, segmenterIdentity);
    }

    /** Whether a person chose the slice, so that nothing is said of its level. */
    boolean levelIsChosen() {
        return locatorIdentity.equals(CHOSEN_BY_A_PERSON);
    }

    List<ModelIdentity> identities() {
        return levelIsChosen() ? List.of(segmenterIdentity) : List.of(locatorIdentity, segmenterIdentity);
    }
}
