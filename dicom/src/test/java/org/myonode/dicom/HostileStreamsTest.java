package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compressed frames as they should not be. The files were made by DCMTK and GDCM from {@link CtSlices}, so that these
 * tests need neither.
 */
class HostileStreamsTest {
    static final String[] FILES = {
        "rle",
        "jpeg-lossless",
        "jpeg-baseline",
        "jpeg-extended",
        "jpeg-ls",
        "near-lossless",
        "jpeg-2000",
        "jpeg-2000-lossy"
    };

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = HostileStreamsTest.class.getResourceAsStream("compressed/" + name + ".dcm")) {
            return in.readAllBytes();
        }
    }

    static DicomFile file(String name) throws IOException {
        return Part10.read(new java.io.ByteArrayInputStream(bytes(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000"})
    void theFilesHoldWhatTheyShould(String name) throws IOException {
        assertThat(PixelData.monochrome16(file(name))).isEqualTo(CtSlices.SIGNED_16.pixels(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rle",
                "jpeg-lossless",
                "jpeg-baseline",
                "jpeg-extended",
                "jpeg-ls",
                "near-lossless",
                "jpeg-2000",
                "jpeg-2000-lossy"
            })
    void aStreamThatWasCutOffIsNeverAFrame(String name) throws IOException {
        DicomFile whole = file(name);
        byte[] stream = whole.dataSet().fragments(Tag.PixelData).get(1);
        // The end marker of JPEG 2000 can go missing, its tile-parts say how long they are.
        int last = stream.length - (name.startsWith("jpeg-2000") ? 4 : 3);
        Random random = new Random(17);
        for (int length = last; length >= 0; length -= 1 + random.nextInt(1 + last / 60)) {
            DicomFile cut = with(whole, Arrays.copyOf(stream, length));
            assertThatThrownBy(() -> PixelData.monochrome16(cut))
                    .as("%d of %d bytes", length, stream.length)
                    .isInstanceOf(DicomException.class)
                    .hasMessageContaining("PixelData (7FE0,0010)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rle",
                "jpeg-lossless",
                "jpeg-baseline",
                "jpeg-extended",
                "jpeg-ls",
                "near-lossless",
                "jpeg-2000",
                "jpeg-2000-lossy"
            })
    void aDamagedStreamIsAFrameOrATypedError(String name) throws IOException {
        DicomFile whole = file(name);
        byte[] stream = whole.dataSet().fragments(Tag.PixelData).get(1);
        Random random = new Random(18);
        int frames = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = stream.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                // Every other time where the headers are.
                int at = random.nextInt(i % 2 == 0 ? Math.min(120, damaged.length) : damaged.length);
                damaged[at] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                PixelData.monochrome16(with(whole, damaged));
                frames++;
            } catch (DicomException expected) {
                assertThat(expected).hasMessageContaining("frame 1 in ");
            }
        }
        assertThat(frames).isBetween(0, 299);
    }

    @Test
    void aMatrixThatTheStreamDoesNotHaveIsRefusedBeforeMemoryIsSpent() throws IOException {
        for (String name : FILES) {
            DicomFile huge = with(
                    file(name), file(name).dataSet().fragments(Tag.PixelData).get(1));
            huge.dataSet().set(Tag.Rows, 0xFFFF).set(Tag.Columns, 0xFFFF);
            assertThatThrownBy(() -> PixelData.monochrome16(huge))
                    .as(name)
                    .isInstanceOf(DicomException.class)
                    .hasMessageContaining("65535 x 65535 pixels need 8589672450 bytes, more than memory allows");
            DicomFile frames = with(
                    file(name), file(name).dataSet().fragments(Tag.PixelData).get(1));
            frames.dataSet().set(Tag.NumberOfFrames, 1_000_000);
            assertThatThrownBy(() -> PixelData.monochrome16(frames))
                    .as(name)
                    .isInstanceOf(DicomException.class)
                    .hasMessageContaining("1 fragments for 1000000 frames");
        }
    }

    @Test
    void twoBytesFfInAPacketOfJpeg2000AreRefused() throws IOException {
        // JJ2000 reads on for ever where the standard allows none above FF8F.
        byte[] stream =
                file("jpeg-2000").dataSet().fragments(Tag.PixelData).get(1).clone();
        stream[1000] = (byte) 0xFF;
        stream[1001] = (byte) 0xFF;
        DicomFile damaged = with(file("jpeg-2000"), stream);
        assertThatThrownBy(() -> PixelData.monochrome16(damaged))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("marker FFFF inside a packet at byte 1000 of the frame");
    }

    @Test
    void fragmentsAreDealtOutByTheOffsetTableOrByWhereStreamsBegin() throws IOException {
        byte[] stream = file("jpeg-ls").dataSet().fragments(Tag.PixelData).get(1);
        byte[] first = Arrays.copyOf(stream, 1000);
        byte[] second = Arrays.copyOfRange(stream, 1000, stream.length);
        List<byte[]> pieces = List.of(first, second, stream, first, second);
        byte[] offsets = HexFormat.of().parseHex("00000000" + le(stream.length + 16) + le(2 * stream.length + 24));
        short[] expected = CtSlices.SIGNED_16.pixels(1);
        for (byte[] table : List.of(new byte[0], offsets)) {
            List<byte[]> fragments = new ArrayList<>(List.of(table));
            fragments.addAll(pieces);
            DicomFile file = with(file("jpeg-ls"), stream);
            file.dataSet().set(Tag.NumberOfFrames, 3).setFragments(Tag.PixelData, VR.OB, fragments);
            short[] pixels = PixelData.monochrome16(file);
            for (int frame = 0; frame < 3; frame++) {
                assertThat(Arrays.copyOfRange(pixels, frame * expected.length, (frame + 1) * expected.length))
                        .isEqualTo(expected);
            }
            file.dataSet().set(Tag.NumberOfFrames, 2);
            assertThatThrownBy(() -> PixelData.monochrome16(file)).isInstanceOf(DicomException.class);
        }
        DicomFile wrong = with(file("jpeg-ls"), stream);
        wrong.dataSet()
                .set(Tag.NumberOfFrames, 2)
                .setFragments(
                        Tag.PixelData,
                        VR.OB,
                        List.of(HexFormat.of().parseHex("0000000012000000"), first, second, stream));
        assertThatThrownBy(() -> PixelData.monochrome16(wrong))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("no fragment begins at 18, where frame 2 should");
    }

    @Test
    void restartIntervalsAndPointTransformsOfLosslessJpegAreUnderstood() {
        // Two lines of two samples of 8 bits, an interval of one line each, every difference 0: 128, or 64 shifted by
        // one.
        String head =
                "FFD8 FFC3000B 08 0002 0002 01 011100 FFC40014 00 01000000000000000000000000000000 00 FFDD0004 0002 ";
        for (int pt = 0; pt < 2; pt++) {
            byte[] stream = hex(head + "FFDA0008 01 0100 01000" + pt + " 3F FFD0 3F FFD9");
            DicomFile file = Part10.of(
                    CtSlices.SIGNED_16
                            .file(1)
                            .dataSet()
                            .copy()
                            .set(Tag.Rows, 2)
                            .set(Tag.Columns, 2)
                            .set(Tag.BitsAllocated, 8)
                            .set(Tag.BitsStored, 8)
                            .set(Tag.HighBit, 7)
                            .set(Tag.PixelRepresentation, 0)
                            .setFragments(Tag.PixelData, VR.OB, List.of(new byte[0], stream)),
                    UID.JPEGLossless);
            assertThat(PixelData.monochrome16(file)).containsOnly((short) 128);
        }
    }

    private static DicomFile with(DicomFile file, byte[] stream) {
        DataSet copy = file.dataSet().copy();
        copy.setFragments(Tag.PixelData, VR.OB, List.of(new byte[0], stream));
        return new DicomFile(file.meta(), copy);
    }

    private static String le(int value) {
        return String.format("%08x", Integer.reverseBytes(value));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
