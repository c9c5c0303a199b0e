package org.myonode.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.myonode.node.bench.ReceiveBench;
import org.myonode.node.bench.ReceiveReport;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "receive",
        mixinStandardHelpOptions = true,
        description = {
            "Sends the same CT study to DCMTK storescp, to Orthanc and to MyoNode's own receiver in turn, all on free"
                    + " ports of this machine, and prints how fast each takes it, what that costs and what its"
                    + " acknowledgement stands for.",
            "Each receiver gets some studies before it is measured (--warm-up); rounds change the order. Figures are"
                    + " medians, ratios the medians of the ratios within each round. CPU time includes MyoNode's"
                    + " PostgreSQL.",
            "Peers that are not installed are named and left out. All peers run with TCP_NODELAY=1."
        })
final class ReceiveBenchCommand implements Callable<Integer> {

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "DICOM images to make the studies from (default: slices of a phantom)")
    private @Nullable Path folder;

    @Option(
            names = "--slices",
            paramLabel = "N",
            defaultValue = "600",
            description = "instances of one study; images are taken again under new UIDs when there are fewer"
                    + " (default: ${DEFAULT-VALUE})")
    private int slices;

    @Option(
            names = "--associations",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,4,16",
            description = "numbers of associations at once (default: ${DEFAULT-VALUE})")
    private List<Integer> associations = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "12",
            description = "studies that each receiver takes before it is measured (default: ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(
            names = "--receivers",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "storescp,orthanc,myonode,myonode-async",
            description = "of storescp, storescp-fork, orthanc, myonode, myonode-async (default: ${DEFAULT-VALUE})")
    private List<String> receivers = List.of();

    @Option(
            names = "--sender",
            paramLabel = "NAME",
            defaultValue = "myonode",
            description = "myonode: our own service user, which leaves most of the machine to the receivers; dcmsend:"
                    + " DCMTK's, one process for each association (default: ${DEFAULT-VALUE})")
    private String sender;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "16",
            description = "operations that the sender of myonode-async has under way on each association (asynchronous"
                    + " operations, PS3.7 section D.3.3.3); the other receivers are sent one at a time, as storescp and"
                    + " Orthanc negotiate no more (default: ${DEFAULT-VALUE})")
    private int window;

    @Option(names = "--csv", paramLabel = "FILE", description = "every run and the medians as CSV")
    private @Nullable Path csv;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "on the disk to measure; needs room for some 35 studies (default: the current folder)",
            defaultValue = ".")
    private Path work;

    @Override
    public Integer call() throws Exception {
        check();
        // Each association would be a line, and in the figures.
        ((Logger) LoggerFactory.getLogger("org.myonode")).setLevel(Level.WARN);
        Files.createDirectories(work);
        Path phantom = Files.createTempDirectory(work, "bench-phantom-");
        try {
            ReceiveBench bench = new ReceiveBench(new ReceiveBench.Config(
                    images(phantom), slices, associations, rounds, warmUp, receivers, sender, window, work));
            bench.missing().forEach(System.err::println);
            if (bench.missing().size() == receivers.size()) {
                throw new IOException("none of the receivers is installed");
            }
            ReceiveReport report;
            try (Bar bar = new Bar("Receiving", bench.steps(), "studies")) {
                report = bench.run(text -> {
                    bar.step();
                    bar.say(text);
                });
            }
            System.out.print(report.table());
            if (report.has("myonode-async")) {
                System.out.println("MyoNode async: up to " + window + " instances under way on each association.");
            }
            System.out.println(report.noise());
            if (csv != null) {
                report.writeCsv(csv);
                System.out.println("Every run: " + csv);
            }
            return Main.OK;
        } finally {
            delete(phantom);
        }
    }

    private void check() {
        if (rounds < 1) {
            throw new ConfigurationException("--rounds: " + rounds + " must be at least 1");
        }
        if (warmUp < 0) {
            throw new ConfigurationException("--warm-up: " + warmUp + " must not be negative");
        }
        if (window < 1 || window > 65535) {
            throw new ConfigurationException("--window: " + window + " must be from 1 to 65535");
        }
        for (int count : associations) {
            if (count < 1 || count > slices) {
                throw new ConfigurationException(
                        "--associations: " + count + " must be from 1 to the number of slices, " + slices);
            }
        }
        for (String name : receivers) {
            if (!ReceiveBench.receiverNames().contains(name)) {
                throw new ConfigurationException(
                        "--receivers: " + name + " is none of " + String.join(", ", ReceiveBench.receiverNames()));
            }
        }
        if (!ReceiveBench.senderNames().contains(sender)) {
            throw new ConfigurationException(
                    "--sender: " + sender + " is none of " + String.join(", ", ReceiveBench.senderNames()));
        }
    }

    private List<Path> images(Path phantom) throws IOException {
        if (folder != null) {
            return DicomFolder.scan(folder).files();
        }
        // 60 slices at 512 x 512: more of them would cost minutes and be no different for a receiver.
        StudyOptions options = new StudyOptions(StudyOptions.Coverage.ABDOMEN_PELVIS, 7.2, 512, 0);
        try (Bar bar = new Bar("Phantom", 100, "%")) {
            return PhantomStudy.write(phantom, 1, options, bar::to).ctFiles();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
