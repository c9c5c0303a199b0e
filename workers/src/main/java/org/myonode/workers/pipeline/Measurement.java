package org.myonode.workers.pipeline;

import java.util.List;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.myonode.workers.volume.VolumeOutcome;

/**
 * Everything known of a study once it is measured.
 *
 * @param muscle the mask in canonical orientation
 * @param pet uptake of the muscle
 * @param procedure what the report says was done to the patient
 */
record Measurement(
        VolumeOutcome.Built built,
        L3.Found l3,
        Mask muscle,
        MuscleMeasures measures,
        PetMeasurement pet,
        List<QualityFlag> flags,
        ReportedProcedure procedure) {

    /** The image that was measured. */
    ImageHeader image() {
        return built.images().get(l3.sliceIndex());
    }

    /** The same image in canonical orientation. */
    HuSlice slice() {
        return built.volume().slice(l3.sliceIndex());
    }

    /** The mask in the pixel order of that image. */
    Mask sourceMask() {
        return built.grid().toSource(muscle);
    }
}
