package org.myonode.workers.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.objects.InstanceReference;
import org.myonode.workers.objects.PetUptake;
import org.myonode.workers.objects.Uptake;
import org.myonode.workers.pet.MuscleUptake;
import org.myonode.workers.pet.PetChoice;
import org.myonode.workers.pet.PetSeries;
import org.myonode.workers.pet.SuvFlag;
import org.myonode.workers.pet.SuvScale;
import org.myonode.workers.volume.ImageHeader;
import org.myonode.workers.volume.Mask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PET half of a measurement: the right series, its way to SUV, and its values in the muscle.
 *
 * @param uptake for the report
 * @param suvFlags what a reader should know of the way to SUV
 * @param flag a reason to look twice, for the whole result
 */
record PetMeasurement(Uptake uptake, Set<SuvFlag> suvFlags, Optional<QualityFlag> flag) {
    private static final Logger log = LoggerFactory.getLogger(PetMeasurement.class);

    /** Slips of a header that were put right, and choices among equals: not what many scanners do by habit. */
    private static final Set<SuvFlag> ASSUMPTIONS = Set.of(
            SuvFlag.DOSE_IN_MBQ,
            SuvFlag.WEIGHT_IN_GRAMS,
            SuvFlag.SIZE_IN_CENTIMETRES,
            SuvFlag.SEX_UNKNOWN,
            SuvFlag.SEVERAL_PET_SERIES);

    /**
     * @param study all images of the study
     * @param ct the image that was measured
     * @param muscle the mask in the pixel order of that image
     */
    static PetMeasurement of(List<ImageHeader> study, ImageHeader ct, Mask muscle) {
        PetChoice choice = PetChoice.among(study, Optional.of(ct));
        choice.verdicts().forEach(verdict -> log.info("study={} {}", ct.studyUid(), verdict));
        if (choice instanceof PetChoice.None none) {
            return unknown(none.reason(), none.petIsThere());
        }
        PetChoice.Chosen chosen = (PetChoice.Chosen) choice;
        try {
            PetSeries series = PetSeries.read(chosen.images());
            SuvScale scale = series.scale();
            if (scale instanceof SuvScale.Unknown unknown) {
                return unknown(unknown.reason(), true);
            }
            SuvScale.Known known = (SuvScale.Known) scale;
            MuscleUptake sampled = MuscleUptake.of(ct, muscle, series, known);
            if (sampled instanceof MuscleUptake.Unknown unknown) {
                return unknown(unknown.reason(), true);
            }
            EnumSet<SuvFlag> flags = EnumSet.noneOf(SuvFlag.class);
            flags.addAll(known.flags());
            if (chosen.several()) {
                flags.add(SuvFlag.SEVERAL_PET_SERIES);
            }
            return known(series, known.method(), flags, (MuscleUptake.Known) sampled);
        } catch (IOException e) {
            throw new UncheckedIOException("the PET cannot be read again", e);
        }
    }

    private static PetMeasurement unknown(String reason, boolean petIsThere) {
        return new PetMeasurement(
                new Uptake.Unknown(reason),
                Set.of(),
                petIsThere ? Optional.of(QualityFlag.SUV_UNKNOWN) : Optional.empty());
    }

    private static PetMeasurement known(
            PetSeries series, String scaling, EnumSet<SuvFlag> flags, MuscleUptake.Known sampled) {
        StringBuilder method = new StringBuilder(scaling)
                .append("; each PET slice scaled to SUV, then taken at the centres of the CT pixels by trilinear"
                        + " interpolation, no registration; the maximum is that of the interpolated values");
        flags.forEach(flag -> method.append("; ").append(flag.text()));
        List<InstanceReference> images = new ArrayList<>();
        for (ImageHeader image : sampled.images()) {
            InstanceReference reference = new InstanceReference(image.sopClassUid(), image.sopInstanceUid());
            if (!images.contains(reference)) {
                images.add(reference);
            }
        }
        return new PetMeasurement(
                new PetUptake(
                        sampled.suvMean(),
                        sampled.suvMax(),
                        method.toString(),
                        series.fluorine18(),
                        series.seriesUid(),
                        images),
                flags,
                flags.stream().anyMatch(ASSUMPTIONS::contains)
                        ? Optional.of(QualityFlag.SUV_ASSUMED)
                        : Optional.empty());
    }
}
