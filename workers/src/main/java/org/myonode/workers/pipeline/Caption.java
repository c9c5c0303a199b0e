package org.myonode.workers.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.objects.PetUptake;
import org.myonode.workers.objects.Uptake;

/**
 * The words in the pictures of a result.
 *
 * @param levelConfidence probability that the slice lies at L3; absent when a person chose the slice
 * @param zMm patient z of the slice, in millimetres
 * @param studyDate of the images, as the header states it: {@code YYYYMMDD}
 * @param resultDate when the result was made, {@code YYYY-MM-DD}
 * @param expert who drew the contour in place of the model
 */
record Caption(
        Optional<Double> levelConfidence,
        double zMm,
        MuscleMeasures muscle,
        Uptake uptake,
        List<QualityFlag> flags,
        ModelIdentity model,
        ProductInfo product,
        Optional<String> studyDate,
        String resultDate,
        Optional<Expert> expert) {

    Caption {
        flags = List.copyOf(flags);
    }

    /** What nobody may take the picture for. */
    String disclaimer() {
        if (expert.isEmpty()) {
            return "AI result - not verified - not for diagnostic use";
        }
        return expert.get().approval().isPresent()
                ? "AI result, corrected by an expert and approved - not for diagnostic use"
                : "AI result, corrected by an expert - not verified - not for diagnostic use";
    }

    /** Which outline is whose; empty when there is one only. */
    String correction() {
        return expert.map(known -> String.format(
                        Locale.ROOT,
                        "Orange: the expert, %.1f cm\u00b2   Blue: the model before, %.1f cm\u00b2",
                        muscle.areaCm2(),
                        known.automaticAreaCm2()))
                .orElse("");
    }

    /** What was measured, with units; a figure that is not known is left out. */
    String figures() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Skeletal muscle %s: %.1f cm\u00b2",
                levelConfidence.isPresent() ? "at L3" : "on the chosen slice",
                muscle.areaCm2()));
        muscle.indexCm2PerM2()
                .ifPresent(index -> text.append(String.format(Locale.ROOT, "   index %.1f cm\u00b2/m\u00b2", index)));
        muscle.meanHu().ifPresent(hu -> text.append(String.format(Locale.ROOT, "   mean %.0f HU", hu)));
        return text.toString();
    }

    /** Uptake of the muscle; empty when it is not known. */
    String suv() {
        return uptake instanceof PetUptake pet
                ? String.format(
                        Locale.ROOT, "SUVbw of the muscle: mean %.2f, max %.2f g/ml", pet.suvMean(), pet.suvMax())
                : "";
    }

    /** Which slice it is. */
    String level() {
        String place = String.format(Locale.ROOT, "z %.1f mm", zMm).replace('-', '\u2212');
        return levelConfidence
                .map(confidence -> "Level L3, confidence " + L3.percent(confidence) + ", slice at " + place)
                .orElse("Slice at " + place + " chosen by a person, its level was not determined");
    }

    /** Who made it. */
    String origin() {
        return product.name() + " " + product.version() + ", model " + model;
    }

    /** Of which day the images and the result are. */
    String dates() {
        Optional<String> images = studyDate
                .filter(date -> date.matches("[0-9]{8}"))
                .map(date -> date.substring(0, 4) + "-" + date.substring(4, 6) + "-" + date.substring(6));
        if (images.isEmpty()) {
            return "Result of " + resultDate;
        }
        return "Images of " + images.get() + (images.get().equals(resultDate) ? "" : ", result of " + resultDate);
    }

    /** What to look at; empty when all is well. */
    String check() {
        return flags.isEmpty()
                ? ""
                : "Check: "
                        + String.join(
                                "; ", flags.stream().map(QualityFlag::text).toList());
    }
}
