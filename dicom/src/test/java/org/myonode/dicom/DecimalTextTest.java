package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalTextTest {
    @Test
    void examples() {
        assertThat(DecimalText.of(0.1)).isEqualTo("0.1");
        assertThat(DecimalText.of(100)).isEqualTo("100");
        assertThat(DecimalText.of(-0.0)).isEqualTo("0");
        assertThat(DecimalText.of(Math.PI)).isEqualTo("3.14159265358979");
        assertThat(DecimalText.of(-Math.PI)).isEqualTo("-3.1415926535898");
        assertThat(DecimalText.of(1.0 / 3)).isEqualTo("0.33333333333333");
        assertThat(DecimalText.of(Double.MIN_VALUE)).isEqualTo("4.9E-324");
        assertThat(DecimalText.of(-1.2345678901234567e-300)).isEqualTo("-1.23456789E-300");
    }

    @Test
    void anyNumberFitsIntoSixteenCharactersAndKeepsTheDigitsThatFit() {
        Random random = new Random(16);
        for (int i = 0; i < 20_000; i++) {
            double value = random.nextBoolean()
                    ? Double.longBitsToDouble(random.nextLong())
                    : random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                continue;
            }
            String text = DecimalText.of(value);
            assertThat(text.length()).isLessThanOrEqualTo(16);
            double magnitude = Math.abs(value);
            // Sign, point and exponent take at most seven characters; in fixed point at least eleven digits stay.
            double tolerance = magnitude > 1e-3 && magnitude < 1e9 ? 1e-10 : 1e-8;
            if (magnitude > Double.MIN_NORMAL) {
                assertThat(Math.abs(Double.parseDouble(text) - value)).isLessThanOrEqualTo(magnitude * tolerance);
            }
        }
    }
}
