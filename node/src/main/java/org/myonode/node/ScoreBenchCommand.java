package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.experiment.SimulatedObserver;
import org.myonode.crossvalidation.scoring.MaskPairs;
import org.myonode.crossvalidation.scoring.SciPy;
import org.myonode.phantom.PhantomBody;
import org.myonode.phantom.PhantomSlice;
import org.myonode.phantom.Vertebra;
import org.myonode.workers.volume.Mask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Scores pairs of 512 x 512 masks (all nine scores of myonode score) side by side with NumPy and SciPy, and"
                    + " compares the answers.",
            "The pairs are true muscle of phantoms at L3 and what simulated observers draw of it. Both sides get the masks"
                    + " in memory and the same number of cores; start-up and a warm-up do not count. Without python3-scipy"
                    + " only this program is measured."
        })
final class ScoreBenchCommand implements Callable<Integer> {

    private static final int SIZE = 512;
    private static final double SPACING_MM = 500.0 / SIZE;
    private static final int PER_BODY = 20;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "1000", description = "default: ${DEFAULT-VALUE}")
    private int pairs;

    @Option(
            names = "--cores",
            paramLabel = "N",
            defaultValue = "2",
            description = "threads of this program, processes of Python (default: ${DEFAULT-VALUE})")
    private int cores;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "200",
            description = "pairs scored before the clock runs, on both sides (default: ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(names = "--csv", paramLabel = "FILE", description = "write the table as CSV too")
    private @Nullable Path csv;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (pairs < 1 || cores < 1 || warmUp < 0) {
            throw new ConfigurationException("--pairs and --cores must be at least 1, --warm-up at least 0");
        }
        MaskPairs masks = draw();
        MaskPairs.Timed own = masks.score(cores, warmUp);
        List<String> rows = new ArrayList<>();
        rows.add("implementation,definition,pairs,cores,seconds,pairs_per_second,times_as_long,greatest_difference");
        System.out.printf(
                Locale.ROOT,
                "%d pairs of %d x %d pixels, %.4f mm, %d cores; phantoms%n%n%-44s %9s %10s %8s %14s%n",
                pairs,
                SIZE,
                SIZE,
                SPACING_MM,
                cores,
                "",
                "seconds",
                "pairs/s",
                "times",
                "difference");
        print(rows, Version.NAME + " " + Version.number(), "exact outlines", own, own);
        String python = SciPy.version();
        if (python.isEmpty()) {
            System.out.println("\npython3 with NumPy and SciPy is not installed (apt-get install python3-scipy):"
                    + " nothing to compare with");
        } else {
            Path folder = Files.createTempDirectory("myonode-bench");
            try {
                for (SciPy.Method method : SciPy.Method.values()) {
                    MaskPairs.Timed other = SciPy.score(masks, method, cores, warmUp, folder);
                    boolean same = method == SciPy.Method.EXACT;
                    print(rows, python, same ? "exact outlines" : "pixel outlines and EDT", other, own);
                }
            } finally {
                Files.delete(folder);
            }
            System.out.println("\ntimes: as long as this program takes. difference: the greatest over all scores and"
                    + " pairs; the usual recipe of pixel outlines is another definition, shown for its speed.");
        }
        if (csv != null) {
            Files.write(csv, rows);
        }
        return Main.OK;
    }

    private void print(List<String> rows, String who, String what, MaskPairs.Timed timed, MaskPairs.Timed own) {
        double times = timed.seconds() / own.seconds();
        double difference = timed.greatestDifference(own);
        System.out.printf(
                Locale.ROOT,
                "%-44s %9.3f %10.1f %8.1f %14.1e%n",
                who.replace("Python ", "Py ").replace("NumPy ", "NP ") + ", " + what,
                timed.seconds(),
                pairs / timed.seconds(),
                times,
                difference);
        rows.add(String.format(
                Locale.ROOT,
                "%s,%s,%d,%d,%.4f,%.2f,%.2f,%.3e",
                who,
                what,
                pairs,
                cores,
                timed.seconds(),
                pairs / timed.seconds(),
                times,
                difference));
    }

    private MaskPairs draw() {
        List<MaskPairs.Pair> drawn = new ArrayList<>();
        try (Bar bar = new Bar("Drawing masks", pairs, "pairs")) {
            for (long body = 1; drawn.size() < pairs; body++) {
                PhantomBody phantom = PhantomBody.of(body);
                PhantomSlice slice = phantom.slice(phantom.level(Vertebra.L3).midZMm(), SIZE, SPACING_MM);
                Mask truth = new Mask(SIZE, SIZE, slice.muscle());
                for (int o = 0; o < PER_BODY && drawn.size() < pairs; o++) {
                    SimulatedObserver observer = new SimulatedObserver("observer " + (o + 1), o + 1);
                    drawn.add(new MaskPairs.Pair(truth, observer.draw(truth, SPACING_MM, SPACING_MM, body)));
                    bar.to(drawn.size());
                }
            }
        }
        return new MaskPairs(SIZE, SIZE, SPACING_MM, SPACING_MM, drawn);
    }
}
