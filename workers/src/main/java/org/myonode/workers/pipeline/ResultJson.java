package org.myonode.workers.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.FatAreas;
import org.myonode.workers.measure.MuscleDensity;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.measure.QualityFlag;
import org.myonode.workers.objects.Expert;
import org.myonode.workers.objects.PetUptake;
import org.myonode.workers.objects.Uptake;
import org.myonode.workers.volume.ImageHeader;

/** Writes {@code result.json}. A value that cannot be known is absent, never zero. */
final class ResultJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final ObjectNode root = MAPPER.createObjectNode();

    ResultJson study(Optional<String> studyUid, Optional<String> seriesUid) {
        studyUid.ifPresent(uid -> root.put("studyInstanceUid", uid));
        seriesUid.ifPresent(uid -> root.put("seriesInstanceUid", uid));
        return this;
    }

    ResultJson found(L3.Found l3, ImageHeader image, boolean levelIsChosen) {
        ObjectNode node = root.putObject("l3")
                .put("found", true)
                .put("sopInstanceUid", image.sopInstanceUid())
                .put("sliceIndex", l3.sliceIndex())
                .put("zMm", rounded(l3.zMm(), 3));
        if (image.frames() > 1) {
            node.put("frame", image.frame());
        }
        if (levelIsChosen) {
            node.put("reason", "the slice was chosen, its level was not examined");
        } else {
            node.put("confidence", rounded(l3.confidence(), 4)).put("level", "L3");
        }
        return this;
    }

    ResultJson notFound(String reason, Optional<Double> confidence) {
        ObjectNode l3 = root.putObject("l3").put("found", false);
        confidence.ifPresent(value -> l3.put("confidence", rounded(value, 4)));
        l3.put("reason", reason);
        return this;
    }

    ResultJson muscle(Measurement measurement) {
        MuscleMeasures measures = measurement.measures();
        PetMeasurement pet = measurement.pet();
        ObjectNode muscle = root.putObject("muscle").put("areaCm2", rounded(measures.areaCm2(), 4));
        measures.indexCm2PerM2().ifPresent(index -> muscle.put("indexCm2PerM2", rounded(index, 4)));
        measures.meanHu().ifPresent(hu -> muscle.put("meanHu", rounded(hu, 4)));
        MuscleDensity density = measurement.density();
        muscle.put("sdHu", rounded(density.sdHu(), 4))
                .put("medianHu", rounded(density.medianHu(), 1))
                .put("lowAttenuationAreaCm2", rounded(density.lowAreaCm2(), 4))
                .put("lowAttenuationPercent", rounded(density.lowPercent(), 4))
                .put("lowAttenuationMethod", Measurement.LOW_ATTENUATION);
        if (pet.uptake() instanceof PetUptake uptake) {
            muscle.put("suvMean", rounded(uptake.suvMean(), 4)).put("suvMax", rounded(uptake.suvMax(), 4));
        }
        muscle.put("pixels", measures.pixels());
        if (!measurement.comparisons().isEmpty()) {
            ArrayNode comparisons = root.putArray("comparisons");
            measurement.comparisons().forEach(comparisons::add);
        }
        fat(root.putObject("fat"), measurement.fat());
        pet(root.putObject("pet"), pet);
        return this;
    }

    private static void fat(ObjectNode node, FatAreas fat) {
        node.put("intramuscularCm2", rounded(fat.intramuscularCm2(), 4));
        fat.visceralCm2().ifPresent(area -> node.put("visceralCm2", rounded(area, 4)));
        fat.subcutaneousCm2().ifPresent(area -> node.put("subcutaneousCm2", rounded(area, 4)));
        ObjectNode method = node.putObject("method").put("intramuscular", Measurement.FAT_IN_CLEFTS);
        if (fat.visceralCm2().isPresent()) {
            method.put("visceral", Measurement.FAT_INSIDE).put("subcutaneous", Measurement.FAT_OUTSIDE);
        } else {
            node.put("reason", "no visceral and subcutaneous area: " + FatAreas.WHY_ABSENT);
        }
    }

    private static void pet(ObjectNode node, PetMeasurement pet) {
        if (pet.uptake() instanceof PetUptake uptake) {
            node.put("seriesInstanceUid", uptake.seriesUid()).put("method", uptake.method());
            ArrayNode flags = node.putArray("flags");
            pet.suvFlags().forEach(flag -> flags.add(flag.name()));
        } else {
            node.put("reason", ((Uptake.Unknown) pet.uptake()).reason());
        }
    }

    /** Who corrected the contour, and what it was before: the figures of the models stay beside those of the expert. */
    ResultJson correction(Optional<ExpertCorrection> correction) {
        correction.ifPresent(expert -> {
            ExpertCorrection.Origin origin = expert.origin();
            Expert known = expert.expert();
            ObjectNode node = root.putObject("correction");
            known.person().ifPresent(name -> node.put("person", name));
            node.put("observer", origin.observer())
                    .put("contourVersion", origin.version())
                    .put("receivedFrom", origin.callingAeTitle())
                    .put("sopClassUid", known.drawnIn().sopClassUid())
                    .put("sopInstanceUid", known.drawnIn().sopInstanceUid())
                    .put("recognisedBy", origin.recognisedBy())
                    .put("revision", origin.revision())
                    .put("corrects", origin.corrects())
                    .put("verified", known.approval().isPresent());
            known.approval()
                    .ifPresent(approval -> node.put("verifiedBy", approval.reviewer())
                            .put("verifiedAt", approval.at())
                            .put("organization", approval.organization()));
            JsonNode automatic = expert.automatic();
            node.put("dice", rounded(expert.dice(), 4));
            ObjectNode before = node.putObject("automatic").put("revision", origin.automaticRevision());
            before.set("muscle", automatic.path("muscle"));
        });
        return this;
    }

    ResultJson input(InputFacts facts) {
        ObjectNode input = root.putObject("input");
        facts.sliceThicknessMm().ifPresent(mm -> input.put("sliceThicknessMm", rounded(mm, 3)));
        facts.kernel().ifPresent(kernel -> input.put("kernel", kernel));
        facts.ageYears().ifPresent(years -> input.put("ageYears", years));
        facts.percentilesHu()
                .ifPresent(
                        hu -> input.put("p10Hu", hu[0]).put("medianHu", hu[1]).put("p90Hu", hu[2]));
        return this;
    }

    ResultJson quality(List<QualityFlag> flags) {
        ArrayNode quality = root.putArray("quality");
        flags.forEach(flag -> quality.add(flag.name()));
        return this;
    }

    ResultJson models(List<ModelIdentity> identities) {
        ArrayNode models = root.putArray("models");
        for (ModelIdentity model : identities) {
            models.addObject()
                    .put("id", model.id())
                    .put("version", model.version())
                    .put("sha256", model.sha256());
        }
        return this;
    }

    ResultJson timings(Map<String, Long> millis) {
        ObjectNode timings = root.putObject("timingsMs");
        millis.forEach(timings::put);
        return this;
    }

    String text() {
        try {
            return MAPPER.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always written", e);
        }
    }

    private static BigDecimal rounded(double value, int decimals) {
        return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
    }
}
