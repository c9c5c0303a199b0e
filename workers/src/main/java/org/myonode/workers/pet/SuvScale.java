package org.myonode.workers.pet;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.myonode.dicom.DataSet;

/** The way from stored pixel values to the standardized uptake value by body weight (SUVbw, g/ml), or why there is none. */
public sealed interface SuvScale {

    /**
     * SUV can be known.
     *
     * @param perStoredValue for each image in the order given, the SUV of the stored value 1; SUV is proportional to it
     * @param method in words, with the quantities that went in: plain ASCII, nothing that names the patient
     */
    record Known(double[] perStoredValue, String method, Set<SuvFlag> flags) implements SuvScale {
        /** Keeps its own copy of the flags. */
        public Known {
            flags = flags.isEmpty() ? Set.of() : java.util.Collections.unmodifiableSet(EnumSet.copyOf(flags));
        }
    }

    /**
     * SUV cannot be known.
     *
     * @param reason one sentence that names the attribute
     */
    record Unknown(String reason) implements SuvScale {}

    /** Works it out from the headers of all images of one series, in any order. */
    static SuvScale of(List<DataSet> headers) {
        return SuvRules.scale(headers);
    }
}
