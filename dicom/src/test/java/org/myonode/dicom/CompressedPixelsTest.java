package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.myonode.dicom.peers.Peers;

/** What DCMTK and GDCM compress is decompressed here, bit for bit where nothing was lost. */
class CompressedPixelsTest {
    /** A program of another toolkit, and what it makes. The arguments end before the two files. */
    private enum Encoder {
        DCMTK_RLE(UID.RLELossless, "dcmcrle"),
        DCMTK_RLE_FRAGMENTS(UID.RLELossless, "dcmcrle", "-ot"),
        GDCM_RLE(UID.RLELossless, "gdcmconv", "--rle"),
        DCMTK_JPEG_SV1(UID.JPEGLosslessSV1, "dcmcjpeg", "+e1"),
        DCMTK_JPEG_2(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "2"),
        DCMTK_JPEG_3(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "3"),
        DCMTK_JPEG_4(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "4"),
        DCMTK_JPEG_5(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "5"),
        DCMTK_JPEG_6(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "6"),
        DCMTK_JPEG_7(UID.JPEGLossless, "dcmcjpeg", "+el", "+sv", "7"),
        DCMTK_JPEG_FRAGMENTS(UID.JPEGLosslessSV1, "dcmcjpeg", "+e1", "+fs", "1"),
        GDCM_JPEG(UID.JPEGLosslessSV1, "gdcmconv", "--jpeg"),
        DCMTK_JPEG_LS(UID.JPEGLSLossless, "dcmcjpls", "+el"),
        DCMTK_JPEG_LS_FRAGMENTS(UID.JPEGLSLossless, "dcmcjpls", "+el", "+fs", "1", "-ot"),
        GDCM_JPEG_LS(UID.JPEGLSLossless, "gdcmconv", "--jpegls"),
        GDCM_JPEG_2000(UID.JPEG2000Lossless, "gdcmconv", "--j2k"),
        DCMTK_NEAR_LOSSLESS(UID.JPEGLSNearLossless, "dcmcjpls", "+en", "+md", "3"),
        GDCM_JPEG_2000_LOSSY(UID.JPEG2000, "gdcmconv", "--j2k", "--lossy", "-I", "-r", "8"),
        DCMTK_BASELINE(UID.JPEGBaseline8Bit, "dcmcjpeg", "+eb", "+q", "95"),
        DCMTK_EXTENDED(UID.JPEGExtended12Bit, "dcmcjpeg", "+ee", "+q", "95");

        private final String syntax;
        private final List<String> command;

        Encoder(String syntax, String... command) {
            this.syntax = syntax;
            this.command = List.of(command);
        }

        /** The image as this program writes it. */
        DicomFile encode(DicomFile image, Path folder) throws IOException, InterruptedException {
            assumeTrue(Peers.onPath(command.get(0)), command.get(0) + " is not installed");
            Path plain = folder.resolve("plain.dcm");
            Path compressed = folder.resolve(name() + ".dcm");
            Part10.write(plain, image);
            List<String> words = new ArrayList<>(command);
            words.add(plain.toString());
            words.add(compressed.toString());
            Peers.Outcome outcome = Peers.run(words);
            assertThat(outcome.exitCode()).as("%s: %s", words, outcome.output()).isZero();
            DicomFile file = Part10.read(compressed);
            assertThat(file.transferSyntax()).as(name()).isEqualTo(syntax);
            return file;
        }

        /** The encoded image as the same toolkit decodes it. */
        DicomFile decode(Path folder) throws IOException, InterruptedException {
            Path plain = folder.resolve("decoded.dcm");
            List<String> words = new ArrayList<>();
            switch (command.get(0)) {
                case "dcmcjpls" -> words.add("dcmdjpls");
                case "dcmcjpeg" -> words.add("dcmdjpeg");
                default -> words.addAll(List.of("gdcmconv", "--raw"));
            }
            words.add(folder.resolve(name() + ".dcm").toString());
            words.add(plain.toString());
            Peers.Outcome outcome = Peers.run(words);
            assertThat(outcome.exitCode()).as("%s: %s", words, outcome.output()).isZero();
            return Part10.read(plain);
        }
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DCMTK_NEAR_LOSSLESS", "GDCM_JPEG_2000_LOSSY", "DCMTK_BASELINE", "DCMTK_EXTENDED"})
    void everySampleOfEveryFrameComesBack(Encoder encoder) throws Exception {
        for (CtSlices slice : CtSlices.values()) {
            for (int frames : slice == CtSlices.SIGNED_12 ? new int[] {1, 3} : new int[] {1}) {
                DicomFile compressed = encoder.encode(slice.file(frames), folder);
                assertThat(PixelData.monochrome16(compressed))
                        .as("%s %s", encoder, slice)
                        .isEqualTo(slice.pixels(frames));
                assertThat(PixelData.isLossy(compressed)).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DCMTK_NEAR_LOSSLESS", "GDCM_JPEG_2000_LOSSY", "DCMTK_BASELINE", "DCMTK_EXTENDED"})
    void whatWasLostIsLostAsTheOtherToolkitSees(Encoder encoder) throws Exception {
        DicomFile compressed = encoder.encode(CtSlices.UNSIGNED_12.file(2), folder);
        assertThat(PixelData.isLossy(compressed)).isTrue();
        short[] ours = PixelData.monochrome16(compressed);
        short[] theirs = PixelData.monochrome16(encoder.decode(folder));
        for (int i = 0; i < theirs.length; i++) {
            theirs[i] = (short) Math.min(theirs[i], 4095); // GDCM leaves what overshoots above Bits Stored
        }
        assertThat(ours).hasSameSizeAs(theirs);
        // Inverse transforms of these two are computed in floating point or with rounding on the way (ISO 10918-2).
        int tolerance = encoder == Encoder.DCMTK_NEAR_LOSSLESS ? 0 : 1;
        for (int i = 0; i < ours.length; i++) {
            assertThat((int) ours[i]).as("sample %d", i).isBetween(theirs[i] - tolerance, theirs[i] + tolerance);
        }
    }
}
