package org.myonode.crossvalidation.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.myonode.db.CorrectedContour;

/**
 * The stored contours that experts drew over those of a model. They are no blind reference: most of such a contour is the
 * model's own, and the model agrees with it better than it would with one that was drawn before an empty slice.
 *
 * @param contours all of the structure
 * @param taken whether they are among the cases
 */
public record Corrected(List<CorrectedContour> contours, boolean taken) {

    /** None, as of phantoms. */
    public static final Corrected NONE = new Corrected(List.of(), false);

    /** Keeps its own copy. */
    public Corrected {
        contours = List.copyOf(contours);
    }

    /** What a reader must be told; empty when there are none. */
    public List<String> sentences(List<Candidate> candidates) {
        List<String> lines = new ArrayList<>();
        if (contours.isEmpty()) {
            return lines;
        }
        lines.add(contours.size()
                + (contours.size() == 1 ? " stored contour is a correction" : " stored contours are corrections")
                + " of what a model had drawn ("
                + String.join(
                        ", ",
                        byModel().entrySet().stream()
                                .map(model -> model.getValue() + " of " + model.getKey())
                                .toList())
                + (taken ? ")." : "): left out, as no contour drawn blind; --corrections takes them in."));
        if (taken) {
            for (Candidate candidate : candidates) {
                long own = ofModel(candidate.sha256());
                if (own > 0) {
                    lines.add("BIASED: " + own + " of them correct " + candidate.name()
                            + " itself. Its agreement with them is too good, and says little of its quality.");
                }
            }
        }
        return lines;
    }

    private long ofModel(String sha256) {
        return contours.stream()
                .filter(contour -> contour.modelSha256().equals(sha256))
                .count();
    }

    private Map<String, Integer> byModel() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        contours.forEach(contour -> counts.merge(contour.modelId() + " " + contour.modelVersion(), 1, Integer::sum));
        return counts;
    }
}
