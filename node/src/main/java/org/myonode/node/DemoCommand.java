package org.myonode.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.myonode.db.StudyRow;
import org.myonode.db.StudyState;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomStudy;
import org.myonode.phantom.StudyOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the whole node on this machine: database, listener, workers, a small receiving PACS, and phantom PET-CT"
                    + " studies sent to it by C-STORE, all on free ports.",
            "Prints what was measured beside the phantoms' truth. The objects that the PACS received lie in DIR/pacs.",
            "Ends with 0 only when the PACS has accepted all objects of all studies and confirmed storage commitment."
        })
final class DemoCommand implements Callable<Integer> {

    private static final Set<StudyState> SETTLED =
            EnumSet.of(StudyState.COMMITTED, StudyState.NO_L3, StudyState.FAILED, StudyState.QUARANTINED);
    private static final int OBJECTS_PER_STUDY = NodeConfig.ALL_OBJECTS.size();

    @Option(names = "--studies", paramLabel = "N", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
    private int studies;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "700001",
            description =
                    "of the first phantom (default: ${DEFAULT-VALUE}; the models were trained on others). Bodies with four or"
                            + " six lumbar vertebrae are passed over")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "demo-out",
            description = "phantoms, ledger, results and received objects (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--exit", description = "end when all is done instead of keeping the web page up")
    private boolean exit;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "900",
            description = "give up after this long (default: ${DEFAULT-VALUE})")
    private long timeoutSeconds;

    @Override
    public Integer call() throws Exception {
        if (studies < 1) {
            throw new ConfigurationException("--studies: " + studies + " must be at least 1");
        }
        Clock clock = Clock.systemDefaultZone();
        try (StopSignal stop = new StopSignal();
                ReceivingPacs pacs = ReceivingPacs.start(out.resolve("pacs"));
                Node node = Node.start(config(pacs.address()), clock)) {
            pacs.reportTo(new AeAddress("MYONODE", "127.0.0.1", node.dicomPort()));
            System.out.printf(
                    "Node MYONODE on port %d, page at http://127.0.0.1:%d, receiving PACS %s%n",
                    node.dicomPort(), node.webPort(), pacs.address());
            List<PhantomStudy> phantoms = new ArrayList<>();
            for (long bodySeed : ordinary(seed, studies)) {
                PhantomStudy phantom = phantom(bodySeed);
                send(phantom, new AeAddress("MYONODE", "127.0.0.1", node.dicomPort()));
                phantoms.add(phantom);
            }
            boolean settled = awaitSettled(node, phantoms, clock, stop);
            int arrived = report(node, phantoms);
            System.out.printf(
                    "%d of %d objects arrived in %s%n", arrived, OBJECTS_PER_STUDY * studies, out.resolve("pacs"));
            System.out.println(
                    "These are phantom results: they say nothing about patients. Not for primary diagnosis.");
            if (!settled) {
                System.err.printf("not done after %d s%n", timeoutSeconds);
            }
            if (!exit) {
                System.out.printf("The page stays at http://127.0.0.1:%d until Ctrl-C.%n", node.webPort());
                stop.await();
            }
            boolean all = settled && arrived >= OBJECTS_PER_STUDY * studies && allCommitted(node, phantoms);
            return all ? Main.OK : Main.FAILED;
        }
    }

    /** Seeds of bodies with five lumbar vertebrae: with four or six, even readers do not agree which one is L3. */
    private static long[] ordinary(long first, int count) {
        return LongStream.iterate(first, next -> next + 1)
                .filter(candidate -> PhantomBody.of(candidate).type().lumbarCount() == 5)
                .limit(count)
                .toArray();
    }

    private NodeConfig config(AeAddress pacs) {
        Config own = ConfigFactory.parseMap(Map.of(
                "dicom.port",
                0,
                "dicom.bind",
                "127.0.0.1",
                "web.port",
                0,
                "web.bind",
                "127.0.0.1",
                "storage.directory",
                out.resolve("node").toString(),
                "storage.minimumFree",
                "256 MiB",
                "study.quietPeriod",
                "2 s",
                "destinations",
                List.of(Map.of(
                        "name",
                        "pacs",
                        "aeTitle",
                        pacs.aeTitle(),
                        "host",
                        pacs.host(),
                        "port",
                        pacs.port(),
                        "objects",
                        List.copyOf(NodeConfig.ALL_OBJECTS),
                        "commitment",
                        true))));
        return NodeConfig.of(own, Map.of(), "demo");
    }

    private PhantomStudy phantom(long phantomSeed) throws IOException {
        try (Bar bar = new Bar("Phantom " + phantomSeed, 100, "%")) {
            return PhantomStudy.write(
                    out.resolve("phantoms").resolve("phantom-" + phantomSeed),
                    phantomSeed,
                    StudyOptions.clinical(),
                    bar::to);
        }
    }

    private static void send(PhantomStudy phantom, AeAddress node) throws Exception {
        List<Path> files = Stream.concat(phantom.ctFiles().stream(), phantom.petFiles().stream())
                .toList();
        try (Association association = SendCommand.open(node, "DEMO", files, new TlsOptions());
                Bar bar = new Bar("Sending", files.size(), "instances")) {
            for (Path file : files) {
                DimseStatus status = association.store(file);
                if (!status.isSuccess()) {
                    throw new IOException("the node answered " + status + " to " + file);
                }
                bar.step();
            }
        }
    }

    private boolean awaitSettled(Node node, List<PhantomStudy> phantoms, Clock clock, StopSignal stop)
            throws InterruptedException {
        Instant deadline = clock.instant().plus(Duration.ofSeconds(timeoutSeconds));
        try (Bar bar = new Bar("Measuring", phantoms.size(), "studies")) {
            while (true) {
                long settled = phantoms.stream()
                        .map(phantom -> node.ledger().study(phantom.studyInstanceUid()))
                        .flatMap(Optional::stream)
                        .filter(study -> SETTLED.contains(study.state()))
                        .count();
                bar.to(settled);
                if (settled == phantoms.size()) {
                    return true;
                }
                if (clock.instant().isAfter(deadline) || stop.await(250)) {
                    return false;
                }
            }
        }
    }

    private int report(Node node, List<PhantomStudy> phantoms) throws IOException {
        System.out.printf(
                "%n%-10s %-6s %-10s %22s %26s %11s%n",
                "seed", "sex", "state", "L3 z (truth) mm", "muscle (truth) cm2", "difference");
        int arrived = 0;
        for (PhantomStudy phantom : phantoms) {
            StudyRow study = node.ledger().study(phantom.studyInstanceUid()).orElseThrow();
            JsonNode json = study.resultJson().isPresent()
                    ? new ObjectMapper().readTree(study.resultJson().get())
                    : new ObjectMapper().createObjectNode();
            double trueZ = phantom.truth().l3().midZMm();
            double trueArea = phantom.truth()
                    .muscleAreaCm2()
                    .get(phantom.truth().l3MidSlice().orElseThrow());
            JsonNode z = json.at("/l3/zMm");
            JsonNode area = json.at("/muscle/areaCm2");
            System.out.printf(
                    Locale.ROOT,
                    "%-10d %-6s %-10s %22s %26s %11s%s%n",
                    phantom.truth().seed(),
                    phantom.truth().type().sex().code(),
                    study.state(),
                    z.isNumber() ? String.format(Locale.ROOT, "%.1f (%.1f)", z.doubleValue(), trueZ) : "-",
                    area.isNumber() ? String.format(Locale.ROOT, "%.1f (%.1f)", area.doubleValue(), trueArea) : "-",
                    area.isNumber()
                            ? String.format(Locale.ROOT, "%+.1f %%", (area.doubleValue() / trueArea - 1) * 100)
                            : "-",
                    study.reason().map(reason -> "  " + reason).orElse(""));
            arrived += (int) node.ledger().outputs(study.revision()).stream()
                    .filter(output -> received(output.sopInstanceUid()))
                    .count();
        }
        System.out.println();
        return arrived;
    }

    private boolean received(String sopInstanceUid) {
        try (Stream<Path> files = Files.list(out.resolve("pacs"))) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(sopInstanceUid + ".dcm"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean allCommitted(Node node, List<PhantomStudy> phantoms) {
        return phantoms.stream()
                .allMatch(phantom -> node.ledger()
                        .study(phantom.studyInstanceUid())
                        .map(study -> study.state() == StudyState.COMMITTED)
                        .orElse(false));
    }
}
