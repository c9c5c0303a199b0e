package org.myonode.node;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.db.Database;
import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.workers.export.Destination;
import org.myonode.workers.export.Endpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks everything the node needs: Java, the engine and its device, the models, the disk, the database, the"
                    + " ports and every destination.",
            "Ends with 1 when something is wrong."
        })
final class DoctorCommand implements Callable<Integer> {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration RESPONSE = Duration.ofSeconds(10);

    @Option(names = "--config", paramLabel = "FILE", description = "the configuration to check (default: the defaults)")
    private @Nullable Path file;

    private boolean healthy = true;

    @Override
    public Integer call() {
        NodeConfig config = file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
        check("program", () -> Version.NAME + " " + Version.number());
        check(
                "java",
                () -> Runtime.version() + ", heap up to "
                        + gigabytes(Runtime.getRuntime().maxMemory()) + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
        check("models", () -> {
            try (LiveModels models = new LiveModels(config.modelStore(Clock.systemUTC()), 1, change -> {})) {
                return models.with(loaded -> loaded.locatorIdentity() + ", " + loaded.segmenterIdentity() + "; ")
                        + models.engine();
            }
        });
        if (hidesCaches(Path.of("/sys/devices/system/cpu/cpu0"))) {
            System.out.printf(
                    "%-8s %-14s %s%n",
                    "note",
                    "processor",
                    "this virtual machine hides the sizes of the processor's caches, and TensorFlow takes them for zero: the"
                            + " models answer, and learn, some three times as slowly. Have the hypervisor pass them on (host"
                            + " CPU with its cache information); until then TF_ENABLE_ONEDNN_OPTS=0 halves the time of an"
                            + " answer, and triples that of a training");
        }
        check("disk", () -> {
            Path directory = Files.createDirectories(config.storage().directory());
            Path probe = Files.createTempFile(directory, ".doctor-", ".tmp");
            Files.delete(probe);
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < config.storage().minimumFreeBytes()) {
                throw new IllegalStateException(
                        directory + " has " + gigabytes(free) + " free, less than" + " storage.minimumFree of "
                                + gigabytes(config.storage().minimumFreeBytes()));
            }
            return directory.toAbsolutePath() + ", " + gigabytes(free) + " free";
        });
        check("database", () -> {
            try (Database database = Database.openBeside(Node.databaseConfig(config), Clock.systemDefaultZone())) {
                return database.describe();
            }
        });
        check("dicom port", () -> port(config.dicom().bind(), config.dicom().port(), host -> echoOwn(config, host)));
        check("web port", () -> port(config.web().bind(), config.web().port(), host -> askHealth(config, host)));
        if (config.tls().listener()) {
            check("tls", () -> {
                config.loadTls();
                return "keys and trusted certificates can be read";
            });
        }
        for (Destination destination : config.destinations()) {
            check("destination " + destination.name(), () -> {
                if (destination.endpoint() instanceof Endpoint.Web web) {
                    new DicomWebClient(web.service()).search("/studies", Map.of("limit", "1"));
                    return destination.endpoint() + " answers";
                }
                AssociationConfig plain = new AssociationConfig(
                        destination.dimse().address(), config.dicom().aeTitle(), CONNECT, RESPONSE);
                echo(destination.tls() ? plain.with(config.loadTls().orElseThrow()) : plain);
                return destination.endpoint() + " answers";
            });
        }
        if (config.destinations().isEmpty()) {
            System.out.printf("%-8s %-14s %s%n", "note", "destinations", "none: results stay on this node");
        }
        return healthy ? Main.OK : Main.FAILED;
    }

    private void check(String name, Callable<String> probe) {
        try {
            System.out.printf("%-8s %-14s %s%n", "ok", name, probe.call());
        } catch (Exception e) {
            healthy = false;
            System.out.printf("%-8s %-14s %s%n", "WRONG", name, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Linux lists a processor's caches where the (virtual) machine tells them. */
    static boolean hidesCaches(Path processor) {
        return Files.isDirectory(processor) && !Files.isDirectory(processor.resolve("cache"));
    }

    /** Whether what listens there is this node. */
    @FunctionalInterface
    private interface Own {
        void answers(String host) throws Exception;
    }

    private static String port(String bind, int port, Own own) throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(bind, port));
            return bind + ":" + port + " is free";
        } catch (BindException inUse) {
            InetAddress address = InetAddress.getByName(bind);
            try {
                own.answers(address.isAnyLocalAddress() ? "localhost" : bind);
            } catch (Exception other) {
                throw new IllegalStateException(
                        bind + ":" + port + " is in use, and not by this node: " + other.getMessage(), other);
            }
            return bind + ":" + port + " is in use by the running node, which answers";
        }
    }

    private static void echoOwn(NodeConfig config, String host) throws Exception {
        AssociationConfig plain = new AssociationConfig(
                new AeAddress(config.dicom().aeTitle(), host, config.dicom().port()),
                config.dicom().callingAeTitles().stream()
                        .findFirst()
                        .orElse(config.dicom().aeTitle()),
                CONNECT,
                RESPONSE);
        echo(config.tls().listener() ? plain.with(config.loadTls().orElseThrow()) : plain);
    }

    private static void askHealth(NodeConfig config, String host) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        new URI("http", null, host, config.web().port(), "/health", null, null))
                                .timeout(RESPONSE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (!answer.body().equals("ok\n")) {
            throw new IllegalStateException("/health answered " + answer.statusCode());
        }
    }

    private static void echo(AssociationConfig peer) throws Exception {
        try (Association association = Association.open(peer, List.of(PresentationContext.verification()))) {
            DimseStatus status = association.echo();
            if (!status.isSuccess()) {
                throw new IllegalStateException(peer.to() + " answered " + status);
            }
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
