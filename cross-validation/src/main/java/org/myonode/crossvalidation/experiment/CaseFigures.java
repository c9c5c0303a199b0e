package org.myonode.crossvalidation.experiment;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.scoring.MaskScores;

/**
 * The figures of a {@link CaseScore} without its images, as they are kept in files. What does not exist is null, never
 * zero.
 *
 * @param caseId which case
 * @param patient whose it is
 * @param dice against what the observers agree on
 * @param jaccard as above
 * @param rmsDtaMm root mean square distance to agreement, millimetres
 * @param meanDtaMm mean distance to agreement, millimetres
 * @param hd95Mm 95th percentile Hausdorff distance, millimetres
 * @param surfaceDice1Mm surface Dice at 1 mm
 * @param surfaceDice2Mm surface Dice at 2 mm
 * @param surfaceDice3Mm surface Dice at 3 mm
 * @param referenceAreaCm2 area that the observers agree on, square centimetres
 * @param areaCm2 area that was found, square centimetres
 * @param areaDiffPercent difference of the two in per cent of the reference
 * @param meanHuDiff mean attenuation found less that of the reference, HU
 * @param againstRest mean Dice against all observers but one, over which one is left out
 * @param observersAgainstRest mean Dice of each observer against all the others
 * @param maskFile what was found, a picture with 255 for muscle, relative to the experiment's folder
 */
public record CaseFigures(
        String caseId,
        String patient,
        double dice,
        double jaccard,
        @Nullable Double rmsDtaMm,
        @Nullable Double meanDtaMm,
        @Nullable Double hd95Mm,
        double surfaceDice1Mm,
        double surfaceDice2Mm,
        double surfaceDice3Mm,
        double referenceAreaCm2,
        double areaCm2,
        @Nullable Double areaDiffPercent,
        @Nullable Double meanHuDiff,
        @Nullable Double againstRest,
        @Nullable Double observersAgainstRest,
        String maskFile) {

    static CaseFigures of(CaseScore score, String maskFile) {
        MaskScores s = score.scores();
        return new CaseFigures(
                score.scored().id(),
                score.scored().patient(),
                s.dice(),
                s.jaccard(),
                orNull(s.rmsDtaMm()),
                orNull(s.meanDtaMm()),
                orNull(s.hd95Mm()),
                s.surfaceDice1Mm(),
                s.surfaceDice2Mm(),
                s.surfaceDice3Mm(),
                score.referenceAreaCm2(),
                score.areaCm2(),
                orNull(s.areaDiffPercent()),
                orNull(score.meanHuDiff()),
                orNull(score.againstRest()),
                orNull(score.observersAgainstRest()),
                maskFile);
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
