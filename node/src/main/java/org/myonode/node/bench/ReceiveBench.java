package org.myonode.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Receives the same study with MyoNode and with its peers in turn, on this machine, and measures each.
 *
 * <p><b>Order.</b> In each round every receiver is started once, takes some studies that are not measured, then one study
 * for each number of associations, and ends. The next round has the receivers in another order. So all see the same drift
 * of a machine that others use too. A receiver runs for weeks: the studies before are enough for a Java machine to have
 * compiled what it runs, which after one study it has not. Before each study the disk is synced: nobody pays for what was
 * written before.
 *
 * <p><b>Figures.</b> Time runs from the first connection to the last release. CPU time and memory are the kernel's, of
 * the receiver with all its processes, MyoNode's with PostgreSQL; CPU time is read when the receiver has come to rest, so
 * that nothing it does afterwards is left out.
 */
public final class ReceiveBench {

    private static final Duration REST = Duration.ofMillis(300);
    private static final int REST_LIMIT = 100;
    private static final double BUSY = 0.02;

    private final Config config;
    private final List<Receiver.Kind> receivers;
    private final List<String> missing = new ArrayList<>();

    /**
     * What is measured.
     *
     * @param images Part 10 files to make the studies from
     * @param slices instances of one study
     * @param associations numbers of associations, each at least 1
     * @param rounds at least 1
     * @param warmUp studies that each receiver takes before it is measured
     * @param receivers by name, see {@link #receiverNames}
     * @param sender by name, see {@link #senderNames}
     * @param window operations that the sender of {@code myonode-async} has under way on each association
     * @param work folder for studies and what is received; what the bench puts there it removes
     */
    public record Config(
            List<Path> images,
            int slices,
            List<Integer> associations,
            int rounds,
            int warmUp,
            List<String> receivers,
            String sender,
            int window,
            Path work) {

        public Config {
            images = List.copyOf(images);
            associations = List.copyOf(associations);
            receivers = List.copyOf(receivers);
        }
    }

    /** Hears of every step. */
    public interface Progress {
        /** A step begins; {@code text} says which. */
        void step(String text);
    }

    public ReceiveBench(Config config) {
        this.config = config;
        List<Receiver.Kind> present = new ArrayList<>();
        for (String name : config.receivers()) {
            Receiver.Kind kind = Receiver.Kind.named(name);
            Optional<String> absent = kind.missing();
            if (absent.isPresent()) {
                missing.add(kind.title() + " is left out: " + absent.get() + " is not installed");
            } else if (kind == Receiver.Kind.MYONODE_ASYNC && config.sender().equals(Sender.DCMSEND.label())) {
                missing.add(kind.title() + " is left out: dcmsend sends one instance at a time");
            } else {
                present.add(kind);
            }
        }
        this.receivers = List.copyOf(present);
    }

    /** Names of the receivers that are known. */
    public static List<String> receiverNames() {
        return Stream.of(Receiver.Kind.values()).map(Receiver.Kind::label).toList();
    }

    /** Names of the senders that are known. */
    public static List<String> senderNames() {
        return Stream.of(Sender.values()).map(Sender::label).toList();
    }

    /** One sentence for each receiver that was wanted and is left out. */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /** Calls of {@link Progress#step} in one run. */
    public int steps() {
        return studies() + config.rounds() * receivers.size() * studies();
    }

    /** That one receiver takes in one round. */
    private int studies() {
        return config.warmUp() + config.associations().size();
    }

    /**
     * Measures; takes seconds for each step.
     *
     * @throws IOException when a receiver does not start or does not store everything
     */
    public ReceiveReport run(Progress progress) throws IOException, InterruptedException {
        Sender sender = Sender.named(config.sender());
        Files.createDirectories(config.work());
        Path work = Files.createTempDirectory(config.work(), "bench-receive-").toRealPath();
        List<ReceiveRun> runs = new ArrayList<>();
        try (BenchDatabase database = BenchDatabase.start(work.resolve("postgresql"))) {
            List<ImageSet> studies = new ArrayList<>();
            for (int i = 0; i < studies(); i++) {
                progress.step("writing study " + (i + 1));
                studies.add(ImageSet.write(work.resolve("study-" + i), config.images(), config.slices(), "study-" + i));
            }
            List<Receiver.Kind> order = new ArrayList<>(receivers);
            for (int round = 1; round <= config.rounds(); round++) {
                for (Receiver.Kind kind : order) {
                    runs.addAll(measure(round, kind, sender, studies, work, database, progress));
                }
                Collections.rotate(order, 1);
            }
        } finally {
            delete(work);
        }
        return new ReceiveReport(runs);
    }

    private List<ReceiveRun> measure(
            int round,
            Receiver.Kind kind,
            Sender sender,
            List<ImageSet> studies,
            Path work,
            BenchDatabase database,
            Progress progress)
            throws IOException, InterruptedException {
        List<ReceiveRun> runs = new ArrayList<>();
        Path folder = work.resolve("receiver");
        try (Receiver receiver = Receiver.start(kind, folder, database)) {
            String title = "round " + round + " of " + config.rounds() + ", " + kind.title() + ", ";
            int most = Collections.max(config.associations());
            for (int i = 0; i < config.warmUp(); i++) {
                progress.step(title + "warming up, study " + (i + 1) + " of " + config.warmUp());
                sender.send(studies.get(i), most, window(kind), receiver.address(), work);
            }
            for (int i = 0; i < config.associations().size(); i++) {
                int associations = config.associations().get(i);
                progress.step(title + associations + " associations");
                ImageSet study = studies.get(config.warmUp() + i);
                runs.add(measure(round, kind, sender, study, associations, receiver, work));
            }
        } finally {
            delete(folder);
        }
        return runs;
    }

    private ReceiveRun measure(
            int round,
            Receiver.Kind kind,
            Sender sender,
            ImageSet images,
            int associations,
            Receiver receiver,
            Path logs)
            throws IOException, InterruptedException {
        comeToRest(receiver);
        syncDisks();
        ProcessTree self = new ProcessTree(List.of(ProcessHandle.current().pid()));
        double machine = ProcessTree.machineCpuSeconds();
        double before = receiver.cpuSeconds();
        double own = self.cpuSeconds() + before;
        double seconds = sender.send(images, associations, window(kind), receiver.address(), logs);
        double others = ProcessTree.machineCpuSeconds() - machine - (self.cpuSeconds() + receiver.cpuSeconds() - own);
        comeToRest(receiver);
        return new ReceiveRun(
                round,
                kind,
                associations,
                images.files().size(),
                images.bytes(),
                seconds,
                receiver.cpuSeconds() - before,
                receiver.peakMemoryMib(),
                receiver.databaseMemoryMib(),
                Math.max(0, others / seconds));
    }

    /** DCMTK and Orthanc negotiate one operation at a time, whatever is offered. */
    private int window(Receiver.Kind kind) {
        return kind == Receiver.Kind.MYONODE_ASYNC ? config.window() : 1;
    }

    /** Waits until it uses next to no CPU time: then nothing of what it was sent is left to do. */
    private static void comeToRest(Receiver receiver) throws InterruptedException {
        double last = receiver.cpuSeconds();
        for (int i = 0; i < REST_LIMIT; i++) {
            TimeUnit.NANOSECONDS.sleep(REST.toNanos());
            double now = receiver.cpuSeconds();
            if (now - last <= BUSY) {
                return;
            }
            last = now;
        }
    }

    private static void syncDisks() throws IOException, InterruptedException {
        Optional<Path> sync = Programs.find("sync");
        if (sync.isPresent()) {
            new ProcessBuilder(sync.get().toString()).start().waitFor();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
