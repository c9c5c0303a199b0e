package org.myonode.crossvalidation.scoring;

import java.util.OptionalDouble;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;

/**
 * Agreement of a test mask with a reference mask on the same slice.
 *
 * <p><b>Outlines</b> run halfway between the centres of pixels inside and outside (marching squares), so they are
 * sub-pixel and need no square pixels; their segments count by length. Distances go from the middle of each segment to
 * the nearest point of the other outline. The mean and the root mean square are taken over both directions together
 * (distance to agreement, DTA); HD95 is the larger of the two directed 95th percentiles; the surface Dice at a tolerance
 * is the share of both outlines that lies within it (Nikolov et al, J Med Internet Res 2021;23:e26151).
 *
 * <p><b>Empty masks.</b> Two empty masks agree: Dice, Jaccard and surface Dice are 1, distances and differences 0. When
 * only one is empty, Dice, Jaccard and surface Dice are 0 and distances do not exist: they are absent, never zero and
 * never NaN. A relative difference from an empty reference does not exist either.
 *
 * @param dice twice the common area by the sum of both areas
 * @param jaccard the common area by the united area
 * @param rmsDtaMm root mean square distance to agreement, in millimetres
 * @param meanDtaMm mean distance to agreement, in millimetres
 * @param hd95Mm 95th percentile Hausdorff distance, in millimetres
 * @param surfaceDice1Mm surface Dice at 1 mm
 * @param surfaceDice2Mm surface Dice at 2 mm
 * @param surfaceDice3Mm surface Dice at 3 mm
 * @param areaDiffCm2 area of the test mask less that of the reference, in square centimetres
 * @param areaDiffPercent the same in per cent of the reference's area
 */
public record MaskScores(
        double dice,
        double jaccard,
        OptionalDouble rmsDtaMm,
        OptionalDouble meanDtaMm,
        OptionalDouble hd95Mm,
        double surfaceDice1Mm,
        double surfaceDice2Mm,
        double surfaceDice3Mm,
        double areaDiffCm2,
        OptionalDouble areaDiffPercent) {

    /** A distance of exactly the tolerance lies within it, however it was rounded. */
    private static final double ROUNDING_MM = 1e-9;

    /**
     * Compares two masks of one shape.
     *
     * @throws IllegalArgumentException when the shapes differ or a spacing is not positive
     */
    public static MaskScores of(Mask reference, Mask test, double rowSpacingMm, double columnSpacingMm) {
        requireSameShape(reference, test);
        if (!(rowSpacingMm > 0)
                || !(columnSpacingMm > 0)
                || Double.isInfinite(rowSpacingMm)
                || Double.isInfinite(columnSpacingMm)) {
            throw new IllegalArgumentException("spacing must be positive: " + rowSpacingMm + ", " + columnSpacingMm);
        }
        Outline one = new Outline(reference, rowSpacingMm, columnSpacingMm);
        Outline other = new Outline(test, rowSpacingMm, columnSpacingMm);
        int common = Outline.common(one, other);
        int sum = one.pixels() + other.pixels();
        if (sum == 0) {
            OptionalDouble none = OptionalDouble.of(0);
            return new MaskScores(1, 1, none, none, none, 1, 1, 1, 0, none);
        }
        double dice = 2.0 * common / sum;
        double jaccard = (double) common / (sum - common);
        double areaDiffCm2 = (other.pixels() - one.pixels()) * rowSpacingMm * columnSpacingMm / 100;
        if (one.pixels() == 0 || other.pixels() == 0) {
            OptionalDouble none = OptionalDouble.empty();
            OptionalDouble percent = one.pixels() == 0 ? none : OptionalDouble.of(-100);
            return new MaskScores(dice, jaccard, none, none, none, 0, 0, 0, areaDiffCm2, percent);
        }
        Distances there = one.to(other);
        Distances back = other.to(one);
        double length = there.lengthMm() + back.lengthMm();
        return new MaskScores(
                dice,
                jaccard,
                OptionalDouble.of(Math.sqrt((there.sumOfSquares() + back.sumOfSquares()) / length)),
                OptionalDouble.of((there.sum() + back.sum()) / length),
                OptionalDouble.of(Math.max(there.quantile(0.95), back.quantile(0.95))),
                within(there, back, 1) / length,
                within(there, back, 2) / length,
                within(there, back, 3) / length,
                areaDiffCm2,
                OptionalDouble.of(100.0 * (other.pixels() - one.pixels()) / one.pixels()));
    }

    /**
     * Dice alone, without the outlines that distances need; two empty masks agree.
     *
     * @throws IllegalArgumentException when the shapes differ
     */
    public static double dice(Mask reference, Mask test) {
        requireSameShape(reference, test);
        int common = 0;
        int sum = 0;
        for (int i = 0; i < reference.pixels().length; i++) {
            boolean one = reference.pixels()[i];
            boolean other = test.pixels()[i];
            common += one && other ? 1 : 0;
            sum += (one ? 1 : 0) + (other ? 1 : 0);
        }
        return sum == 0 ? 1 : 2.0 * common / sum;
    }

    private static double within(Distances there, Distances back, double toleranceMm) {
        return there.lengthWithin(toleranceMm + ROUNDING_MM) + back.lengthWithin(toleranceMm + ROUNDING_MM);
    }

    /**
     * Mean attenuation inside the test mask less that inside the reference, in Hounsfield units; absent when one of them
     * is empty.
     *
     * @throws IllegalArgumentException when the three do not have one shape
     */
    public static OptionalDouble meanHuDiff(HuSlice image, Mask reference, Mask test) {
        requireSameShape(reference, test);
        if (image.rows() != reference.rows() || image.columns() != reference.columns()) {
            throw new IllegalArgumentException("the image has " + image.rows() + "x" + image.columns()
                    + " pixels, the masks " + reference.rows() + "x" + reference.columns());
        }
        OptionalDouble of = meanHu(image, reference);
        OptionalDouble than = meanHu(image, test);
        return of.isEmpty() || than.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(than.getAsDouble() - of.getAsDouble());
    }

    private static OptionalDouble meanHu(HuSlice image, Mask mask) {
        long sum = 0;
        int count = 0;
        for (int i = 0; i < mask.pixels().length; i++) {
            if (mask.pixels()[i]) {
                sum += image.hu()[i];
                count++;
            }
        }
        return count == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) sum / count);
    }

    private static void requireSameShape(Mask reference, Mask test) {
        if (reference.rows() != test.rows() || reference.columns() != test.columns()) {
            throw new IllegalArgumentException("the reference has " + reference.rows() + "x" + reference.columns()
                    + " pixels, the test mask " + test.rows() + "x" + test.columns());
        }
    }
}
