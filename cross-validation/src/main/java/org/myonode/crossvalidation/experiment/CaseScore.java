package org.myonode.crossvalidation.experiment;

import java.util.OptionalDouble;
import org.myonode.crossvalidation.scoring.MaskScores;
import org.myonode.workers.volume.Mask;

/**
 * A model on a case.
 *
 * @param scored the case
 * @param mask what the model found
 * @param scores against what the observers agree on
 * @param meanHuDiff mean attenuation in the model's mask less that in the reference, HU
 * @param referenceAreaCm2 area that the observers agree on
 * @param areaCm2 area that the model found
 * @param againstRest mean Dice of the model against all observers but one, over which one is left out; absent with one
 *     observer
 * @param observersAgainstRest mean Dice of each observer against all the others; absent with one observer
 */
public record CaseScore(
        Case scored,
        Mask mask,
        MaskScores scores,
        OptionalDouble meanHuDiff,
        double referenceAreaCm2,
        double areaCm2,
        OptionalDouble againstRest,
        OptionalDouble observersAgainstRest) {

    static CaseScore of(Case scored, Mask mask) {
        double rowMm = scored.slice().rowSpacingMm();
        double columnMm = scored.slice().columnSpacingMm();
        Mask reference = scored.reference();
        OptionalDouble model = scored.drawn().size() < 2
                ? OptionalDouble.empty()
                : scored.drawn().keySet().stream()
                        .mapToDouble(observer -> MaskScores.dice(scored.referenceWithout(observer), mask))
                        .average();
        OptionalDouble observers = scored.observersAgainstRest().values().stream()
                .mapToDouble(Double::doubleValue)
                .average();
        return new CaseScore(
                scored,
                mask,
                MaskScores.of(reference, mask, rowMm, columnMm),
                MaskScores.meanHuDiff(scored.slice(), reference, mask),
                scored.areaCm2(reference),
                scored.areaCm2(mask),
                model,
                observers);
    }
}
