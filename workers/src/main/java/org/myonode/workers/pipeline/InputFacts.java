package org.myonode.workers.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.myonode.dicom.Tag;
import org.myonode.workers.volume.Frames;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;

/**
 * What the measured image was like, so that a change of scanners, protocols or patients can be seen over many studies.
 * Nothing here names anybody: an age above {@value #OLDEST} is said as {@value #OLDEST}.
 *
 * @param sliceThicknessMm as stated
 * @param kernel convolution kernel, several joined
 * @param ageYears Patient's Age (0010,1010) in whole years
 * @param percentilesHu 10th, 50th and 90th percentile of the pixels above {@value #BODY_HU} HU; empty when there is none
 */
record InputFacts(
        OptionalDouble sliceThicknessMm, Optional<String> kernel, OptionalInt ageYears, Optional<int[]> percentilesHu) {

    static final int OLDEST = 90;
    private static final int BODY_HU = -300;

    static InputFacts of(ImageHeader image, HuSlice slice) {
        return new InputFacts(
                image.sliceThicknessMm(),
                image.kernels().isEmpty() ? Optional.empty() : Optional.of(String.join("/", image.kernels())),
                age(image),
                percentiles(slice));
    }

    private static OptionalInt age(ImageHeader image) {
        try {
            return years(Frames.header(image).text(Tag.PatientAge).orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException(image.file() + " cannot be read again", e);
        }
    }

    /** An age string (PS3.5 section 6.2): three digits and D, W, M or Y. */
    static OptionalInt years(String age) {
        if (!age.matches("\\d{3}[DWMY]")) {
            return OptionalInt.empty();
        }
        int count = Integer.parseInt(age.substring(0, 3));
        int years = switch (age.charAt(3)) {
            case 'Y' -> count;
            case 'M' -> count / 12;
            case 'W' -> count / 52;
            default -> count / 365;
        };
        return OptionalInt.of(Math.min(OLDEST, years));
    }

    private static Optional<int[]> percentiles(HuSlice slice) {
        short[] body = new short[slice.hu().length];
        int n = 0;
        for (short value : slice.hu()) {
            if (value > BODY_HU) {
                body[n++] = value;
            }
        }
        if (n == 0) {
            return Optional.empty();
        }
        Arrays.sort(body, 0, n);
        return Optional.of(new int[] {body[n / 10], body[n / 2], body[n - 1 - n / 10]});
    }
}
