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
        double model = 0;
        double observers = 0;
        int count = scored.drawn().size();
        if (count > 1) {
            for (String observer : scored.drawn().keySet()) {
                Mask rest = scored.referenceWithout(observer);
                model += MaskScores.of(rest, mask, rowMm, columnMm).dice() / count;
                observers += MaskScores.of(
                                        rest,
                                        java.util.Objects.requireNonNull(
                                                scored.drawn().get(observer)),
                                        rowMm,
                                        columnMm)
                                .dice()
                        / count;
            }
        }
        return new CaseScore(
                scored,
                mask,
                MaskScores.of(reference, mask, rowMm, columnMm),
                MaskScores.meanHuDiff(scored.slice(), reference, mask),
                scored.areaCm2(reference),
                scored.areaCm2(mask),
                count > 1 ? OptionalDouble.of(model) : OptionalDouble.empty(),
                count > 1 ? OptionalDouble.of(observers) : OptionalDouble.empty());
    }
}
