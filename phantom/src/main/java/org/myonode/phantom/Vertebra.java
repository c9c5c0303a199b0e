package org.myonode.phantom;

import java.util.Arrays;
import java.util.List;

/** The levels of the spine from the head to the coccyx. */
public enum Vertebra {
    C1,
    C2,
    C3,
    C4,
    C5,
    C6,
    C7,
    T1,
    T2,
    T3,
    T4,
    T5,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    T12,
    L1,
    L2,
    L3,
    L4,
    L5,
    L6,
    SACRUM,
    COCCYX;

    /** Whether this is one of L1 to L6. */
    public boolean isLumbar() {
        return compareTo(L1) >= 0 && compareTo(L6) <= 0;
    }

    /** Whether this is one of T1 to T12. */
    public boolean isThoracic() {
        return compareTo(T1) >= 0 && compareTo(T12) <= 0;
    }

    /** Whether this is one of C1 to C7. */
    public boolean isCervical() {
        return compareTo(C7) <= 0;
    }

    /** The levels of a spine with that many lumbar vertebrae (4, 5 or 6), from head to foot. */
    static List<Vertebra> spine(int lumbarCount) {
        return Arrays.stream(values())
                .filter(level -> !level.isLumbar() || level.ordinal() - L1.ordinal() < lumbarCount)
                .toList();
    }
}
