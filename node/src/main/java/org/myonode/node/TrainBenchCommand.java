package org.myonode.node;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.myonode.crossvalidation.training.NetworkSpeed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Times training steps of the muscle network side by side with the same network in PyTorch (CPU), from the same"
                    + " weights on the same slices of phantoms, with the same optimiser.",
            "A step begins with plain arrays and ends with the loss; drawing the slices is not counted. Without"
                    + " python3-torch only this program is measured."
        })
final class TrainBenchCommand implements Callable<Integer> {

    private static final double AIM = 0.8;

    @Mixin
    private NetworkBench bench = new NetworkBench();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "4",
            description = "slices of a step (default: ${DEFAULT-VALUE})")
    private int batch;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (batch < 1) {
            throw new ConfigurationException("--batch: " + batch + " must be at least 1");
        }
        return bench.run(
                "Training steps of " + batch + " slices",
                AIM,
                "Losses of the first steps",
                (python, folder) -> NetworkSpeed.train(batch, bench.warmUp, bench.rounds, python, folder));
    }
}
