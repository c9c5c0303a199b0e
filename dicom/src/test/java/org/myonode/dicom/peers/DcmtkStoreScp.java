package org.myonode.dicom.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;

/** DCMTK's {@code storescp} as a running process; needs the program on the PATH. */
public final class DcmtkStoreScp implements AutoCloseable {
    public static final String AE_TITLE = "STORESCP";

    private final Process process;
    private final int port;
    private final Path folder;
    private final Path log;

    private DcmtkStoreScp(Process process, int port, Path folder, Path log) {
        this.process = process;
        this.port = port;
        this.folder = folder;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param folder where it writes what arrives, bit for bit
     * @param options further options of storescp, such as {@code --max-pdu 4096}
     */
    public static DcmtkStoreScp start(Path folder, String... options) throws IOException, InterruptedException {
        int port = Peers.freePort();
        Path received = Files.createDirectories(folder.resolve("received"));
        Path log = folder.resolve("storescp.log");
        List<String> command = new ArrayList<>(List.of("storescp", "-v", "-aet", AE_TITLE, "-od", received.toString()));
        command.addAll(List.of(options));
        command.add(Integer.toString(port));
        Process process = Peers.builder(command).redirectOutput(log.toFile()).start();
        Peers.awaitPort(process, port, log, Duration.ofSeconds(10));
        return new DcmtkStoreScp(process, port, received, log);
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

    /** What it printed, for the message of a failed assertion. */
    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        Peers.stop(process);
    }
}
