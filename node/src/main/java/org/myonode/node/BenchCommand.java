package org.myonode.node;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures this node beside other programs on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ReceiveBenchCommand.class)
final class BenchCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new ConfigurationException("say what to measure: bench receive");
    }
}
