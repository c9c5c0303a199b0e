package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.CtSlices;

/** Pixel data (PS3.5 section 8 and annex A.4), in files that DCMTK and GDCM have made. */
public abstract class PixelContract {
    /** The implementation under test. */
    protected abstract PixelToolkit toolkit();

    static byte[] file(String name) throws IOException {
        try (InputStream in =
                PixelContract.class.getResourceAsStream("/org/myonode/dicom/compressed/" + name + ".dcm")) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000"})
    void without_loss_every_stored_value_comes_back(String name) throws IOException {
        assertThat(toolkit().pixels(file(name)))
                .hasValueSatisfying(pixels -> assertThat(pixels).isEqualTo(CtSlices.SIGNED_16.pixels(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg-baseline", "jpeg-extended", "near-lossless", "jpeg-2000-lossy"})
    void with_loss_there_is_an_image_all_the_same(String name) throws IOException {
        assertThat(toolkit().pixels(file(name)))
                .hasValueSatisfying(pixels -> assertThat(pixels).hasSize(CtSlices.SIGNED_16.pixels(1).length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000"})
    void a_stream_of_zeros_is_refused(String name) throws IOException {
        byte[] damaged = file(name);
        Arrays.fill(damaged, damaged.length / 2 - 1000, damaged.length - 16, (byte) 0);
        assertThat(toolkit().pixels(damaged))
                .as("refused, or read as far as zeros are a code")
                .satisfiesAnyOf(
                        pixels -> assertThat(pixels).isEmpty(),
                        pixels -> assertThat(pixels)
                                .hasValueSatisfying(
                                        values -> assertThat(values).isNotEqualTo(CtSlices.SIGNED_16.pixels(1))));
    }
}
