package org.myonode.dicom.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;

/** DCMTK's {@code dcmqrscp}, an archive for C-STORE, C-FIND, C-MOVE and C-GET, as a running process. */
public final class DcmtkQrScp implements AutoCloseable {
    public static final String AE_TITLE = "QRSCP";

    private final Process process;
    private final int port;
    private final Path database;
    private final Path log;

    private DcmtkQrScp(Process process, int port, Path database, Path log) {
        this.process = process;
        this.port = port;
        this.database = database;
        this.log = log;
    }

    /** True if it is installed. */
    public static boolean isInstalled() {
        return Peers.onPath("dcmqrscp");
    }

    /**
     * Starts it.
     *
     * @param destinations what it may move to, by any symbolic name
     */
    public static DcmtkQrScp start(Path folder, Map<String, AeAddress> destinations, String... options)
            throws IOException, InterruptedException {
        int port = Peers.freePort();
        Path database = Files.createDirectories(folder.resolve("qrscp"));
        Path log = folder.resolve("qrscp.log");
        Path config = folder.resolve("qrscp.cfg");
        String hosts = destinations.entrySet().stream()
                .map(entry -> "%s = (%s, %s, %d)%n"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().aeTitle(),
                                entry.getValue().host(),
                                entry.getValue().port()))
                .collect(Collectors.joining());
        Files.writeString(config, """
                NetworkTCPPort = %d
                MaxPDUSize = 131072
                MaxAssociations = 16
                HostTable BEGIN
                %sHostTable END
                VendorTable BEGIN
                VendorTable END
                AETable BEGIN
                %s %s RW (200, 1024mb) ANY
                AETable END
                """.formatted(port, hosts, AE_TITLE, database));
        Process process = Peers.builder(
                        Stream.concat(Stream.of("dcmqrscp", "-v", "-c", config.toString()), Stream.of(options))
                                .toList())
                .redirectOutput(log.toFile())
                .start();
        Peers.awaitPort(process, port, log, Duration.ofSeconds(10));
        return new DcmtkQrScp(process, port, database, log);
    }

    public AeAddress address() {
        return new AeAddress(AE_TITLE, "127.0.0.1", port);
    }

    /** The files of the archive, its index aside. */
    public List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> file.toString().endsWith(".dcm"))
                    .sorted()
                    .toList();
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
