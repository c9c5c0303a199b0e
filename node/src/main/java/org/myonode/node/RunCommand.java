package org.myonode.node;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
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
        try (StopSignal stop = new StopSignal();
                Node node = Node.start(config, Clock.systemDefaultZone())) {
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
                            destination.name(), destination.endpoint(), String.join(", ", destination.objects())));
            if (config.destinations().isEmpty()) {
                System.out.println("No destination is configured: results stay on this node.");
            }
            stop.await();
        }
        return Main.OK;
    }
}
