package org.myonode.workers.pipeline;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Where the time went: milliseconds for each step, steps of one name added up. Not thread-safe. */
final class Stopwatch {
    private final Clock clock;
    private final Map<String, Long> millis = new LinkedHashMap<>();

    Stopwatch(Clock clock) {
        this.clock = clock;
    }

    <T> T time(String step, Supplier<T> work) {
        long start = clock.millis();
        try {
            return work.get();
        } finally {
            millis.merge(step, clock.millis() - start, Long::sum);
        }
    }

    Map<String, Long> millis() {
        return millis;
    }
}
