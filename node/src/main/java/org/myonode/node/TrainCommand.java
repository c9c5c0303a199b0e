package org.myonode.node;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.FirstWeights;
import org.myonode.crossvalidation.training.HoldOut;
import org.myonode.crossvalidation.training.Ingredient;
import org.myonode.crossvalidation.training.MuscleTraining;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.crossvalidation.training.SpineTraining;
import org.myonode.crossvalidation.training.TrainingOptions;
import org.myonode.crossvalidation.training.UnlabelledCt;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.volume.HuSlice;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model package that the node can load.",
            "Draws from phantoms and, with --real, from the public CT series for which contours come with the program.",
            "The first weights of the muscle network are random, or come from a source task (--source), a model (--start) or"
                    + " a file that the site brings (--weights); the model card says what was carried over.",
            "Equal seeds give equal weights on the same machine. A run that was stopped goes on with --resume."
        })
final class TrainCommand implements Callable<Integer> {

    enum Task {
        L3,
        MUSCLE
    }

    @Option(names = "--task", required = true, description = "what to learn: ${COMPLETION-CANDIDATES}")
    private Task task;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the model package")
    private Path out;

    @Option(
            names = "--real",
            paramLabel = "DIR",
            description = "folder that holds the public data sets; without it phantoms alone are used")
    private @Nullable Path real;

    @Option(names = "--steps", paramLabel = "N", description = "training steps (default: as for the shipped model)")
    private @Nullable Long steps;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--start",
            paramLabel = "DIR",
            description = "model package whose weights to start from (default: a random start)")
    private @Nullable Path start;

    @Option(
            names = "--source",
            paramLabel = "TASK",
            defaultValue = "NONE",
            description = "what the muscle network learns first: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private SourceTask source;

    @Option(
            names = "--source-steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "steps of the source task (default: ${DEFAULT-VALUE})")
    private long sourceSteps;

    @Option(
            names = "--unlabelled",
            paramLabel = "DIR",
            description = "DICOM CT images without labels for RESTORATION and JIGSAW (default: phantoms)")
    private @Nullable Path unlabelled;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "first weights that the site brings: NumPy .npz, with NAME.names.json beside it when its arrays have"
                            + " other names, or the folder of a SavedModel of this program")
    private @Nullable Path weights;

    @Option(names = "--list-weights", description = "print the names and shapes that --weights can fill, and end")
    private boolean listWeights;

    @Option(names = "--resume", description = "go on from the last checkpoint beside DIR")
    private boolean resume;

    @Option(
            names = "--hold-out",
            paramLabel = "SUBJECT[:FROM..TO]",
            split = ",",
            converter = HoldOutConverter.class,
            description = {
                "data sets that are not learned from but scored, such as acrin_flt_breast_001",
                "with FROM..TO only a stretch of it: patient z in mm, or slice numbers of spl_abdominal_atlas"
            })
    private Set<HoldOut> holdOut = Set.of();

    @Option(
            names = "--without",
            paramLabel = "INGREDIENT",
            split = ",",
            description = "experiment on the muscle recipe: what to leave out of ${COMPLETION-CANDIDATES}")
    private Set<Ingredient> without = Set.of();

    @Mixin
    private DesignOptions network = new DesignOptions();

    static final class HoldOutConverter implements CommandLine.ITypeConverter<HoldOut> {
        @Override
        public HoldOut convert(String value) {
            try {
                return HoldOut.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws Exception {
        TrainingOptions standard =
                task == Task.L3 ? SpineTraining.standard(real, out) : MuscleTraining.standard(real, out);
        TrainingOptions options = new TrainingOptions(
                real,
                out,
                steps == null ? standard.steps() : steps,
                standard.batchSize(),
                seed,
                resume,
                standard.phantoms(),
                holdOut,
                start);
        if (listWeights) {
            MuscleTraining.weightShapes()
                    .forEach((name, shape) -> System.out.println(name + " " + Arrays.toString(shape)));
            return Main.OK;
        }
        FirstWeights first = first();
        MuscleTraining.Variant variant = variant();
        Object outcome;
        try (TrainingBar progress = new TrainingBar("Training " + task.name().toLowerCase(Locale.ROOT))) {
            try {
                outcome = task == Task.L3
                        ? new SpineTraining(Clock.systemDefaultZone()).run(options, progress)
                        : new MuscleTraining(Clock.systemDefaultZone(), variant).run(options, first, progress);
            } catch (InterruptedIOException stopped) {
                return progress.stopped(stopped);
            }
        }
        System.out.println(outcome);
        System.out.println("Model package in " + out);
        return Main.OK;
    }

    private MuscleTraining.Variant variant() {
        boolean standard = network.isStandard();
        if (task == Task.L3 && !(standard && without.isEmpty())) {
            throw new ConfigurationException(
                    "--without and the network options (--input, --width, --levels, --separable) are for --task muscle");
        }
        if (!standard && source != SourceTask.NONE) {
            throw new ConfigurationException(
                    "--source learns with the standard network: not with --input, --width, --levels or --separable");
        }
        try {
            return new MuscleTraining.Variant(network.design(), without);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private FirstWeights first() throws IOException {
        int ways = (source == SourceTask.NONE ? 0 : 1) + (start == null ? 0 : 1) + (weights == null ? 0 : 1);
        if (ways > 1) {
            throw new ConfigurationException("--source, --start and --weights exclude each other");
        }
        if (task == Task.L3 && (source != SourceTask.NONE || weights != null)) {
            throw new ConfigurationException("--source and --weights are for --task muscle");
        }
        if (weights != null) {
            return new FirstWeights.OfFile(weights);
        }
        if (start != null) {
            return new FirstWeights.OfModel(ModelPackage.load(start));
        }
        List<HuSlice> images = unlabelled == null || !source.readsImages() ? List.of() : UnlabelledCt.read(unlabelled);
        return new FirstWeights.Learnt(source, sourceSteps, images);
    }
}
