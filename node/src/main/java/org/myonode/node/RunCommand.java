package org.myonode.node;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the node until it is stopped (Ctrl-C or SIGTERM): listener, workers, web page.",
            "Without a configuration it listens as MYONODE on port 11112 and keeps everything below ./data."
        })
final class RunCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "configuration; conf/reference.conf explains every key")
    private @Nullable Path file;

    @Override
    public Integer call() throws Exception {
        NodeConfig config = file == null ? NodeConfig.ofDefaults() : NodeConfig.read(file);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (Node node = Node.start(config, Clock.systemDefaultZone())) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                stopped.countDown();
                                await(closed);
                            },
                            "shutdown"));
            System.out.printf(
                    "MyoNode %s listens as %s on %s:%d; page at http://%s:%d%n",
                    Version.number(),
                    config.dicom().aeTitle(),
                    config.dicom().bind(),
                    node.dicomPort(),
                    config.web().bind(),
                    node.webPort());
            config.destinations()
                    .forEach(destination -> System.out.printf(
                            "Results go to %s (%s): %s%n",
                            destination.name(), destination.address(), String.join(", ", destination.objects())));
            if (config.destinations().isEmpty()) {
                System.out.println("No destination is configured: results stay on this node.");
            }
            stopped.await();
        } finally {
            closed.countDown();
        }
        return Main.OK;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
