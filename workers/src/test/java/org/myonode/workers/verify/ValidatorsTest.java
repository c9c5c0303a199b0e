package org.myonode.workers.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.peers.Peers;
import org.myonode.workers.objects.SegWriter;
import org.myonode.workers.objects.SegmentationForm;

/** What the standard's validators say: dciodvfy and dcentvfy (dicom3tools), and PixelMed's, which knows TID 1500. */
final class ValidatorsTest {
    private static final Path PIXELMED = Path.of("/usr/share/java/pixelmed.jar");

    /** Known noise: attributes newer than the tool, private schemes, a new SOP class. */
    private static final Pattern NOISE = Pattern.compile("Information Object Not found"
            + "|SegmentNumber not monotonically"
            + "|Attribute is not present in standard DICOM IOD.*0x0018,0x1002"
            + "|DeviceUID\\(0018,1002\\)"
            + "|contains attributes not present in standard DICOM IOD"
            + "|Unrecognized defined term.*<99[A-Z]+>");

    /** It asks every series for a laterality, and knows no letters beyond ASCII in names. */
    private static final Pattern PIXELMED_NOISE = Pattern.compile(
            "GeneralSeriesModule/Laterality/: : Missing conditional|Illegal character\\(s\\) .* in value of PN VR");

    @TempDir
    Path folder;

    private final Map<String, DicomFile> files = new ResultSet(SegmentationForm.BINARY).files();

    @BeforeEach
    void olderReportsAndTheOtherForm() {
        DataSet report = files.get("sr").dataSet();
        files.put("sr-comprehensive", as(report, UID.ComprehensiveSRStorage));
        files.put("sr-enhanced", as(report, UID.EnhancedSRStorage));
        Map<String, DicomFile> corrected = ResultSet.corrected(false).files();
        Map<String, DicomFile> approved = ResultSet.corrected(true).files();
        for (String name : List.of("seg", "sr", "rtstruct", "sc")) {
            files.put("corrected-" + name, corrected.get(name));
        }
        files.put("approved-sr", approved.get("sr"));
        files.put("labelmap", SegWriter.write(new ResultSet(SegmentationForm.LABELMAP).context));
    }

    private static DicomFile as(DataSet report, String sopClass) {
        return Part10.of(report.copy().set(Tag.SOPClassUID, sopClass), UID.ExplicitVRLittleEndian);
    }

    private Path written(String name) throws IOException {
        Path file = folder.resolve(name);
        Part10.write(file, files.get(name));
        return file;
    }

    @Test
    void dciodvfy_finds_no_error_and_no_warning() throws Exception {
        assumeTrue(Peers.onPath("dciodvfy"), "dicom3tools is not installed");
        for (String name : List.of(
                "seg",
                "labelmap",
                "sr",
                "sr-comprehensive",
                "sr-enhanced",
                "rtstruct",
                "sc",
                "corrected-seg",
                "corrected-sr",
                "corrected-rtstruct",
                "corrected-sc",
                "approved-sr")) {
            // Its exit code says nothing.
            assertThat(Peers.run("dciodvfy", "-new", written(name).toString())
                            .output()
                            .lines()
                            .filter(line -> line.startsWith("Error") || line.startsWith("Warning"))
                            .filter(line -> !NOISE.matcher(line).find()))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void dcentvfy_finds_one_patient_and_one_study() throws Exception {
        assumeTrue(Peers.onPath("dcentvfy"), "dicom3tools is not installed");
        List<String> command = new ArrayList<>(List.of("dcentvfy"));
        for (String name : List.of("ct0", "ct1", "ct2", "seg", "sr", "rtstruct", "sc")) {
            command.add(written(name).toString());
        }
        assertThat(Peers.run(command).output().lines().filter(line -> line.startsWith("Error")))
                .isEmpty();
    }

    @Test
    void pixelmed_finds_no_fault_in_segmentation_and_reports() throws Exception {
        assumeTrue(Files.isRegularFile(PIXELMED), "libpixelmed-java is not installed");
        Path program = Files.writeString(folder.resolve("Validate.java"), """
                import com.pixelmed.dicom.AttributeList;
                import com.pixelmed.validate.DicomInstanceValidator;
                import com.pixelmed.validate.DicomSRValidator;

                public class Validate {
                    public static void main(String[] files) throws Exception {
                        DicomSRValidator reports = new DicomSRValidator();
                        DicomInstanceValidator instances = new DicomInstanceValidator();
                        for (String file : files) {
                            AttributeList list = new AttributeList();
                            list.read(file);
                            System.out.println("File " + file);
                            System.out.println(file.endsWith("seg") ? instances.validate(list) : reports.validate(list));
                        }
                    }
                }
                """);
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> names =
                List.of("seg", "sr", "sr-comprehensive", "sr-enhanced", "corrected-seg", "corrected-sr", "approved-sr");
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                // Its style sheets pass the limits of Java's XPath.
                "-Djdk.xml.xpathTotalOpLimit=0",
                "-Djdk.xml.xpathExprOpLimit=0",
                "-Djdk.xml.xpathExprGrpLimit=0",
                "-Djava.awt.headless=true",
                "-cp",
                PIXELMED.toString(),
                program.toString()));
        for (String name : names) {
            command.add(written(name).toString());
        }

        Path log = folder.resolve("pixelmed.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ended").isTrue();
        String output = Files.readString(log, StandardCharsets.ISO_8859_1);

        assertThat(output.lines().filter(line -> line.equals("Found Segmentation IOD")))
                .hasSize(2);
        assertThat(output.lines().filter(line -> line.contains("Found Root Template TID_1500")))
                .as(output)
                .hasSize(5);
        assertThat(output.lines().filter(line -> line.contains("Root Template Validation Complete")))
                .hasSize(5);
        assertThat(output.lines().filter(line -> line.contains("IOD validation complete")))
                .hasSize(7);
        assertThat(output.lines()
                        .filter(line -> line.startsWith("Error") || line.startsWith("Warning"))
                        .filter(line -> !PIXELMED_NOISE.matcher(line).find()))
                .isEmpty();
    }
}
