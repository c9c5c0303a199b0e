package org.myonode.node.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;

/** A receiving program that runs in processes of its own, with an empty folder to store in. */
final class Receiver implements AutoCloseable {

    /** The receivers that are known. */
    enum Kind {
        STORESCP("storescp", "storescp", "storescp", "nothing: files are written, never synced"),
        STORESCP_FORK("storescp-fork", "storescp --fork +B", "storescp", "nothing: files are written, never synced"),
        ORTHANC("orthanc", "Orthanc", "Orthanc", "file synced; the commit in its index is not"),
        MYONODE("myonode", "MyoNode", "", "bytes synced and ledger committed"),
        /** The same, sent to by one who negotiates several operations at a time. */
        MYONODE_ASYNC("myonode-async", "MyoNode async", "", "bytes synced and ledger committed");

        private final String label;
        private final String title;
        private final String program;
        private final String durability;

        Kind(String label, String title, String program, String durability) {
            this.label = label;
            this.title = title;
            this.program = program;
            this.durability = durability;
        }

        static Kind named(String name) {
            return Stream.of(values())
                    .filter(kind -> kind.label.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no receiver is called " + name));
        }

        /** As people type it. */
        String label() {
            return label;
        }

        /** As tables show it. */
        String title() {
            return title;
        }

        /** What is safe when it answers 0000. */
        String durability() {
            return durability;
        }

        /** The program that would have to be installed, if it is not there. */
        Optional<String> missing() {
            return program.isEmpty() || Programs.find(program).isPresent() ? Optional.empty() : Optional.of(program);
        }
    }

    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final String AE_TITLE = "BENCH";
    private static final int MAX_PDU = 131_072;

    private final Process process;
    private final AeAddress address;
    private final ProcessTree own;
    private final ProcessTree database;

    private Receiver(Process process, int port, List<Long> database) {
        this.process = process;
        this.address = new AeAddress(AE_TITLE, "127.0.0.1", port);
        this.own = new ProcessTree(List.of(process.pid()));
        this.database = new ProcessTree(database);
    }

    /**
     * Starts one; when this returns, it listens.
     *
     * @param database for MyoNode
     */
    static Receiver start(Kind kind, Path folder, BenchDatabase database) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return switch (kind) {
            case STORESCP -> storescp(folder, List.of());
            case STORESCP_FORK -> storescp(folder, List.of("--fork", "--bit-preserving"));
            case ORTHANC -> orthanc(folder);
            case MYONODE, MYONODE_ASYNC -> myonode(folder, database);
        };
    }

    private static Receiver storescp(Path folder, List<String> options) throws IOException, InterruptedException {
        int port = Programs.freePort();
        Path log = folder.resolve("storescp.log");
        List<String> command = new ArrayList<>(List.of(program("storescp"), "--aetitle", AE_TITLE));
        command.addAll(List.of("--max-pdu", Integer.toString(MAX_PDU), "--accept-all", "--promiscuous"));
        command.addAll(options);
        command.addAll(List.of(
                "--output-directory",
                Files.createDirectories(folder.resolve("files")).toString(),
                Integer.toString(port)));
        return awaited(Programs.start(command, log), port, log);
    }

    private static Receiver orthanc(Path folder) throws IOException, InterruptedException {
        int port = Programs.freePort();
        Path log = folder.resolve("orthanc.log");
        Path config = folder.resolve("orthanc.json");
        // Its defaults but for addresses and the PDU length, which is made that of the others.
        Files.writeString(
                config, """
                {
                  "StorageDirectory": "%s",
                  "IndexDirectory": "%s",
                  "Plugins": [],
                  "HttpServerEnabled": false,
                  "DicomAet": "%s",
                  "DicomPort": %d,
                  "DicomAlwaysAllowStore": true,
                  "UnknownSopClassAccepted": true,
                  "MaximumPduLength": %d
                }
                """.formatted(folder.resolve("files"), folder.resolve("index"), AE_TITLE, port, MAX_PDU));
        return awaited(Programs.start(List.of(program("Orthanc"), config.toString()), log), port, log);
    }

    private static Receiver awaited(Process process, int port, Path log) throws IOException, InterruptedException {
        Programs.awaitPort(process, port, log, STARTUP);
        return new Receiver(process, port, List.of());
    }

    private static Receiver myonode(Path folder, BenchDatabase database) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(MyoNodeReceiver.JAVA_OPTIONS);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                MyoNodeReceiver.class.getName(),
                folder.toString(),
                AE_TITLE,
                database.create()));
        Path log = folder.resolve("myonode.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("MYONODE_LOG", "warn");
        Process process = builder.start();
        BufferedReader said = process.inputReader();
        String line = said.readLine();
        while (line != null && !line.startsWith(MyoNodeReceiver.PORT)) {
            line = said.readLine();
        }
        if (line == null) {
            throw new IOException("the receiver did not start: " + Programs.lastWords(log));
        }
        int port = Integer.parseInt(line.substring(MyoNodeReceiver.PORT.length()));
        return new Receiver(process, port, List.of(database.postmaster()));
    }

    private static String program(String name) throws IOException {
        return Programs.find(name)
                .orElseThrow(() -> new IOException(name + " is not installed"))
                .toString();
    }

    AeAddress address() {
        return address;
    }

    /** Of the receiver and, if it has one in a process of its own, its database. */
    double cpuSeconds() {
        return own.cpuSeconds() + database.cpuSeconds();
    }

    double peakMemoryMib() {
        return own.peakMemoryMib();
    }

    double databaseMemoryMib() {
        return database.memoryMib();
    }

    @Override
    public void close() {
        try {
            // ours ends when its input does
            process.getOutputStream().close();
        } catch (IOException gone) {
            process.destroyForcibly();
        }
        Programs.stop(process);
    }
}
