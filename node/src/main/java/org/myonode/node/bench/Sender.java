package org.myonode.node.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.PresentationContext;

/** Who sends; the same for every receiver. */
enum Sender {
    /** Our own service user, on threads of this process: next to no CPU time and no start-up in the figures. */
    MYONODE {
        @Override
        Callable<Integer> prepare(List<Path> files, int window, AeAddress to, Path log) throws IOException {
            List<PresentationContext> contexts = PresentationContext.forFiles(files);
            AssociationConfig config = new AssociationConfig(to, CALLING, CONNECT, RESPONSE).withMaxOperations(window);
            return () -> {
                AtomicInteger accepted = new AtomicInteger();
                try (Association association = Association.open(config, contexts)) {
                    for (Path file : files) {
                        association.store(file, status -> accepted.addAndGet(status.isSuccess() ? 1 : 0));
                    }
                    association.awaitResponses();
                }
                return accepted.get();
            };
        }
    },
    /**
     * DCMTK's dcmsend, one process for each association; its start and its look at the files are in the figures. It sends one
     * at a time, whatever the window.
     */
    DCMSEND {
        @Override
        Callable<Integer> prepare(List<Path> files, int window, AeAddress to, Path log) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Programs.find("dcmsend")
                            .orElseThrow(() -> new IOException("dcmsend is not installed"))
                            .toString(),
                    "--verbose",
                    "--max-send-pdu",
                    "131072",
                    "--aetitle",
                    CALLING,
                    "--call",
                    to.aeTitle(),
                    to.host(),
                    Integer.toString(to.port())));
            files.forEach(file -> command.add(file.toString()));
            return () -> {
                int exit = Programs.start(command, log).waitFor();
                Matcher matcher = SUCCESSES.matcher(Files.readString(log, StandardCharsets.ISO_8859_1));
                if (exit != 0 || !matcher.find()) {
                    throw new IOException("dcmsend ended with " + exit + ": " + Programs.lastWords(log));
                }
                return Integer.parseInt(matcher.group(1));
            };
        }
    };

    private static final String CALLING = "BENCHSCU";
    private static final Duration CONNECT = Duration.ofSeconds(30);
    // storescp serves one association after the other: the last one waits for all before it
    private static final Duration RESPONSE = Duration.ofMinutes(10);
    private static final Pattern SUCCESSES = Pattern.compile("with status SUCCESS\\s*:\\s*([0-9]+)");

    static Sender named(String name) {
        return Stream.of(values())
                .filter(sender -> sender.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sender is called " + name));
    }

    /** As people type it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Made ready before the clock starts; then sends these files on one association and tells how many were stored.
     *
     * @param window how many may be unanswered, if the receiver agrees
     */
    abstract Callable<Integer> prepare(List<Path> files, int window, AeAddress to, Path log) throws IOException;

    /**
     * Sends all files over so many associations at once, on each with so many operations at once.
     *
     * @return seconds from the first connection to the last release
     * @throws IOException when not every instance was stored
     */
    double send(ImageSet images, int associations, int window, AeAddress to, Path logs)
            throws IOException, InterruptedException {
        List<Callable<Integer>> shares = new ArrayList<>();
        for (List<Path> share : images.shares(associations)) {
            shares.add(prepare(share, window, to, logs.resolve("sender-" + shares.size() + ".log")));
        }
        ExecutorService threads = Executors.newFixedThreadPool(associations);
        try {
            long start = System.nanoTime();
            int stored = 0;
            for (Future<Integer> share : threads.invokeAll(shares)) {
                stored += share.get();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            if (stored != images.files().size()) {
                throw new IOException(stored + " of " + images.files().size() + " instances were stored by " + to);
            }
            return seconds;
        } catch (ExecutionException e) {
            throw new IOException("sending to " + to + " failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
