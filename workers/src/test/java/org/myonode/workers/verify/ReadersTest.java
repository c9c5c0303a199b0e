package org.myonode.workers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.peers.Peers;
import org.myonode.workers.objects.SegWriter;
import org.myonode.workers.objects.SegmentationForm;

/**
 * Other people's readers on the objects: pydicom, GDCM and DCMTK give the mask and the picture back pixel for pixel, and
 * plastimatch fills the contours to the same mask. The image is 61 pixels wide, which is no whole number of bytes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReadersTest {
    private static final String PYTHON = "/usr/bin/python3";
    private static final ResultSet SET = new ResultSet(SegmentationForm.BINARY);
    private static final Map<String, DicomFile> FILES = SET.files();

    @TempDir
    static Path folder;

    @BeforeAll
    void write() throws IOException {
        Files.createDirectories(folder.resolve("ct"));
        for (Map.Entry<String, DicomFile> entry : FILES.entrySet()) {
            String name = entry.getKey();
            Part10.write(folder.resolve(name.startsWith("ct") ? "ct/" + name : name), entry.getValue());
        }
        Part10.write(folder.resolve("labelmap"), SegWriter.write(new ResultSet(SegmentationForm.LABELMAP).context));
    }

    @Test
    void pydicom_reads_masks_picture_contours_and_numbers() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), "python3 is not installed");
        assumeTrue(
                Peers.run(PYTHON, "-W", "ignore", "-c", "import pydicom, numpy").exitCode() == 0,
                "python3-pydicom and python3-numpy are not installed");
        Path script = Files.writeString(folder.resolve("read.py"), """
                import sys, pydicom
                def pixels(name):
                    open(name + '.raw', 'wb').write(pydicom.dcmread(name).pixel_array.astype('uint8').tobytes())
                for name in ('seg', 'labelmap', 'sc'):
                    pixels(name)
                with open('contours.txt', 'w') as out:
                    for contour in pydicom.dcmread('rtstruct').ROIContourSequence[0].ContourSequence:
                        assert len(contour.ContourData) == 3 * contour.NumberOfContourPoints
                        print(*contour.ContourData, file=out)
                def walk(item):
                    for child in item.get('ContentSequence', []):
                        yield child
                        yield from walk(child)
                with open('numbers.txt', 'w') as out:
                    for item in walk(pydicom.dcmread('sr')):
                        if item.ValueType == 'NUM' and item.RelationshipType == 'CONTAINS':
                            value = item.MeasuredValueSequence[0]
                            print(item.ConceptNameCodeSequence[0].CodeValue, value.NumericValue,
                                  value.MeasurementUnitsCodeSequence[0].CodeValue, file=out)
                """);

        Peers.Outcome outcome =
                Peers.run("/bin/sh", "-c", "cd '" + folder + "' && " + PYTHON + " -W ignore " + script.getFileName());

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(Files.readAllBytes(folder.resolve("seg.raw"))).isEqualTo(maskBytes());
        assertThat(Files.readAllBytes(folder.resolve("labelmap.raw"))).isEqualTo(maskBytes());
        assertThat(Files.readAllBytes(folder.resolve("sc.raw"))).isEqualTo(picture());
        assertThat(Files.readAllLines(folder.resolve("numbers.txt")))
                .anyMatch(line -> line.startsWith("131184002 ") && line.endsWith(" cm2"))
                .anyMatch(line -> line.startsWith("SMI ") && line.endsWith(" cm2/m2"))
                .anyMatch(line -> line.startsWith("112031 ") && line.endsWith(" [hnsf'U]"));

        List<double[]> polygons = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("contours.txt"))) {
            polygons.add(inPixels(
                    Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray()));
        }
        PolygonFill fill = PolygonFill.of(polygons, ResultSet.ROWS, ResultSet.COLUMNS);
        assertThat(Arrays.equals(fill.evenOdd(), SET.mask)).as("even-odd").isTrue();
        assertThat(Arrays.equals(fill.nonZero(), SET.mask)).as("non-zero").isTrue();
        assertThat(Arrays.equals(fill.exclusiveOr(), SET.mask))
                .as("exclusive-or")
                .isTrue();
    }

    @Test
    void gdcm_reads_mask_and_picture() throws Exception {
        assumeTrue(Peers.onPath("gdcmimg"), "libgdcm-tools is not installed");

        // Its bit maps of odd widths leave out the filling of rows, so the mask is taken as it lies in the file.
        byte[] mask = image("gdcmraw", "-i", "seg", "-o", folder.resolve("gdcm.raw"));
        byte[] picture = image("gdcmimg", "sc", folder.resolve("gdcm.ppm"));

        assertThat(mask).hasSize((SET.mask.length + 7) / 8);
        for (int i = 0; i < SET.mask.length; i++) {
            assertThat((mask[i / 8] >> i % 8 & 1) == 1).as("pixel %d", i).isEqualTo(SET.mask[i]);
        }
        assertThat(Arrays.copyOfRange(picture, picture.length - picture().length, picture.length))
                .isEqualTo(picture());
    }

    @Test
    void dcmtk_reads_mask_and_picture_and_finds_no_fault_in_report_and_structure_set() throws Exception {
        assumeTrue(Peers.onPath("dcm2pnm") && Peers.onPath("drtdump"), "dcmtk is not installed");

        byte[] mask = image("dcm2pnm", "--write-raw-pnm", "seg", folder.resolve("dcmtk.pgm"));
        byte[] picture = image("dcm2pnm", "--write-raw-pnm", "sc", folder.resolve("dcmtk.ppm"));

        for (int i = 0; i < SET.mask.length; i++) {
            boolean white = mask[mask.length - SET.mask.length + i] != 0;
            assertThat(white).as("pixel %d", i).isEqualTo(SET.mask[i]);
        }
        assertThat(Arrays.copyOfRange(picture, picture.length - picture().length, picture.length))
                .isEqualTo(picture());
        Peers.Outcome report =
                Peers.run("dsrdump", "+Pl", "+Pc", folder.resolve("sr").toString());
        assertThat(report.exitCode()).as(report.output()).isZero();
        assertThat(faults(report)).isEmpty();
        assertThat(report.output())
                .contains("(126000,DCM,\"Imaging Measurement Report\")")
                .contains("(131184002,SCT,\"Area of defined region\")=")
                .contains("(SG image,,1)");
        Peers.Outcome set = Peers.run("drtdump", folder.resolve("rtstruct").toString());
        assertThat(set.exitCode()).as(set.output()).isZero();
        assertThat(faults(set)).isEmpty();
    }

    private static List<String> faults(Peers.Outcome outcome) {
        return outcome.output().lines().filter(line -> line.matches("[EF]:.*")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--xor-contours"})
    void plastimatch_fills_the_contours_to_the_mask(String option) throws Exception {
        assumeTrue(Peers.onPath("plastimatch"), "plastimatch is not installed");
        Path out = folder.resolve("plastimatch" + option);
        List<String> command = new ArrayList<>(List.of(
                "plastimatch",
                "convert",
                "--input",
                folder.resolve("rtstruct").toString(),
                "--referenced-ct",
                folder.resolve("ct").toString(),
                "--output-prefix",
                out.toString(),
                "--prefix-format",
                "mha"));
        if (!option.isEmpty()) {
            command.add(option);
        }

        Peers.Outcome outcome = Peers.run(command);

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        byte[] volume = Files.readAllBytes(out.resolve("Muscle_L3.mha"));
        int slice = SET.mask.length;
        byte[] middle = Arrays.copyOfRange(volume, volume.length - 2 * slice, volume.length - slice);
        assertThat(middle).isEqualTo(maskBytes());
    }

    private byte[] image(String program, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        for (Object argument : arguments) {
            command.add(
                    argument.equals("seg") || argument.equals("sc")
                            ? folder.resolve(argument.toString()).toString()
                            : argument.toString());
        }
        Peers.Outcome outcome = Peers.run(command);
        Path written = (Path) arguments[arguments.length - 1];
        assertThat(written).as(outcome.output()).exists();
        return Files.readAllBytes(written);
    }

    private static byte[] maskBytes() {
        byte[] bytes = new byte[SET.mask.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (SET.mask[i] ? 1 : 0);
        }
        return bytes;
    }

    private static byte[] picture() {
        DataSet picture = FILES.get("sc").dataSet();
        byte[] bytes = picture.bytes(Tag.PixelData);
        return Arrays.copyOf(bytes, 3 * picture.requireInteger(Tag.Rows) * picture.requireInteger(Tag.Columns));
    }

    /** Patient coordinates of the slice as columns and rows, by PS3.3 equation C.7.6.2.1-1 backwards. */
    private static double[] inPixels(double[] points) {
        DataSet image = SET.images.get(1);
        double[] position = image.decimals(Tag.ImagePositionPatient);
        double[] cosines = image.decimals(Tag.ImageOrientationPatient);
        double[] spacing = image.decimals(Tag.PixelSpacing);
        double[] polygon = new double[points.length / 3 * 2];
        for (int point = 0; point < points.length / 3; point++) {
            for (int axis = 0; axis < 3; axis++) {
                double along = points[3 * point + axis] - position[axis];
                polygon[2 * point] += along * cosines[axis] / spacing[1];
                polygon[2 * point + 1] += along * cosines[3 + axis] / spacing[0];
            }
        }
        return polygon;
    }

    @Test
    void the_structure_set_is_in_implicit_vr() {
        assertThat(FILES.get("rtstruct").transferSyntax()).isEqualTo(UID.ImplicitVRLittleEndian);
    }
}
