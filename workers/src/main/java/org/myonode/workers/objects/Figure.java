package org.myonode.workers.objects;

/**
 * A figure of the mask beyond those that every report has, with a concept and a method of our own scheme.
 *
 * @param code code value of the concept, at most 16 ASCII characters
 * @param meaning what it is, at most 64 ASCII characters
 * @param value in the unit
 * @param methodCode code value of the method, at most 16 ASCII characters
 * @param method how it came about, at most 64 ASCII characters
 */
public record Figure(String code, String meaning, double value, Unit unit, String methodCode, String method) {

    /** Units of figures, by UCUM. */
    public enum Unit {
        CM2(new Code("cm2", "UCUM", "Centimeter**2")),
        PERCENT(new Code("%", "UCUM", "Percent")),
        HOUNSFIELD(new Code("[hnsf'U]", "UCUM", "Hounsfield unit"));

        private final Code code;

        Unit(Code code) {
            this.code = code;
        }

        Code code() {
            return code;
        }
    }

    /** Refuses what a report could not carry. */
    public Figure {
        brief("code of a figure", code, 16);
        brief("meaning of a figure", meaning, 64);
        brief("code of a method", methodCode, 16);
        brief("method", method, 64);
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(meaning + " of " + value + " is no figure");
        }
    }

    private static void brief(String what, String text, int most) {
        Required.text(what, text);
        if (text.length() > most) {
            throw new IllegalArgumentException("the " + what + " has more than " + most + " characters: " + text);
        }
    }
}
