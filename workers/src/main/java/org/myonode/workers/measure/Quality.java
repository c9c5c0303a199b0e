package org.myonode.workers.measure;

import java.util.EnumSet;
import java.util.Set;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * The rules that raise a {@link QualityFlag}. Each looks at one thing only, so that a flag always says what it means.
 */
public final class Quality {
    private static final int METAL_HU = 2000;
    private static final double METAL_MM2 = 20;
    private static final double THICK_MM = 5.05;
    private static final double CONFIDENT = 0.8;
    private static final double DOUBTFUL_SHARE = 0.15;
    private static final double DOUBTFUL_ENTROPY_BITS = 0.45;
    private static final double MIRROR_DICE = 0.93;
    private static final double OUTSIDE_SHARE = 0.01;

    private static final double LEAST_AREA_CM2 = 40;
    private static final double MOST_AREA_CM2 = 350;
    /** Beyond what is reported of cachectic patients and of athletes. */
    private static final double LEAST_INDEX = 18;

    private static final double MOST_INDEX = 115;
    /** Share of the body's cross-section that is muscle: from the very obese to the very lean. */
    private static final double LEAST_SHARE = 0.05;

    private static final double MOST_SHARE = 0.60;
    private static final int SOFT_TISSUE_HU = -300;
    private static final double TABLE_SHELL_MM = 4;

    private Quality() {}

    /**
     * What is known of a result besides the mask.
     *
     * @param sliceSpacingMm distance of neighbouring slices
     * @param contrastAgent whether the header names a contrast agent
     * @param lossy whether the images were compressed with loss
     * @param levelConfidence probability that the slice is the right level, 0 to 1
     * @param unusualLumbarCount whether other than five lumbar vertebrae were counted, or five were assumed
     * @param doubtfulShare share of the mask that the model was unsure of, 0 to 1
     * @param meanEntropyBits mean entropy of the model's answers over the mask
     * @param mirrorDice agreement of its answers for the slice and for the mirror image, 0 to 1
     * @param cutByField whether the segmenter saw the body reach the edge of the field of view
     */
    public record Circumstances(
            double sliceSpacingMm,
            boolean contrastAgent,
            boolean lossy,
            double levelConfidence,
            boolean unusualLumbarCount,
            double doubtfulShare,
            double meanEntropyBits,
            double mirrorDice,
            boolean cutByField) {}

    /** The flags of one result, in the order of the enum. */
    public static Set<QualityFlag> flags(
            HuSlice slice, Mask muscle, MuscleMeasures measures, BodyHeight height, Circumstances circumstances) {
        EnumSet<QualityFlag> flags = EnumSet.noneOf(QualityFlag.class);
        raise(flags, QualityFlag.MUSCLE_CUT, circumstances.cutByField());
        raise(flags, QualityFlag.METAL, denseArea(slice) >= METAL_MM2);
        raise(flags, QualityFlag.THICK_SLICES, circumstances.sliceSpacingMm() > THICK_MM);
        raise(flags, QualityFlag.CONTRAST, circumstances.contrastAgent());
        raise(flags, QualityFlag.LOSSY_SOURCE, circumstances.lossy());
        boolean[] body = body(slice);
        raise(flags, QualityFlag.AREA_IMPLAUSIBLE, isImplausible(muscle, measures, body));
        double meanHu = measures.meanHu().orElse(Double.NaN);
        raise(flags, QualityFlag.HU_IMPLAUSIBLE, meanHu < -5 || meanHu > 90);
        raise(flags, QualityFlag.LEVEL_UNCERTAIN, circumstances.levelConfidence() < CONFIDENT);
        raise(flags, QualityFlag.LUMBAR_COUNT, circumstances.unusualLumbarCount());
        raise(
                flags,
                QualityFlag.CONTOUR_UNCERTAIN,
                circumstances.doubtfulShare() > DOUBTFUL_SHARE
                        || circumstances.meanEntropyBits() > DOUBTFUL_ENTROPY_BITS);
        raise(flags, QualityFlag.MODEL_INCONSISTENT, circumstances.mirrorDice() < MIRROR_DICE);
        raise(flags, QualityFlag.OUTSIDE_BODY, shareOutside(body, muscle) > OUTSIDE_SHARE);
        raise(flags, QualityFlag.HEIGHT_UNKNOWN, !height.stated());
        raise(
                flags,
                QualityFlag.HEIGHT_IMPLAUSIBLE,
                height.stated() && height.metres().isEmpty());
        return flags;
    }

    private static void raise(EnumSet<QualityFlag> flags, QualityFlag flag, boolean raised) {
        if (raised) {
            flags.add(flag);
        }
    }

    private static double denseArea(HuSlice slice) {
        int dense = 0;
        for (short value : slice.hu()) {
            if (value > METAL_HU) {
                dense++;
            }
        }
        return dense * slice.pixelAreaMm2();
    }

    /** The area by itself, for the height where one is stated, and as a share of the body on the slice. */
    private static boolean isImplausible(Mask muscle, MuscleMeasures measures, boolean[] body) {
        double area = measures.areaCm2();
        double index = measures.indexCm2PerM2().orElse((LEAST_INDEX + MOST_INDEX) / 2);
        int pixels = 0;
        for (boolean inside : body) {
            pixels += inside ? 1 : 0;
        }
        double share = pixels == 0 ? 1 : (double) muscle.count() / pixels;
        return area < LEAST_AREA_CM2
                || area > MOST_AREA_CM2
                || index < LEAST_INDEX
                || index > MOST_INDEX
                || share < LEAST_SHARE
                || share > MOST_SHARE;
    }

    /**
     * The largest thick piece of soft tissue. A table is a shell of a few millimetres and vanishes when the tissue is
     * eroded by that much; what is left grows back to the body alone.
     */
    private static boolean[] body(HuSlice slice) {
        boolean[] tissue = new boolean[slice.hu().length];
        for (int i = 0; i < tissue.length; i++) {
            tissue[i] = slice.hu()[i] > SOFT_TISSUE_HU;
        }
        int reach = (int) Math.max(1, Math.round(TABLE_SHELL_MM / slice.columnSpacingMm()));
        return new Regions(slice.rows(), slice.columns(), tissue)
                .eroded(reach)
                .largest()
                .dilated(reach + 1)
                .pixels();
    }

    private static double shareOutside(boolean[] body, Mask muscle) {
        int outside = 0;
        for (int i = 0; i < body.length; i++) {
            outside += muscle.pixels()[i] && !body[i] ? 1 : 0;
        }
        return muscle.count() == 0 ? 0 : (double) outside / muscle.count();
    }
}
