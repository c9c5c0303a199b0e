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
    private static final double OUTSIDE_SHARE = 0.01;
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
     * @param doubtfulShare share of the mask that the model was unsure of, 0 to 1
     * @param cutByField whether the segmenter saw the body reach the edge of the field of view
     */
    public record Circumstances(
            double sliceSpacingMm,
            boolean contrastAgent,
            boolean lossy,
            double levelConfidence,
            double doubtfulShare,
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
        raise(flags, QualityFlag.AREA_IMPLAUSIBLE, measures.areaCm2() < 40 || measures.areaCm2() > 350);
        double meanHu = measures.meanHu().orElse(Double.NaN);
        raise(flags, QualityFlag.HU_IMPLAUSIBLE, meanHu < -5 || meanHu > 90);
        raise(flags, QualityFlag.LEVEL_UNCERTAIN, circumstances.levelConfidence() < CONFIDENT);
        raise(flags, QualityFlag.CONTOUR_UNCERTAIN, circumstances.doubtfulShare() > DOUBTFUL_SHARE);
        raise(flags, QualityFlag.OUTSIDE_BODY, shareOutsideBody(slice, muscle) > OUTSIDE_SHARE);
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

    /**
     * The share of the mask outside the largest thick piece of soft tissue. A table is a shell of a few millimetres and
     * vanishes when the tissue is eroded by that much; what is left grows back to the body alone.
     */
    private static double shareOutsideBody(HuSlice slice, Mask muscle) {
        int muscles = muscle.count();
        if (muscles == 0) {
            return 0;
        }
        boolean[] tissue = new boolean[slice.hu().length];
        for (int i = 0; i < tissue.length; i++) {
            tissue[i] = slice.hu()[i] > SOFT_TISSUE_HU;
        }
        int reach = (int) Math.max(1, Math.round(TABLE_SHELL_MM / slice.columnSpacingMm()));
        Regions core = new Regions(slice.rows(), slice.columns(), tissue)
                .eroded(reach)
                .largest()
                .dilated(reach + 1);
        int outside = 0;
        for (int i = 0; i < tissue.length; i++) {
            if (muscle.pixels()[i] && !core.pixels()[i]) {
                outside++;
            }
        }
        return (double) outside / muscles;
    }
}
