package org.myonode.workers.locate;

import java.util.List;
import java.util.Locale;

/** What the locator can say of the third lumbar vertebra: where it is, or why it is not known. */
public sealed interface L3 {

    /**
     * The slice through the middle of L3.
     *
     * @param sliceIndex index in the volume, from feet to head
     * @param zMm patient z of that slice, in millimetres
     * @param confidence probability that this slice lies in L3, 0 to 1, as the decoder sees it
     * @param levels every level in view, from feet to head: the account that supports the answer
     */
    record Found(int sliceIndex, double zMm, double confidence, List<LevelRange> levels) implements L3 {

        /** Keeps its own copy of the levels. */
        public Found {
            levels = List.copyOf(levels);
        }
    }

    /**
     * L3 is not in view, or cannot be told from its neighbours.
     *
     * @param reason one sentence for the operator
     * @param confidence probability of the best candidate, 0 to 1; 0 when there is none
     * @param levels the levels that were recognised, from feet to head; may be empty
     */
    record NotFound(String reason, double confidence, List<LevelRange> levels) implements L3 {

        /** Keeps its own copy of the levels. */
        public NotFound {
            levels = List.copyOf(levels);
        }
    }

    /** A confidence of 0 to 1 for people, in percent; no model is so sure that 100 % could be said. */
    static String percent(double confidence) {
        return confidence > 0.99 ? "above 99 %" : String.format(Locale.ROOT, "%.0f %%", 100 * confidence);
    }
}
