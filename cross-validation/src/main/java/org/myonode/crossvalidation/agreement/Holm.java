package org.myonode.crossvalidation.agreement;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Correction of p values for testing several hypotheses at once (Holm, Scand J Stat 1979;6:65-70). */
public final class Holm {

    private Holm() {}

    /** Corrected p values in the order of those given. */
    public static double[] adjust(double... p) {
        int[] order = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[p.length];
        double greatest = 0;
        for (int rank = 0; rank < p.length; rank++) {
            greatest = Math.max(greatest, Math.min(1, (p.length - rank) * p[order[rank]]));
            adjusted[order[rank]] = greatest;
        }
        return adjusted;
    }
}
