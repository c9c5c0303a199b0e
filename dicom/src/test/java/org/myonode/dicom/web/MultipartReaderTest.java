package org.myonode.dicom.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultipartReaderTest {
    private static final String BOUNDARY = "b-1";

    @Test
    void partsOfAnyLengthComeOutAsTheyWentIn() throws IOException {
        Random random = new Random(20261124);
        for (int round = 0; round < 60; round++) {
            List<byte[]> parts = new ArrayList<>();
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            message.writeBytes(ascii(round % 2 == 0 ? "" : "a preamble\r\nof two lines\r\n"));
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] part = new byte[random.nextInt(random.nextInt(4) == 0 ? 200_000 : 200)];
                for (int j = 0; j < part.length; j++) {
                    // full of beginnings of delimiters
                    part[j] = (byte) "\r\n--b-\r\r\nx".charAt(random.nextInt(10));
                }
                parts.add(part);
                message.writeBytes(ascii((parts.size() == 1 ? "" : "\r\n") + "--" + BOUNDARY
                        + "\r\nContent-Type: application/dicom\r\n\r\n"));
                message.writeBytes(part);
            }
            message.writeBytes(ascii("\r\n--" + BOUNDARY + "--\r\nan epilogue"));

            MultipartReader reader = new MultipartReader(trickle(message.toByteArray(), random), BOUNDARY);
            for (byte[] part : parts) {
                MultipartReader.Part read = reader.next().orElseThrow();
                assertThat(read.header("CONTENT-TYPE")).contains("application/dicom");
                if (random.nextInt(4) > 0) {
                    assertThat(read.body().readAllBytes()).as("round %d", round).isEqualTo(part);
                }
            }
            assertThat(reader.next()).isEmpty();
            assertThat(reader.next()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no delimiter at all|without its closing delimiter",
                "--b-1~Content-Type: a/b~~body~--b-|without its closing delimiter",
                "--b-1~Content-Type: a/b~|inside the headers",
                "--b-1x~Content-Type: a/b~~body~--b-1--|goes on",
                "--b-1~no colon~~body~--b-1--|without a name"
            })
    void aMessageThatIsNoneIsRefused(String message, String reason) {
        assertThatThrownBy(() -> readAll(message.replace("~", "\r\n")))
                .isInstanceOf(MultipartException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void headersWithoutEndAreRefused() {
        assertThatThrownBy(() -> readAll("--b-1\r\n" + "a: b\r\n".repeat(10_000)))
                .isInstanceOf(MultipartException.class)
                .hasMessageContaining("16384 characters");
    }

    @Test
    void aBoundaryIsQuotedOrNot() {
        assertThat(MediaType.parse("Multipart/Related; type=\"application/dicom\"; Boundary=\"a b\\\"c\"")
                        .orElseThrow())
                .isEqualTo(new MediaType(
                        "multipart/related", java.util.Map.of("type", "application/dicom", "boundary", "a b\"c")));
        assertThat(MediaType.parse("application/dicom;transfer-syntax=1.2.3 ")
                        .orElseThrow()
                        .parameter("transfer-syntax"))
                .contains("1.2.3");
        assertThat(MediaType.parse("none")).isEmpty();
        assertThat(MediaType.parse("a/b; c")).isEmpty();
    }

    private static void readAll(String message) throws IOException {
        MultipartReader reader = new MultipartReader(new ByteArrayInputStream(ascii(message)), BOUNDARY);
        for (var part = reader.next(); part.isPresent(); part = reader.next()) {
            part.get().body().readAllBytes();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Delivers a few bytes at a time, as a network does. */
    private static InputStream trickle(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(5000)));
            }
        };
    }
}
