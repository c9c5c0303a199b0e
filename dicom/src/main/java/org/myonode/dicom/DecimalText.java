package org.myonode.dicom;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as Decimal String: at most 16 characters, with as many digits as fit (PS3.5 6.2). */
final class DecimalText {
    private static final int LIMIT = 16;

    private DecimalText() {}

    /** The closest decimal string of at most 16 characters, in fixed point where that is as exact. */
    static String of(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a decimal string cannot hold " + value);
        }
        if (value == 0) {
            return "0";
        }
        // The shortest text that names this double, not its binary expansion: 0.1 stays 0.1.
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        for (int digits = exact.precision(); digits > 0; digits--) {
            BigDecimal rounded =
                    exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
            String plain = rounded.toPlainString();
            if (plain.length() <= LIMIT) {
                return plain;
            }
            String scientific = scientific(rounded);
            if (scientific.length() <= LIMIT) {
                return scientific;
            }
        }
        throw new IllegalStateException("one digit and an exponent always fit");
    }

    private static String scientific(BigDecimal number) {
        String digits = number.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - number.scale();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return (number.signum() < 0 ? "-" : "") + digits.charAt(0) + fraction + "E" + exponent;
    }
}
