package org.myonode.crossvalidation.scoring;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.myonode.workers.volume.Mask;

/**
 * Agreement of a test mask with a reference mask on the same slice.
 *
 * <p>Outlines are the mask's pixels that have a neighbour outside among the four; distances run from each of them to
 * the nearest outline pixel of the other mask, centre to centre. The mean and the root mean square are taken over the
 * distances of both directions together (distance to agreement), HD95 is the larger of the two directed 95th
 * percentiles, the surface Dice at a tolerance is the share of both outlines that lies within it (Nikolov et al, J Med
 * Internet Res 2021;23:e26151, with pixels in place of surface elements).
 *
 * <p>Two empty masks agree (Dice 1); when only one is empty, Dice is 0 and distances are not defined: they are absent.
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
 */
public record MaskScores(
        double dice,
        double jaccard,
        OptionalDouble rmsDtaMm,
        OptionalDouble meanDtaMm,
        OptionalDouble hd95Mm,
        OptionalDouble surfaceDice1Mm,
        OptionalDouble surfaceDice2Mm,
        OptionalDouble surfaceDice3Mm,
        double areaDiffCm2) {

    /**
     * Compares two masks of one shape.
     *
     * @throws IllegalArgumentException when the shapes differ or a spacing is not positive
     */
    public static MaskScores of(Mask reference, Mask test, double rowSpacingMm, double columnSpacingMm) {
        if (reference.rows() != test.rows() || reference.columns() != test.columns()) {
            throw new IllegalArgumentException("the reference has " + reference.rows() + "x" + reference.columns()
                    + " pixels, the test mask " + test.rows() + "x" + test.columns());
        }
        if (!(rowSpacingMm > 0) || !(columnSpacingMm > 0)) {
            throw new IllegalArgumentException("spacing must be positive: " + rowSpacingMm + ", " + columnSpacingMm);
        }
        int common = 0;
        for (int i = 0; i < reference.pixels().length; i++) {
            if (reference.pixels()[i] && test.pixels()[i]) {
                common++;
            }
        }
        int referenceCount = reference.count();
        int testCount = test.count();
        int united = referenceCount + testCount - common;
        double dice = united == 0 ? 1 : 2.0 * common / (referenceCount + testCount);
        double jaccard = united == 0 ? 1 : (double) common / united;
        double areaDiffCm2 = (testCount - referenceCount) * rowSpacingMm * columnSpacingMm / 100;
        if (referenceCount == 0 || testCount == 0) {
            OptionalDouble none = OptionalDouble.empty();
            return new MaskScores(dice, jaccard, none, none, none, none, none, none, areaDiffCm2);
        }
        double[] fromTest = distances(test, reference, rowSpacingMm, columnSpacingMm);
        double[] fromReference = distances(reference, test, rowSpacingMm, columnSpacingMm);
        double[] both = DoubleStream.concat(Arrays.stream(fromTest), Arrays.stream(fromReference))
                .toArray();
        double meanSquare = Arrays.stream(both).map(d -> d * d).average().orElseThrow();
        return new MaskScores(
                dice,
                jaccard,
                OptionalDouble.of(Math.sqrt(meanSquare)),
                Arrays.stream(both).average(),
                OptionalDouble.of(Math.max(percentile95(fromTest), percentile95(fromReference))),
                within(both, 1),
                within(both, 2),
                within(both, 3),
                areaDiffCm2);
    }

    /** Distances from the outline of one mask to that of another, in millimetres. */
    private static double[] distances(Mask from, Mask to, double rowSpacingMm, double columnSpacingMm) {
        double[] distance =
                DistanceTransform.millimetres(outline(to), to.rows(), to.columns(), rowSpacingMm, columnSpacingMm);
        boolean[] outline = outline(from);
        DoubleStream.Builder distances = DoubleStream.builder();
        for (int i = 0; i < outline.length; i++) {
            if (outline[i]) {
                distances.add(distance[i]);
            }
        }
        return distances.build().toArray();
    }

    private static boolean[] outline(Mask mask) {
        boolean[] outline = new boolean[mask.pixels().length];
        for (int row = 0; row < mask.rows(); row++) {
            for (int column = 0; column < mask.columns(); column++) {
                boolean inside = mask.at(row, column);
                boolean surrounded = row > 0
                        && column > 0
                        && row < mask.rows() - 1
                        && column < mask.columns() - 1
                        && mask.at(row - 1, column)
                        && mask.at(row + 1, column)
                        && mask.at(row, column - 1)
                        && mask.at(row, column + 1);
                outline[row * mask.columns() + column] = inside && !surrounded;
            }
        }
        return outline;
    }

    /** Linear interpolation between closest ranks. */
    private static double percentile95(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double rank = 0.95 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }

    private static OptionalDouble within(double[] distances, double toleranceMm) {
        return OptionalDouble.of(
                (double) Arrays.stream(distances).filter(d -> d <= toleranceMm).count() / distances.length);
    }
}
