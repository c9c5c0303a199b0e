package org.myonode.workers.pipeline;

import java.nio.file.Path;
import java.util.List;
import org.myonode.workers.measure.MuscleMeasures;

/** What came of a study. */
public sealed interface Result {

    /** The text of {@code result.json}. */
    String resultJson();

    /**
     * Muscle was measured at L3.
     *
     * @param l3ImageUid SOP Instance UID of the image that was measured
     * @param l3ZMm patient z of it, in millimetres
     * @param picture the overlay
     * @param objects the DICOM objects written
     */
    record Measured(
            String resultJson,
            String l3ImageUid,
            double l3ZMm,
            MuscleMeasures muscle,
            Path picture,
            List<WrittenObject> objects)
            implements Result {
        /** Keeps its own copy. */
        public Measured {
            objects = List.copyOf(objects);
        }
    }

    /**
     * L3 is not in the study, or not surely.
     *
     * @param reason one sentence for the operator
     */
    record NoL3(String reason, String resultJson) implements Result {}

    /**
     * The study cannot be measured.
     *
     * @param reason one sentence for the operator
     */
    record Refused(String reason, String resultJson) implements Result {}
}
