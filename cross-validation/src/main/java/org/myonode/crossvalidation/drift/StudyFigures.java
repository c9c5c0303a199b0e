package org.myonode.crossvalidation.drift;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.myonode.db.MeasuredStudy;
import org.myonode.db.StudyState;

/** What surveillance takes from the result of one study. */
record StudyFigures(Instant opened, boolean refused, JsonNode result) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A quantity that is watched.
     *
     * @param name for people
     * @param pointer where it stands in {@code result.json}
     */
    record Quantity(String name, String unit, String pointer) {}

    static final List<Quantity> NUMBERS = List.of(
            new Quantity("slice thickness", "mm", "/input/sliceThicknessMm"),
            new Quantity("age", "years", "/input/ageYears"),
            new Quantity("median attenuation of the slice", "HU", "/input/medianHu"),
            new Quantity("90th percentile of the slice", "HU", "/input/p90Hu"),
            new Quantity("muscle area", "cm\u00b2", "/muscle/areaCm2"),
            new Quantity("mean attenuation of muscle", "HU", "/muscle/meanHu"));

    static final Quantity KERNEL = new Quantity("kernel", "", "/input/kernel");

    static StudyFigures of(MeasuredStudy study) {
        try {
            return new StudyFigures(
                    study.opened(),
                    study.state() == StudyState.NO_L3
                            || study.state() == StudyState.FAILED
                            || study.state() == StudyState.QUARANTINED,
                    study.resultJson().isEmpty()
                            ? MissingNode.getInstance()
                            : JSON.readTree(study.resultJson().get()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the ledger holds a result that is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    OptionalDouble number(Quantity quantity) {
        JsonNode value = result.at(quantity.pointer());
        return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
    }

    Optional<String> text(Quantity quantity) {
        JsonNode value = result.at(quantity.pointer());
        return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }
}
