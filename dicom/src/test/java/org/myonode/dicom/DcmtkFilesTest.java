package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files written here are read by DCMTK and the other way round. */
class DcmtkFilesTest {
    private static final Map<String, String> OPTIONS = Map.of(
            UID.ImplicitVRLittleEndian, "+ti",
            UID.ExplicitVRLittleEndian, "+te",
            UID.ExplicitVRBigEndian, "+tb",
            UID.DeflatedExplicitVRLittleEndian, "+td");

    @TempDir
    Path folder;

    @BeforeEach
    void needsDcmtk() {
        boolean installed = false;
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            installed |= Files.isExecutable(Path.of(directory, "dcmconv"));
        }
        assumeTrue(installed, "dcmtk is not installed");
    }

    @Test
    void dcmconvReadsOurFilesAndItsFilesReadEqual() throws Exception {
        RandomDataSets random = new RandomDataSets(31);
        for (String ours : OPTIONS.keySet()) {
            DataSet original = random.next(0);
            // DCMTK has no OV, SV and UV before 3.6.8 when it swaps bytes.
            original.remove(Tag.ExtendedOffsetTable);
            Path file = folder.resolve("ours.dcm");
            Part10.write(file, Part10.of(original, ours));
            run("dcmdump", "-q", file.toString());
            for (Map.Entry<String, String> theirs : OPTIONS.entrySet()) {
                Path converted = folder.resolve("theirs.dcm");
                run("dcmconv", theirs.getValue(), file.toString(), converted.toString());
                DicomFile read = Part10.read(converted);
                assertThat(read.transferSyntax()).isEqualTo(theirs.getKey());
                assertThat(read.dataSet()).as("%s to %s", ours, theirs.getKey()).isEqualTo(original);
            }
            Path undefined = folder.resolve("undefined.dcm");
            run("dcmconv", "+te", "-e", file.toString(), undefined.toString());
            assertThat(Part10.read(undefined).dataSet()).isEqualTo(original);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", words, output).isZero();
        if (command[0].equals("dcmdump")) {
            assertThat(output).doesNotContain("E: ");
        }
    }
}
