package org.myonode.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.crossvalidation.training.NetworkSpeed;
import org.myonode.crossvalidation.training.PyTorch;
import picocli.CommandLine.Option;

/** What {@code bench train} and {@code bench infer} share: the other side, the table and the file. */
final class NetworkBench {

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "40",
            description = "turns that are timed (default: ${DEFAULT-VALUE})")
    int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "12",
            description = "turns before the clock runs, on both sides (default: ${DEFAULT-VALUE})")
    int warmUp;

    @Option(names = "--csv", paramLabel = "FILE", description = "write the table as CSV too")
    private @Nullable Path csv;

    /** One side against the other; the folder is for files between the two. */
    @FunctionalInterface
    interface Comparison {
        NetworkSpeed.Result run(@Nullable PyTorch python, Path folder) throws IOException, InterruptedException;
    }

    /**
     * Runs both sides and prints the table.
     *
     * @param what is timed, for people: "training step, 4 slices"
     * @param aim the least ratio of the speeds that the project asks of itself
     */
    int run(String what, double aim, String compared, Comparison comparison) throws IOException, InterruptedException {
        if (rounds < 1 || warmUp < 0) {
            throw new ConfigurationException("--rounds must be at least 1, --warm-up at least 0");
        }
        int threads = Runtime.getRuntime().availableProcessors();
        Optional<PyTorch> python = PyTorch.find(threads);
        Path folder = Files.createTempDirectory("myonode-bench");
        NetworkSpeed.Result result;
        try {
            result = comparison.run(python.orElse(null), folder);
        } finally {
            Files.delete(folder);
        }
        double memory = ownMemoryMib();
        System.out.printf(
                Locale.ROOT,
                "%s; %d turns after %d, %d threads%n%n%-40s %10s %10s %8s %12s%n",
                what,
                rounds,
                warmUp,
                threads,
                "",
                "median ms",
                "least ms",
                "ratio",
                "memory MiB");
        List<String> rows = new ArrayList<>();
        rows.add("implementation,threads,rounds,median_ms,least_ms,ratio,peak_memory_mib");
        String own = Version.NAME + " " + Version.number();
        row(rows, own, threads, result.own(), result.own(), memory);
        for (NetworkSpeed.Timed other : result.others()) {
            row(rows, other.name(), threads, other, result.own(), result.othersMemoryMib());
        }
        result.notes().forEach(note -> System.out.println("PyTorch: " + note));
        NetworkSpeed.Timed fastest = result.fastestOther();
        if (python.isEmpty() || fastest == null) {
            System.out.println("\npython3 with PyTorch is not installed (apt-get install python3-torch): nothing to"
                    + " compare with");
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%n%s. ratio: how many times as long as this program. Against its fastest way: %.2f x its speed (aim"
                            + " %.1f).%n%s differ by at most %.1e.%n",
                    python.get().version(),
                    fastest.median() / result.own().median(),
                    aim,
                    compared,
                    result.greatestDifference());
        }
        if (csv != null) {
            Files.write(csv, rows);
        }
        return Main.OK;
    }

    private void row(
            List<String> rows,
            String name,
            int threads,
            NetworkSpeed.Timed timed,
            NetworkSpeed.Timed own,
            double memoryMib) {
        double median = 1000 * timed.median();
        double least = 1000 * timed.least();
        double ratio = timed.median() / own.median();
        System.out.printf(Locale.ROOT, "%-40s %10.1f %10.1f %8.2f %12.0f%n", name, median, least, ratio, memoryMib);
        rows.add(String.format(
                Locale.ROOT,
                "\"%s\",%d,%d,%.2f,%.2f,%.3f,%.0f",
                name,
                threads,
                rounds,
                median,
                least,
                ratio,
                memoryMib));
    }

    /** The most of this process that was ever resident; 0 elsewhere than on Linux. */
    private static double ownMemoryMib() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                            .filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElse(0)
                    / 1024.0;
        } catch (IOException elsewhere) {
            return 0;
        }
    }
}
