package org.myonode.workers.measure;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A limit of the skeletal muscle index that a site chose from the literature. The program compares and cites; it draws
 * no conclusion.
 *
 * @param sex M or F, as Patient's Sex (0010,0040)
 * @param indexCm2PerM2 the limit in cm2/m2
 * @param citation where it comes from, plain ASCII
 */
public record Cutoff(String sex, double indexCm2PerM2, String citation) {

    /** Refuses a limit without a source, and one that no index is near. */
    public Cutoff {
        if (!sex.equals("M") && !sex.equals("F")) {
            throw new IllegalArgumentException("sex " + sex + " is neither M nor F");
        }
        if (!(indexCm2PerM2 > 10 && indexCm2PerM2 < 120)) {
            throw new IllegalArgumentException("a limit of " + indexCm2PerM2 + " cm2/m2 is not between 10 and 120");
        }
        if (citation.isBlank() || !StandardCharsets.US_ASCII.newEncoder().canEncode(citation)) {
            throw new IllegalArgumentException("the citation is missing or not plain ASCII");
        }
    }

    /** One sentence that says on which side of the limit an index in cm2/m2 lies. */
    public String compared(double index) {
        return String.format(
                Locale.ROOT,
                "Skeletal muscle index %.1f cm2/m2 is %s the cut-off of %.1f cm2/m2 for sex %s set by this site (%s);"
                        + " not a diagnosis",
                index,
                index < indexCm2PerM2 ? "below" : "not below",
                indexCm2PerM2,
                sex,
                citation);
    }
}
