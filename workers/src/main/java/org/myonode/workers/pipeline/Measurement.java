package org.myonode.workers.pipeline;

import static org.myonode.workers.objects.Figure.Unit.CM2;
import static org.myonode.workers.objects.Figure.Unit.HOUNSFIELD;
import static org.myonode.workers.objects.Figure.Unit.PERCENT;

import java.util.ArrayList;
import java.util.List;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.FatAreas;
import org.myonode.workers.measure.MuscleDensity;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.objects.Figure;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.myonode.workers.volume.VolumeOutcome;

/**
 * Everything known of a study once it is measured.
 *
 * @param series every image of the measured series, those first that the volume was built of
 * @param muscle the mask in canonical orientation
 * @param density how its attenuation is distributed
 * @param fat areas of fat around it
 * @param pet uptake of the muscle
 * @param comparisons the index beside the limits that the site set, in words; empty when it set none
 * @param procedure what the report says was done to the patient
 */
record Measurement(
        VolumeOutcome.Built built,
        List<ImageHeader> series,
        L3.Found l3,
        Mask muscle,
        MuscleMeasures measures,
        MuscleDensity density,
        FatAreas fat,
        PetMeasurement pet,
        List<QualityFlag> flags,
        List<String> comparisons,
        ReportedProcedure procedure) {

    static final String LOW_ATTENUATION = "Pixels of -29 to 29 HU (Aubrey 2014, Acta Physiol 210:489)";
    static final String FAT_IN_CLEFTS = "Pixels of -190 to -30 HU within a 3 mm closing of the mask";
    static final String FAT_INSIDE = "Pixels of -190 to -30 HU inside the closed muscle ring";
    static final String FAT_OUTSIDE = "Pixels of -190 to -30 HU outside the closed muscle ring";
    private static final String OVER_MASK = "Over the pixels of the mask";

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

    /** What the report says beyond area, index, mean attenuation and SUV. */
    List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(
                "HUSD", "Standard deviation of muscle attenuation", density.sdHu(), HOUNSFIELD, "MASKPIX", OVER_MASK));
        figures.add(new Figure(
                "HUMEDIAN", "Median muscle attenuation", density.medianHu(), HOUNSFIELD, "MASKPIX", OVER_MASK));
        figures.add(
                new Figure("LAMA", "Low-attenuation muscle area", density.lowAreaCm2(), CM2, "HULOW", LOW_ATTENUATION));
        figures.add(new Figure(
                "LAMAPCT", "Share of low-attenuation muscle", density.lowPercent(), PERCENT, "HULOW", LOW_ATTENUATION));
        figures.add(
                new Figure("IMAT", "Intramuscular fat area", fat.intramuscularCm2(), CM2, "HUFATCLEFT", FAT_IN_CLEFTS));
        fat.visceralCm2()
                .ifPresent(area ->
                        figures.add(new Figure("VAT", "Visceral fat area", area, CM2, "HUFATINSIDE", FAT_INSIDE)));
        fat.subcutaneousCm2()
                .ifPresent(area -> figures.add(
                        new Figure("SAT", "Subcutaneous fat area", area, CM2, "HUFATOUTSIDE", FAT_OUTSIDE)));
        return figures;
    }
}
