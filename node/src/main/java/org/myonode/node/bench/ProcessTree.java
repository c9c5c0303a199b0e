package org.myonode.node.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Processes with all that they started: what they have used so far, as the kernel counts it in {@code /proc} (proc(5)).
 * Elsewhere than on Linux everything is 0. Thread-safe.
 */
final class ProcessTree {

    /** USER_HZ is 100 on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Path PROC = Path.of("/proc");

    private final List<Long> roots;

    ProcessTree(List<Long> roots) {
        this.roots = List.copyOf(roots);
    }

    /** CPU time in user and kernel mode, s; with that of children that have ended. */
    double cpuSeconds() {
        return pids().mapToLong(ProcessTree::ticks).sum() / TICKS_PER_SECOND;
    }

    /** The most that was ever resident, MiB: each process's own peak, added up. */
    double peakMemoryMib() {
        return pids().mapToLong(pid -> statusKib(pid, "VmHWM")).sum() / 1024.0;
    }

    /** Memory in use now, MiB: of each process what is its own, and what they share (shared_buffers) once. */
    double memoryMib() {
        long own = 0;
        long shared = 0;
        for (long pid : pids().toList()) {
            own += statusKib(pid, "RssAnon");
            shared = Math.max(shared, statusKib(pid, "RssShmem"));
        }
        return (own + shared) / 1024.0;
    }

    /** CPU time that the whole machine has spent on anything, s; 0 where it is not known. */
    static double machineCpuSeconds() {
        return lines(PROC.resolve("stat"))
                .filter(line -> line.startsWith("cpu "))
                .findFirst()
                .map(line -> {
                    String[] fields = line.strip().split(" +", -1);
                    // cpu user nice system idle iowait irq softirq steal
                    long busy = 0;
                    for (int i : new int[] {1, 2, 3, 6, 7}) {
                        busy += Long.parseLong(fields[i]);
                    }
                    return busy / TICKS_PER_SECOND;
                })
                .orElse(0.0);
    }

    private Stream<Long> pids() {
        return roots.stream()
                .flatMap(root -> ProcessHandle.of(root).stream())
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .map(ProcessHandle::pid)
                .distinct();
    }

    private static long ticks(long pid) {
        Optional<String> stat = lines(PROC.resolve(pid + "/stat")).findFirst();
        if (stat.isEmpty()) {
            return 0;
        }
        // pid (comm) state ...; the name may hold spaces and parentheses. utime, stime, cutime, cstime are 14 to 17.
        String[] fields = stat.get().substring(stat.get().lastIndexOf(')') + 2).split(" ", -1);
        long sum = 0;
        for (int field = 14; field <= 17; field++) {
            sum += Long.parseLong(fields[field - 3]);
        }
        return sum;
    }

    private static long statusKib(long pid, String name) {
        return lines(PROC.resolve(pid + "/status"))
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .orElse(0L);
    }

    /** Of a process that ended a moment ago there are none. */
    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream();
        } catch (IOException gone) {
            return Stream.empty();
        }
    }
}
