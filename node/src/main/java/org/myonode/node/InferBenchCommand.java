package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.NetworkSpeed;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.segment.MuscleSegmenter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "infer",
        mixinStandardHelpOptions = true,
        description = {
            "Times the muscle network on a slice and its mirror image, as the node asks for them, side by side with the same"
                    + " network and weights in PyTorch (CPU), in every way that PyTorch offers to serve it.",
            "An answer begins and ends with plain arrays. Without python3-torch only this program is measured."
        })
final class InferBenchCommand implements Callable<Integer> {

    private static final double AIM = 1.0;

    @Mixin
    private NetworkBench bench = new NetworkBench();

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "muscle model: id, id@version, the first characters of a digest, or the folder of a package"
                    + " (default: the one in use)")
    private @Nullable String name;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ModelPackage model = model();
        return bench.run(
                "One slice and its mirror image, " + model,
                AIM,
                "Probabilities",
                (python, folder) -> NetworkSpeed.infer(model, bench.warmUp, bench.rounds, python, folder));
    }

    private ModelPackage model() {
        var store = NodeConfig.ofDefaults().modelStore(Clock.systemUTC());
        if (name == null) {
            return store.active(MuscleSegmenter.TASK);
        }
        Path folder = Path.of(name);
        return Files.isDirectory(folder)
                ? ModelPackage.load(folder)
                : store.find(name).model();
    }
}
