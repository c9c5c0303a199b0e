package org.myonode.db;

import java.time.Duration;

/**
 * The ledger's limits.
 *
 * @param maxAttempts attempts before a revision is quarantined
 * @param heartbeatTimeout a running attempt silent for longer may be taken over
 * @param firstRetry wait after the first failed delivery; doubled after each further one
 * @param longestRetry the wait never grows beyond this
 */
public record LedgerPolicy(int maxAttempts, Duration heartbeatTimeout, Duration firstRetry, Duration longestRetry) {

    /** Three attempts, 30 s of silence, deliveries after 10 s, 20 s, 40 s ... 1 h. */
    public static final LedgerPolicy DEFAULT =
            new LedgerPolicy(3, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofHours(1));

    Duration retryAfter(int attempts) {
        return doubled(firstRetry, attempts - 1, longestRetry);
    }

    static Duration doubled(Duration first, int times, Duration longest) {
        Duration wait = first.multipliedBy(1L << Math.min(Math.max(times, 0), 30));
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
