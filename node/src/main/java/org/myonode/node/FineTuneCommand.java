package org.myonode.node;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.FineTuning;
import org.myonode.crossvalidation.training.FirstWeights;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.db.ContourSlice;
import org.myonode.db.Corrections;
import org.myonode.db.Database;
import org.myonode.db.DrawnSlice;
import org.myonode.db.ExpertContour;
import org.myonode.workers.segment.MuscleSegmenter;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.Mask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a muscle model of the site's own from the contours it has stored (contours import, or received).",
            "About ten contoured slices are a beginning. Some patients are kept to decide when to stop; they are never learnt"
                    + " from. The package is written to --out: take it in with models import, compare it, promote it.",
            "Contours that experts drew over those of a model (corrections of results) are learnt from only where the site"
                    + " allows it: corrections.training = true.",
            "Ends with 3 when no contours are stored."
        })
final class FineTuneCommand implements Callable<Integer> {

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the model package")
    private Path out;

    @Option(names = "--version-name", required = true, paramLabel = "V", description = "version of the new model")
    private String version;

    @Option(
            names = "--start",
            paramLabel = "MODEL",
            description = "model to start from: id, id@version or digest (default: the one in use)")
    private @Nullable String start;

    @Option(
            names = "--source",
            paramLabel = "TASK",
            description = "start from a source task instead of a model: ${COMPLETION-CANDIDATES}")
    private @Nullable SourceTask source;

    @Option(
            names = "--source-steps",
            paramLabel = "N",
            defaultValue = "1000",
            description = "steps of the source task (default: ${DEFAULT-VALUE})")
    private long sourceSteps;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "start from weights that the site brings, as with train --weights")
    private @Nullable Path weights;

    @Option(
            names = "--structure",
            paramLabel = "NAME",
            defaultValue = "muscle",
            description = "which contours (default: ${DEFAULT-VALUE})")
    private String structure;

    @Option(names = "--observer", paramLabel = "NAME", description = "only those of this observer (default: of all)")
    private @Nullable String observer;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "patients kept to decide when to stop (default: a quarter of them, none of less than four)")
    private @Nullable Integer keep;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "400",
            description = "steps at most (default: ${DEFAULT-VALUE})")
    private long steps;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--resume", description = "go on from the checkpoint of a run that was stopped")
    private boolean resume;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration (default: the defaults)")
    private @Nullable Path config;

    private String aboutCorrections = "";

    @Override
    public Integer call() throws IOException {
        NodeConfig node = config == null ? NodeConfig.ofDefaults() : NodeConfig.read(config);
        Clock clock = Clock.systemDefaultZone();
        FirstWeights first = first(node, clock);
        List<FineTuning.Contoured> contoured = contoured(node, clock);
        if (contoured.isEmpty()) {
            System.out.println("no contours of " + structure + (observer == null ? "" : " by " + observer)
                    + " are stored: see myonode contours");
            System.out.println(aboutCorrections);
            return Main.EXPECTED_NO;
        }
        System.out.println(aboutCorrections);
        Set<String> kept = kept(contoured);
        List<FineTuning.Contoured> learn =
                contoured.stream().filter(one -> !kept.contains(one.patient())).toList();
        List<FineTuning.Contoured> judge =
                contoured.stream().filter(one -> kept.contains(one.patient())).toList();
        FineTuning.Options standard = FineTuning.Options.standard(first, out, version);
        FineTuning.Options options = new FineTuning.Options(
                first,
                out,
                standard.id(),
                version,
                steps,
                standard.learningRate(),
                standard.batchSize(),
                seed,
                standard.phantomShare(),
                standard.judgeEvery(),
                standard.patience(),
                resume);
        FineTuning.Outcome outcome;
        try (TrainingBar progress = new TrainingBar("Fine-tuning")) {
            try {
                outcome = new FineTuning(clock).run(learn, judge, options, progress);
            } catch (InterruptedIOException stopped) {
                return progress.stopped(stopped);
            }
        }
        outcome.diceByPatient()
                .forEach((patient, dice) ->
                        System.out.printf(Locale.ROOT, "kept patient %s: Dice %.4f%n", patient, dice));
        System.out.println("Model package in " + outcome.model() + ", weights of step " + outcome.bestStep()
                + ". Not verified. Take it in with: myonode models import " + outcome.model());
        return Main.OK;
    }

    private FirstWeights first(NodeConfig node, Clock clock) {
        int ways = (source == null ? 0 : 1) + (start == null ? 0 : 1) + (weights == null ? 0 : 1);
        if (ways > 1) {
            throw new ConfigurationException("--source, --start and --weights exclude each other");
        }
        if (source != null) {
            return new FirstWeights.Learnt(source, sourceSteps, List.of());
        }
        if (weights != null) {
            return new FirstWeights.OfFile(weights);
        }
        var store = node.modelStore(clock);
        return new FirstWeights.OfModel(
                start == null
                        ? store.active(MuscleSegmenter.TASK)
                        : store.find(start).model().require(MuscleSegmenter.TASK));
    }

    private List<FineTuning.Contoured> contoured(NodeConfig node, Clock clock) throws IOException {
        Files.createDirectories(node.storage().directory());
        List<FineTuning.Contoured> contoured = new ArrayList<>();
        try (Database database = Database.openBeside(Node.databaseConfig(node), clock)) {
            Corrections corrections = new Corrections(database, clock);
            boolean allowed = node.corrections().training();
            Set<String> corrected = new TreeSet<>();
            corrections.correctedContours(structure).stream()
                    .filter(contour -> observer == null || observer.equals(contour.observer()))
                    .forEach(contour -> corrected.add(contour.sopInstanceUid() + " by " + contour.observer()));
            aboutCorrections = corrected.size() + " stored contours are corrections of what a model had drawn"
                    + (corrected.isEmpty()
                            ? ""
                            : allowed ? " and are learnt from" : ", left out: corrections.training = false");
            for (DrawnSlice drawn : corrections.contours().drawn(structure, allowed)) {
                ContourSlice slice = drawn.slice();
                HuSlice image = new HuSlice(slice.rows(), slice.columns(), slice.rowMm(), slice.columnMm(), slice.hu());
                for (ExpertContour contour : drawn.contours()) {
                    if (observer == null || observer.equals(contour.observer())) {
                        contoured.add(new FineTuning.Contoured(
                                slice.patientKey(),
                                slice.zMm(),
                                image,
                                new Mask(slice.rows(), slice.columns(), contour.mask())));
                    }
                }
            }
        }
        return contoured;
    }

    /** Which patients decide when to stop; by the seed, so that another seed keeps others. */
    private Set<String> kept(List<FineTuning.Contoured> contoured) {
        Set<String> all = new TreeSet<>();
        contoured.forEach(one -> all.add(one.patient()));
        int count = keep == null ? all.size() / 4 : keep;
        if (count < 0 || count >= all.size()) {
            throw new ConfigurationException(
                    "--keep: " + count + " of " + all.size() + " patients leaves none to learn from");
        }
        List<String> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(seed));
        return new TreeSet<>(shuffled.subList(0, count));
    }
}
