package org.myonode.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What was measured, as a table and as CSV. All figures are medians over the rounds; a ratio is the median of the ratios
 * within each round, in which both stood under nearly the same load.
 */
public final class ReceiveReport {

    private final List<ReceiveRun> runs;

    ReceiveReport(List<ReceiveRun> runs) {
        this.runs = List.copyOf(runs);
    }

    /** A table for people; empty text when nothing was measured. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-19s %5s %7s %7s %7s %8s %7s %6s %15s %15s  %s%n",
                "receiver",
                "assoc",
                "MB/s",
                "inst/s",
                "CPU s",
                "CPU ms/MB",
                "MiB",
                "db MiB",
                "MB/s : storescp",
                "MB/s : Orthanc",
                "what 0000 stands for"));
        for (int associations : associations()) {
            for (Receiver.Kind receiver : receivers()) {
                List<ReceiveRun> of = runs(receiver, associations);
                table.append(String.format(
                        Locale.ROOT,
                        "%-19s %5d %7.1f %7.1f %7.2f %8.2f %8.0f %6s %15s %15s  %s%n",
                        receiver.title(),
                        associations,
                        median(of, ReceiveRun::megabytesPerSecond),
                        median(of, ReceiveRun::instancesPerSecond),
                        median(of, ReceiveRun::cpuSeconds),
                        median(of, ReceiveRun::cpuMillisecondsPerMegabyte),
                        median(of, ReceiveRun::peakMemoryMib),
                        dashIfZero(median(of, ReceiveRun::databaseMemoryMib)),
                        text(speedRatio(of, Receiver.Kind.STORESCP)),
                        text(speedRatio(of, Receiver.Kind.ORTHANC)),
                        receiver.durability()));
            }
        }
        return table.toString();
    }

    /** Was this receiver, by its name, measured? */
    public boolean has(String receiver) {
        return receivers().contains(Receiver.Kind.named(receiver));
    }

    /** How busy the machine was with other things. */
    public String noise() {
        double[] others =
                runs.stream().mapToDouble(ReceiveRun::othersCores).sorted().toArray();
        return others.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "Meanwhile other programs used %.2f of %d processors (median; %.2f to %.2f).",
                        median(others),
                        Runtime.getRuntime().availableProcessors(),
                        others[0],
                        others[others.length - 1]);
    }

    /** One row for each run, then one for each median ({@code round} says which). */
    public void writeCsv(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("round,receiver,associations,instances,bytes,seconds,mb_per_s,instances_per_s,cpu_s,cpu_ms_per_mb,"
                + "peak_mib,database_mib,others_cores,speed_vs_storescp,cpu_vs_storescp,speed_vs_orthanc,"
                + "cpu_vs_orthanc,durability");
        for (ReceiveRun run : runs) {
            lines.add(row(Integer.toString(run.round()), List.of(run)));
        }
        for (int associations : associations()) {
            for (Receiver.Kind receiver : receivers()) {
                lines.add(row("median", runs(receiver, associations)));
            }
        }
        Files.write(file, lines);
    }

    private String row(String round, List<ReceiveRun> of) {
        ReceiveRun first = of.get(0);
        return String.format(
                Locale.ROOT,
                "%s,%s,%d,%d,%d,%.4f,%.2f,%.2f,%.2f,%.3f,%.1f,%.1f,%.2f,%s,%s,%s,%s,\"%s\"",
                round,
                first.receiver().title(),
                first.associations(),
                first.instances(),
                first.bytes(),
                median(of, ReceiveRun::seconds),
                median(of, ReceiveRun::megabytesPerSecond),
                median(of, ReceiveRun::instancesPerSecond),
                median(of, ReceiveRun::cpuSeconds),
                median(of, ReceiveRun::cpuMillisecondsPerMegabyte),
                median(of, ReceiveRun::peakMemoryMib),
                median(of, ReceiveRun::databaseMemoryMib),
                median(of, ReceiveRun::othersCores),
                text(speedRatio(of, Receiver.Kind.STORESCP)),
                text(cpuRatio(of, Receiver.Kind.STORESCP)),
                text(speedRatio(of, Receiver.Kind.ORTHANC)),
                text(cpuRatio(of, Receiver.Kind.ORTHANC)),
                first.receiver().durability());
    }

    OptionalDouble speedRatio(List<ReceiveRun> of, Receiver.Kind peer) {
        return ratio(of, peer, ReceiveRun::megabytesPerSecond);
    }

    OptionalDouble cpuRatio(List<ReceiveRun> of, Receiver.Kind peer) {
        return ratio(of, peer, ReceiveRun::cpuSeconds);
    }

    private OptionalDouble ratio(List<ReceiveRun> of, Receiver.Kind peer, ToDoubleFunction<ReceiveRun> figure) {
        double[] ratios = of.stream()
                .flatMap(run -> runs.stream()
                        .filter(other -> other.receiver() == peer
                                && other.round() == run.round()
                                && other.associations() == run.associations()
                                && figure.applyAsDouble(other) > 0)
                        .map(other -> figure.applyAsDouble(run) / figure.applyAsDouble(other)))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return ratios.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(ratios));
    }

    List<ReceiveRun> runs(Receiver.Kind receiver, int associations) {
        return runs.stream()
                .filter(run -> run.receiver() == receiver && run.associations() == associations)
                .toList();
    }

    private List<Integer> associations() {
        return runs.stream().map(ReceiveRun::associations).distinct().sorted().toList();
    }

    private List<Receiver.Kind> receivers() {
        return runs.stream().map(ReceiveRun::receiver).distinct().sorted().toList();
    }

    private static double median(List<ReceiveRun> of, ToDoubleFunction<ReceiveRun> figure) {
        return median(of.stream().mapToDouble(figure).sorted().toArray());
    }

    /** Of sorted figures, at least one. */
    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String dashIfZero(double figure) {
        return figure == 0 ? "-" : String.format(Locale.ROOT, "%.0f", figure);
    }

    private static String text(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "";
    }
}
