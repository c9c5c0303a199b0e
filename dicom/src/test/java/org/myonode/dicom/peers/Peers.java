package org.myonode.dicom.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs on the PATH: whether they are there, what they answer. */
public final class Peers {
    private Peers() {}

    /** True if a program of this name can be run. */
    public static boolean onPath(String program) {
        return find(program).isPresent();
    }

    static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What a program that ended left behind; both streams together. */
    public record Outcome(int exitCode, String output) {}

    /** Runs a program to its end, one minute at most, without Nagle's algorithm in DCMTK. */
    public static Outcome run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    /** As above. */
    public static Outcome run(List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("peer", ".log");
        try {
            Process process = builder(command).redirectOutput(log.toFile()).start();
            boolean ended = process.waitFor(1, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String output = Files.readString(log, StandardCharsets.ISO_8859_1);
            if (!ended) {
                throw new IOException(command + " did not end within a minute:\n" + output);
            }
            return new Outcome(process.exitValue(), output);
        } finally {
            Files.delete(log);
        }
    }

    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TCP_NODELAY", "1");
        return builder;
    }

    /** A port that was free a moment ago, for programs that cannot choose one themselves. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until something listens; fails with the log if the process dies or nothing listens in time. */
    static void awaitPort(Process process, int port, Path log, Duration limit)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException notYet) {
                // the wait ends at once when the process does
                boolean died = process.waitFor(20, TimeUnit.MILLISECONDS);
                if (died || System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw new IOException(
                            "nothing listens on port " + port + ":\n"
                                    + Files.readString(log, StandardCharsets.ISO_8859_1),
                            notYet);
                }
            }
        }
    }

    static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
