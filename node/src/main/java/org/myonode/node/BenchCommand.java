package org.myonode.node;

import picocli.CommandLine.Command;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures this node beside other programs on this machine.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = {
            ReceiveBenchCommand.class,
            ScoreBenchCommand.class,
            TrainBenchCommand.class,
            InferBenchCommand.class
        })
final class BenchCommand {}
