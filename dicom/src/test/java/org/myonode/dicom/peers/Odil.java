package org.myonode.dicom.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;

/**
 * The toolkit odil by its Python binding (package {@code python3-odil}), as a receiver or a sender. The receiver takes one
 * association at a time and does not listen in between: calls have to be repeated.
 */
public final class Odil implements AutoCloseable {
    public static final String AE_TITLE = "ODIL";

    private static final String PYTHON = "/usr/bin/python3";

    private final Process process;
    private final int port;
    private final Path folder;
    private final Path log;

    private Odil(Process process, int port, Path folder, Path log) {
        this.process = process;
        this.port = port;
        this.folder = folder;
        this.log = log;
    }

    /** True if the system's Python has the binding. */
    public static boolean isInstalled() throws IOException, InterruptedException {
        return Files.isExecutable(Path.of(PYTHON))
                && Peers.run(PYTHON, "-c", "import odil").exitCode() == 0;
    }

    /** Starts a receiver that writes into a folder. */
    public static Odil start(Path folder) throws IOException {
        int port = Peers.freePort();
        Path received = Files.createDirectories(folder.resolve("received"));
        Path log = folder.resolve("odil.log");
        Process process = Peers.builder(List.of(
                        PYTHON, script(folder, "odil-scp.py").toString(), Integer.toString(port), received.toString()))
                .redirectOutput(log.toFile())
                .start();
        return new Odil(process, port, received, log);
    }

    /** Sends files, each in its transfer syntax. */
    public static Peers.Outcome send(Path scratch, AeAddress to, List<Path> files)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(PYTHON, script(scratch, "odil-send.py").toString(), to.aeTitle(), "" + to.port()));
        files.forEach(file -> command.add(file.toString()));
        return Peers.run(command);
    }

    private static Path script(Path folder, String name) throws IOException {
        try (InputStream in = Odil.class.getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    public AeAddress address() {
        return new AeAddress(AE_TITLE, "127.0.0.1", port);
    }

    /** The files that arrived so far. */
    public List<Path> received() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** What it printed. */
    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        Peers.stop(process);
    }
}
