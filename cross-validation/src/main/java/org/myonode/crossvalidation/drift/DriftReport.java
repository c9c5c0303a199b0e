package org.myonode.crossvalidation.drift;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param at when, ISO 8601
 * @param program name and version
 * @param model the muscle model in use, with its digest
 * @param since studies before are not looked at, ISO 8601
 * @param baseline how many studies the later ones are compared with
 * @param recent how many later ones
 * @param policy when a difference is an alert
 * @param quantities each quantity that is watched
 * @param constancy the model on the stored contours; null when none are stored
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties({"alerts", "text"})
public record DriftReport(
        String at,
        String program,
        String model,
        String since,
        int baseline,
        int recent,
        DriftPolicy policy,
        List<Outcome> quantities,
        @Nullable Constancy constancy) {

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** Keeps its own copy. */
    public DriftReport {
        quantities = List.copyOf(quantities);
    }

    /** What a comparison says. */
    public enum Verdict {
        /** No difference that would matter is shown. */
        STEADY,
        /** It has shifted. */
        ALERT,
        /** Too few values to say anything. */
        TOO_FEW
    }

    /**
     * One quantity.
     *
     * @param test which one
     * @param before what it was in the baseline, in words
     * @param now what it is
     * @param effect greatest difference of cumulative shares, 0 to 1; for shares their difference
     * @param p of the test
     * @param holmP corrected for all quantities of this check
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Outcome(
            String name,
            String test,
            int baselineN,
            int recentN,
            String before,
            String now,
            @Nullable Double effect,
            @Nullable Double p,
            @Nullable Double holmP,
            Verdict verdict) {

        /** One sentence. */
        public String sentence() {
            return switch (verdict) {
                case TOO_FEW -> name + ": too few values (" + baselineN + " and " + recentN + ") to say anything";
                case STEADY, ALERT ->
                    String.format(
                            Locale.ROOT,
                            "%s%s: %s before, %s now (%s, effect %.2f, p by Holm %.4f, n = %d and %d)",
                            verdict == Verdict.ALERT ? "SHIFTED " : "",
                            name,
                            before,
                            now,
                            test,
                            effect,
                            holmP,
                            baselineN,
                            recentN);
            };
        }
    }

    /**
     * The model in use on the stored contours, and against what the same model gave on the same contours before.
     *
     * @param cases slices
     * @param patients of whom
     * @param medianDice over patients
     * @param changed cases whose Dice differs from the last check with the same model and contour
     * @param compared cases that could be compared so
     * @param dice by case and contour
     * @param words the benchmark in sentences
     */
    public record Constancy(
            int cases,
            long patients,
            double medianDice,
            int changed,
            int compared,
            Map<String, Double> dice,
            List<String> words) {
        /** Keeps its own copies. */
        public Constancy {
            dice = Map.copyOf(dice);
            words = List.copyOf(words);
        }
    }

    /** What somebody has to look at. */
    public List<String> alerts() {
        List<String> alerts = new ArrayList<>();
        quantities.stream()
                .filter(one -> one.verdict() == Verdict.ALERT)
                .map(Outcome::sentence)
                .forEach(alerts::add);
        Constancy known = constancy;
        if (known != null && known.changed() > 0) {
            alerts.add("CHANGED: the same model gives another Dice than at the last check on " + known.changed()
                    + " of " + known.compared()
                    + " stored slices; nothing but the program or the machine can be the cause");
        }
        return alerts;
    }

    /** For a terminal and the log. */
    public List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add("Drift check of " + at + ", " + model + ": the last " + recent + " studies against the first "
                + baseline
                + (Instant.parse(since).equals(Instant.EPOCH) ? " that were measured" : " since " + since));
        quantities.forEach(one -> lines.add("  " + one.sentence()));
        Constancy known = constancy;
        if (known == null) {
            lines.add("  no contours are stored: the model is not measured on any");
        } else {
            lines.add(String.format(
                    Locale.ROOT,
                    "  model on %d stored slices of %d patients: median Dice %.4f; %d of %d slices changed since the last"
                            + " check",
                    known.cases(),
                    known.patients(),
                    known.medianDice(),
                    known.changed(),
                    known.compared()));
        }
        lines.add(alerts().isEmpty() ? "No alert." : alerts().size() + " alerts.");
        return lines;
    }

    public String json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of plain values is always written", e);
        }
    }

    /** @throws IllegalArgumentException when it is no report */
    public static DriftReport read(String json) {
        try {
            return JSON.readValue(json, DriftReport.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no drift report: " + e.getOriginalMessage(), e);
        }
    }
}
