package org.myonode.node.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.VR;

/** The bench as a whole on a few small images, and its arithmetic. */
class ReceiveBenchTest {

    @TempDir
    Path directory;

    @Test
    void every_receiver_takes_every_study_and_nothing_is_left_behind() throws Exception {
        ReceiveBench bench = new ReceiveBench(new ReceiveBench.Config(
                List.of(image(1), image(2)),
                6,
                List.of(1, 3),
                1,
                1,
                ReceiveBench.receiverNames(),
                "myonode",
                4,
                directory));
        List<String> steps = new ArrayList<>();

        ReceiveReport report = bench.run(steps::add);

        assertThat(steps).hasSize(bench.steps());
        for (Receiver.Kind kind : Receiver.Kind.values()) {
            if (kind.missing().isPresent()) {
                assertThat(bench.missing()).anyMatch(line -> line.startsWith(kind.title() + " is left out"));
                continue;
            }
            for (int associations : new int[] {1, 3}) {
                List<ReceiveRun> runs = report.runs(kind, associations);
                assertThat(runs).hasSize(1);
                assertThat(runs.get(0).instances()).isEqualTo(6);
                assertThat(runs.get(0).bytes()).isGreaterThan(6 * 128 * 128 * 2);
                assertThat(runs.get(0).seconds()).isPositive();
            }
        }
        ReceiveRun own = report.runs(Receiver.Kind.MYONODE, 3).get(0);
        assertThat(own.peakMemoryMib()).isPositive();
        assertThat(own.databaseMemoryMib()).isPositive();
        assertThat(report.table()).contains("bytes synced and ledger committed");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("1.dcm", "2.dcm");
        }
    }

    @Test
    void ratios_are_medians_of_the_rounds_and_not_ratios_of_medians() throws IOException {
        // The machine is three times slower in the second round; MyoNode takes twice storescp's time in all of them.
        List<ReceiveRun> runs = new ArrayList<>();
        double[] seconds = {1, 3, 1.5};
        for (int round = 1; round <= 3; round++) {
            runs.add(run(round, Receiver.Kind.STORESCP, seconds[round - 1], 0.5));
            runs.add(run(round, Receiver.Kind.MYONODE, seconds[round - 1] * 2, 0.75));
        }
        ReceiveReport report = new ReceiveReport(runs);
        List<ReceiveRun> own = report.runs(Receiver.Kind.MYONODE, 4);

        assertThat(report.speedRatio(own, Receiver.Kind.STORESCP)).hasValue(0.5);
        assertThat(report.cpuRatio(own, Receiver.Kind.STORESCP)).hasValue(1.5);
        assertThat(report.speedRatio(own, Receiver.Kind.ORTHANC)).isEmpty();
        assertThat(report.table().lines().filter(line -> line.startsWith("MyoNode")))
                .singleElement()
                .asString()
                .contains(" 100.0 ")
                .contains("0.50");

        Path csv = directory.resolve("runs.csv");
        report.writeCsv(csv);
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(1 + 6 + 2);
        assertThat(lines.get(8))
                .isEqualTo("median,MyoNode,4,600,300000000,3.0000,100.00,200.00,0.75,2.500,99.0,20.0,0.10,"
                        + "0.50,1.50,,,\"bytes synced and ledger committed\"");
    }

    @Test
    void medians_of_even_and_odd_numbers_of_rounds() {
        assertThat(ReceiveReport.median(new double[] {1, 2, 10})).isEqualTo(2);
        assertThat(ReceiveReport.median(new double[] {1, 2, 4, 10})).isEqualTo(3);
    }

    @Test
    void copies_are_new_instances_of_one_study_with_the_same_pixels() throws IOException {
        Path source = image(1);
        ImageSet set = ImageSet.write(directory.resolve("set"), List.of(source), 5, "a");
        ImageSet other = ImageSet.write(directory.resolve("other"), List.of(source), 5, "b");

        Set<String> instances = new HashSet<>();
        Set<String> studies = new HashSet<>();
        for (Path file : set.files()) {
            DataSet copy = Part10.read(file).dataSet();
            instances.add(copy.requireText(Tag.SOPInstanceUID));
            studies.add(copy.requireText(Tag.StudyInstanceUID));
            assertThat(copy.bytes(Tag.PixelData))
                    .isEqualTo(Part10.read(source).dataSet().bytes(Tag.PixelData));
        }
        for (Path file : other.files()) {
            instances.add(Part10.read(file).dataSet().requireText(Tag.SOPInstanceUID));
        }
        assertThat(instances).hasSize(10);
        assertThat(studies).hasSize(1);
        assertThat(set.shares(2))
                .containsExactly(set.files().subList(0, 2), set.files().subList(2, 5));
    }

    @Test
    void what_a_process_used_is_the_kernels_own_account() throws Exception {
        ProcessTree self = new ProcessTree(List.of(ProcessHandle.current().pid()));
        double kernel = self.cpuSeconds();
        double java =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
        // With children that ended, which Java does not count.
        assertThat(kernel).isGreaterThan(java - 0.1);
        assertThat(self.peakMemoryMib()).isGreaterThan(20).isLessThan(1e5);
        assertThat(ProcessTree.machineCpuSeconds()).isGreaterThan(0);
        assertThat(new ProcessTree(List.of(Long.MAX_VALUE)).cpuSeconds()).isCloseTo(0, within(0.0));
    }

    @Test
    void unknown_names_are_told() {
        assertThatThrownBy(() -> Receiver.Kind.named("pacs")).hasMessageContaining("pacs");
        assertThatThrownBy(() -> Sender.named("pigeon")).hasMessageContaining("pigeon");
    }

    private static ReceiveRun run(int round, Receiver.Kind kind, double seconds, double cpuSeconds) {
        return new ReceiveRun(round, kind, 4, 600, 300_000_000, seconds, cpuSeconds, 99, 20, 0.1);
    }

    private Path image(int number) throws IOException {
        DataSet image = new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, "1.2.3." + number)
                .set(Tag.StudyInstanceUID, "1.2.3")
                .set(Tag.SeriesInstanceUID, "1.2.3.0")
                .set(Tag.Modality, "CT")
                .set(Tag.Rows, 128)
                .set(Tag.Columns, 128)
                .setBytes(Tag.PixelData, VR.OW, new byte[128 * 128 * 2]);
        Path file = directory.resolve(number + ".dcm");
        Part10.write(file, Part10.of(image, UID.ExplicitVRLittleEndian));
        return file;
    }
}
