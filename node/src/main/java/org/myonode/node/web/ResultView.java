package org.myonode.node.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.myonode.workers.locate.L3;
import org.myonode.workers.measure.QualityFlag;

/** The numbers of a {@code result.json} as a page shows them; what is absent there is absent here. */
record ResultView(JsonNode json) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static ResultView of(Optional<String> json) {
        try {
            return new ResultView(json.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(json.get()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the ledger holds a result that is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    Optional<String> area() {
        return number("/muscle/areaCm2", "%.1f cm²");
    }

    Optional<String> index() {
        return number("/muscle/indexCm2PerM2", "%.1f cm²/m²");
    }

    Optional<String> meanHu() {
        return number("/muscle/meanHu", "%.1f HU");
    }

    /** The index beside the limits that the site set. */
    List<String> comparisons() {
        List<String> comparisons = new ArrayList<>();
        json.at("/comparisons").forEach(text -> comparisons.add(text.asText()));
        return comparisons;
    }

    Optional<String> lowAttenuation() {
        Optional<String> area = number("/muscle/lowAttenuationAreaCm2", "%.1f cm²");
        Optional<String> share = number("/muscle/lowAttenuationPercent", "%.0f %%");
        return area.flatMap(text -> share.map(percent -> text + " (" + percent + ") of -29 to 29 HU"));
    }

    Optional<String> spread() {
        Optional<String> median = number("/muscle/medianHu", "median %.0f HU");
        return median.flatMap(
                text -> number("/muscle/sdHu", ", standard deviation %.1f HU").map(text::concat));
    }

    Optional<String> intramuscularFat() {
        return number("/fat/intramuscularCm2", "%.1f cm²");
    }

    Optional<String> visceralFat() {
        return number("/fat/visceralCm2", "%.1f cm²");
    }

    Optional<String> subcutaneousFat() {
        return number("/fat/subcutaneousCm2", "%.1f cm²");
    }

    Optional<String> suvMean() {
        return number("/muscle/suvMean", "%.2f g/ml");
    }

    Optional<String> suvMax() {
        return number("/muscle/suvMax", "%.2f g/ml");
    }

    /** Why there is no SUV. */
    Optional<String> noSuv() {
        JsonNode reason = json.at("/pet/reason");
        return reason.isTextual() ? Optional.of(reason.textValue()) : Optional.empty();
    }

    /** Whether the contour is that of an expert who corrected the model's. */
    boolean isCorrected() {
        return json.path("correction").isObject();
    }

    /** The figures before the correction. */
    ResultView automatic() {
        return new ResultView(json.at("/correction/automatic"));
    }

    /** A value of the correction as text; empty when it has none. */
    Optional<String> correction(String name) {
        JsonNode value = json.path("correction").path(name);
        return value.isValueNode() ? Optional.of(value.asText()) : Optional.empty();
    }

    /** Who corrected, without what marks the contour among the stored ones. */
    String expert() {
        return correction("observer").orElse("an expert").replaceFirst(" \\(correction\\)$", "");
    }

    /** The revision whose result is that of the models. */
    int automaticRevision() {
        return json.at("/correction/automatic/revision").asInt();
    }

    Optional<String> dice() {
        return number("/correction/dice", "%.3f");
    }

    Optional<String> confidence() {
        JsonNode value = json.at("/l3/confidence");
        return value.isNumber() ? Optional.of(L3.percent(value.doubleValue())) : Optional.empty();
    }

    Optional<String> zMm() {
        return number("/l3/zMm", "%.1f mm");
    }

    Optional<String> sliceUid() {
        JsonNode value = json.at("/l3/sopInstanceUid");
        return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }

    List<String> quality() {
        List<String> flags = new ArrayList<>();
        json.at("/quality").forEach(flag -> flags.add(words(flag.asText())));
        return flags;
    }

    /** The flag in words; one of an older version of the program keeps its name. */
    private static String words(String name) {
        return Arrays.stream(QualityFlag.values())
                .filter(flag -> flag.name().equals(name))
                .map(QualityFlag::text)
                .findFirst()
                .orElse(name);
    }

    List<String> models() {
        List<String> models = new ArrayList<>();
        json.at("/models").forEach(model -> {
            String digest = model.path("sha256").asText("");
            models.add(model.path("id").asText("?") + " "
                    + model.path("version").asText("?")
                    + (digest.isEmpty() ? "" : " (" + digest.substring(0, Math.min(12, digest.length())) + ")"));
        });
        return models;
    }

    private Optional<String> number(String pointer, String format) {
        JsonNode value = json.at(pointer);
        return value.isNumber()
                ? Optional.of(String.format(Locale.ROOT, format, value.doubleValue()))
                : Optional.empty();
    }
}
