package org.myonode.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.PixelData;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;
import org.myonode.dicom.peers.Peers;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;

/** The main job on compressed series: a phantom's CT in each transfer syntax is measured like the plain one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressedSeriesTest {
    private static final int SLICES = 11;

    @TempDir
    static Path folder;

    private PhantomStudy phantom;
    private Path plain;
    private String middle;
    private String middleFile;
    private JsonNode expected;

    @BeforeAll
    void phantom() throws IOException {
        phantom = PhantomStudy.write(
                folder.resolve("phantom"),
                800_007,
                StudyOptions.small()
                        .covering(StudyOptions.Coverage.ABDOMEN_PELVIS)
                        .withoutPet(),
                percent -> {});
        int l3 = phantom.truth().l3MidSlice().orElseThrow();
        middle = phantom.truth().sliceSopInstanceUids().get(l3);
        plain = Files.createDirectories(folder.resolve("plain"));
        for (Path file : phantom.ctFiles()) {
            DicomFile ct = Part10.read(file);
            int slice = phantom.truth().sliceSopInstanceUids().indexOf(ct.sopInstanceUid());
            if (slice == l3) {
                middleFile = file.getFileName().toString();
            }
            if (Math.abs(slice - l3) <= SLICES / 2) {
                Part10.write(plain.resolve(file.getFileName()), twelveBits(ct));
            }
        }
        expected = analyse(plain, "--slice", middle);
    }

    /** As scanners store them: 12 bits without sign, 0 for -1024 HU. */
    private static DicomFile twelveBits(DicomFile ct) {
        DataSet image = ct.dataSet().copy();
        short[] stored = PixelData.monochrome16(ct);
        double slope = image.requireDecimal(Tag.RescaleSlope);
        double intercept = image.requireDecimal(Tag.RescaleIntercept);
        ByteBuffer pixels = ByteBuffer.allocate(2 * stored.length).order(ByteOrder.LITTLE_ENDIAN);
        for (short value : stored) {
            pixels.putShort((short) Math.max(0, Math.min(4095, Math.round(value * slope + intercept) + 1024)));
        }
        image.remove(Tag.SmallestImagePixelValue)
                .remove(Tag.LargestImagePixelValue)
                .remove(Tag.PixelPaddingValue)
                .set(Tag.PixelRepresentation, 0)
                .set(Tag.BitsStored, 12)
                .set(Tag.HighBit, 11)
                .set(Tag.RescaleIntercept, "-1024")
                .set(Tag.RescaleSlope, "1")
                .setBytes(Tag.PixelData, VR.OW, pixels.array());
        return Part10.of(image, UID.ExplicitVRLittleEndian);
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.1.2.5, dcmcrle",
        "1.2.840.10008.1.2.4.57, dcmcjpeg +el +sv 4",
        "1.2.840.10008.1.2.4.70, dcmcjpeg +e1",
        "1.2.840.10008.1.2.4.80, dcmcjpls +el",
        "1.2.840.10008.1.2.4.90, gdcmconv --j2k"
    })
    void a_series_without_loss_gives_the_same_result(String syntax, String command) throws Exception {
        JsonNode result = analyse(compressed(plain, syntax, command), "--slice", middle);

        assertThat(result.path("muscle")).isEqualTo(expected.path("muscle"));
        assertThat(result.path("quality")).isEqualTo(expected.path("quality"));
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.1.2.4.51, dcmcjpeg +ee +q 97",
        "1.2.840.10008.1.2.4.81, dcmcjpls +en +md 2",
        "1.2.840.10008.1.2.4.91, gdcmconv --j2k --lossy -I -r 5"
    })
    void a_series_with_loss_is_measured_and_says_so(String syntax, String command) throws Exception {
        Path series = compressed(plain, syntax, command);
        // An image that lost something is another instance (PS3.3 C.7.6.1.1.5).
        String uid = Part10.readHeader(series.resolve(middleFile)).sopInstanceUid();
        JsonNode result = analyse(series, "--slice", uid);

        double area = expected.at("/muscle/areaCm2").asDouble();
        assertThat(result.at("/muscle/areaCm2").asDouble())
                .as("area in cm2, %.1f without loss", area)
                .isBetween(area * 0.97, area * 1.03);
        assertThat(result.path("quality").toString()).contains("LOSSY_SOURCE");
        assertThat(expected.path("quality").toString()).doesNotContain("LOSSY_SOURCE");
    }

    /** JPEG Baseline has 8 bits: a CT in it is one that somebody has windowed, here -1024 to 1016 HU in steps of 8. */
    @Test
    void a_series_of_8_bits_in_jpeg_baseline_is_measured_and_says_so() throws Exception {
        Path windowed = Files.createDirectories(folder.resolve("windowed"));
        try (var files = Files.list(plain)) {
            for (Path file : files.toList()) {
                Part10.write(windowed.resolve(file.getFileName()), eightBits(Part10.read(file)));
            }
        }
        Path series = compressed(windowed, UID.JPEGBaseline8Bit, "dcmcjpeg +eb +q 97");
        String uid = Part10.readHeader(series.resolve(middleFile)).sopInstanceUid();
        JsonNode result = analyse(series, "--slice", uid);

        double area = expected.at("/muscle/areaCm2").asDouble();
        assertThat(result.at("/muscle/areaCm2").asDouble())
                .as("area in cm2, %.1f without loss", area)
                .isBetween(area * 0.9, area * 1.1);
        assertThat(result.path("quality").toString()).contains("LOSSY_SOURCE");
    }

    private static DicomFile eightBits(DicomFile ct) {
        DataSet image = ct.dataSet().copy();
        short[] stored = PixelData.monochrome16(ct);
        byte[] pixels = new byte[stored.length];
        for (int i = 0; i < stored.length; i++) {
            int hu = stored[i] - 1024;
            pixels[i] = (byte) Math.max(0, Math.min(255, (hu + 1024) / 8));
        }
        image.set(Tag.BitsAllocated, 8)
                .set(Tag.BitsStored, 8)
                .set(Tag.HighBit, 7)
                .set(Tag.RescaleIntercept, "-1024")
                .set(Tag.RescaleSlope, "8")
                .setBytes(Tag.PixelData, VR.OW, pixels);
        return Part10.of(image, UID.ExplicitVRLittleEndian);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.840.10008.1.2.4.201",
                "1.2.840.10008.1.2.4.202",
                "1.2.840.10008.1.2.4.203",
                "1.2.840.10008.1.2.4.100"
            })
    void a_series_that_is_stored_and_not_decoded_is_an_expected_no_that_names_its_compression(String syntax)
            throws Exception {
        Path series = Files.createTempDirectory(folder, "undecoded");
        try (var files = Files.list(plain)) {
            for (Path file : files.toList()) {
                DataSet image = Part10.read(file).dataSet();
                image.setFragments(Tag.PixelData, VR.OB, List.of(new byte[0], new byte[] {1, 2, 3, 4}));
                Part10.write(series.resolve(file.getFileName()), Part10.of(image, syntax));
            }
        }
        Path out = folder.resolve("out-" + syntax);
        Cli.Output output = Cli.run("analyse", series.toString(), "--out", out.toString(), "--slice", middle);

        assertThat(output.exitCode()).as(output.text()).isEqualTo(Main.EXPECTED_NO);
        assertThat(output.text()).contains("cannot be decoded", syntax);
        assertThat(new ObjectMapper()
                        .readTree(out.resolve("result.json").toFile())
                        .toString())
                .contains(syntax);
    }

    @Test
    void what_is_lossy_by_its_transfer_syntax_alone_gives_objects_that_say_so() throws Exception {
        Path series = compressed(plain, UID.JPEGLSNearLossless, "dcmcjpls +en +md 2");
        try (var files = Files.list(series)) {
            for (Path file : files.toList()) {
                DicomFile image = Part10.read(file);
                image.dataSet()
                        .remove(Tag.LossyImageCompression)
                        .remove(Tag.LossyImageCompressionMethod)
                        .remove(Tag.LossyImageCompressionRatio);
                Part10.write(file, image);
            }
        }
        Path out = folder.resolve("unsaid");
        String uid = Part10.readHeader(series.resolve(middleFile)).sopInstanceUid();
        assertThat(Main.execute("analyse", series.toString(), "--out", out.toString(), "--slice", uid))
                .isZero();

        for (String name : List.of("seg.dcm", "sc.dcm")) {
            DataSet object = Part10.read(out.resolve(name)).dataSet();
            assertThat(object.requireText(Tag.LossyImageCompression)).as(name).isEqualTo("01");
            assertThat(object.requireText(Tag.LossyImageCompressionMethod)).isEqualTo("ISO_14495_1");
            assertThat(object.requireDecimal(Tag.LossyImageCompressionRatio)).isBetween(1.5, 20.0);
        }
    }

    @Test
    void l3_is_found_in_a_compressed_series() throws Exception {
        Path whole = Files.createDirectories(folder.resolve("whole"));
        for (Path file : phantom.ctFiles()) {
            Files.copy(file, whole.resolve(file.getFileName()));
        }
        JsonNode result = analyse(compressed(whole, UID.JPEGLSLossless, "dcmcjpls +el"));
        JsonNode uncompressed = analyse(whole);

        assertThat(result.path("l3")).isEqualTo(uncompressed.path("l3"));
        assertThat(result.path("muscle")).isEqualTo(uncompressed.path("muscle"));
    }

    private static Path compressed(Path from, String syntax, String command) throws Exception {
        List<String> program = List.of(command.split(" "));
        assumeTrue(Peers.onPath(program.get(0)), program.get(0) + " is not installed");
        Path to = Files.createTempDirectory(folder, "compressed");
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                List<String> words = new ArrayList<>(program);
                words.add(file.toString());
                words.add(to.resolve(file.getFileName()).toString());
                Peers.Outcome outcome = Peers.run(words);
                assertThat(outcome.exitCode())
                        .as("%s: %s", words, outcome.output())
                        .isZero();
                assertThat(Part10.readHeader(to.resolve(file.getFileName())).transferSyntax())
                        .isEqualTo(syntax);
            }
        }
        return to;
    }

    private static JsonNode analyse(Path series, String... options) throws IOException {
        Path out = Files.createTempDirectory(folder, "out");
        List<String> arguments = new ArrayList<>(List.of("analyse", series.toString(), "--out", out.toString()));
        arguments.addAll(List.of(options));
        assertThat(Main.execute(arguments.toArray(String[]::new))).isZero();
        return new ObjectMapper().readTree(out.resolve("result.json").toFile());
    }
}
