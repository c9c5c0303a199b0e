package org.myonode.node;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.contours.ContourSet;
import org.myonode.crossvalidation.training.SourceTask;
import org.myonode.crossvalidation.training.TransferStudy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "transfer",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what each source task brings on real CT: networks that learnt it learn muscle from few contoured slices of"
                    + " one of the two public patients whose contours come with the program, and are tested on the"
                    + " other; then the other way round.",
            "Writes transfer.csv and prints it as a table. A study that was stopped goes on when called again with the same"
                    + " options. Two patients are few: differences of some hundredths say nothing."
        })
final class TransferCommand implements Callable<Integer> {

    @Option(
            names = "--real",
            required = true,
            paramLabel = "DIR",
            description = "folder that holds the public data sets")
    private Path real;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where the table goes")
    private Path out;

    @Option(
            names = "--sources",
            split = ",",
            paramLabel = "TASK",
            description = "source tasks: ${COMPLETION-CANDIDATES} (default: all)")
    private List<SourceTask> sources = Arrays.asList(SourceTask.values());

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "a row more: first weights that the site brings, as for the train command")
    private @Nullable Path weights;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "N",
            defaultValue = "0,2,5,10",
            description = "numbers of contoured slices (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--source-steps",
            paramLabel = "N",
            defaultValue = "1500",
            description = "steps of each source task (default: ${DEFAULT-VALUE})")
    private long sourceSteps;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "400",
            description = "steps on the contoured slices (default: ${DEFAULT-VALUE})")
    private long steps;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            defaultValue = "2e-3",
            description = "highest learning rate on the contoured slices; smaller networks need more (default:"
                    + " ${DEFAULT-VALUE})")
    private double learningRate;

    @Option(
            names = "--phantom-share",
            paramLabel = "X",
            defaultValue = "0",
            description = "share of the training slices that are phantoms (default: ${DEFAULT-VALUE})")
    private double phantomShare;

    @Mixin
    private DesignOptions network = new DesignOptions();

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    private long seed;

    @Override
    public Integer call() throws IOException {
        TransferStudy.Options options;
        try {
            options = new TransferStudy.Options(
                    real,
                    out,
                    sources,
                    weights,
                    sizes,
                    network.design(),
                    sourceSteps,
                    steps,
                    learningRate,
                    phantomShare,
                    seed);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        List<TransferStudy.Row> rows;
        try (TrainingBar progress = new TrainingBar("Transfer")) {
            try {
                rows = new TransferStudy(Clock.systemDefaultZone(), progress.pace()).run(options, progress);
            } catch (InterruptedIOException stopped) {
                return progress.stopped(stopped, "");
            }
        }
        print(rows);
        System.out.println("Table: " + out.resolve("transfer.csv"));
        return Main.OK;
    }

    private void print(List<TransferStudy.Row> rows) {
        for (String learnt : ContourSet.SHIPPED) {
            rows.stream().filter(row -> row.learnt().equals(learnt)).findFirst().ifPresent(row -> {
                System.out.printf(
                        Locale.ROOT,
                        "%nDice on %d slices of %s, learnt from slices of %s%n%-12s",
                        row.testedSlices(),
                        row.tested(),
                        learnt,
                        "");
                sizes.forEach(size -> System.out.printf(Locale.ROOT, "%8s", "n = " + size));
                System.out.println();
            });
            for (String source :
                    rows.stream().map(TransferStudy.Row::source).distinct().toList()) {
                System.out.printf(Locale.ROOT, "%-12s", source.toLowerCase(Locale.ROOT));
                for (int size : sizes) {
                    double dice = rows.stream()
                            .filter(row -> row.source().equals(source)
                                    && row.size() == size
                                    && row.learnt().equals(learnt))
                            .mapToDouble(TransferStudy.Row::dice)
                            .findFirst()
                            .orElse(Double.NaN);
                    System.out.printf(
                            Locale.ROOT, "%8s", Double.isNaN(dice) ? "-" : String.format(Locale.ROOT, "%.3f", dice));
                }
                System.out.println();
            }
        }
    }
}
