package org.myonode.node.bench;

/**
 * One receiver taking one study once.
 *
 * @param round from 1
 * @param seconds from the first connection to the last release
 * @param cpuSeconds of the receiver and its database, until it was at rest again
 * @param peakMemoryMib of the receiver so far, without its database
 * @param databaseMemoryMib of its database afterwards; 0 when it has none of its own
 * @param othersCores processors that everything else but receiver and sender kept busy meanwhile: the noise
 */
record ReceiveRun(
        int round,
        Receiver.Kind receiver,
        int associations,
        int instances,
        long bytes,
        double seconds,
        double cpuSeconds,
        double peakMemoryMib,
        double databaseMemoryMib,
        double othersCores) {

    /** In millions of bytes. */
    double megabytesPerSecond() {
        return bytes / 1e6 / seconds;
    }

    double instancesPerSecond() {
        return instances / seconds;
    }

    double cpuMillisecondsPerMegabyte() {
        return cpuSeconds * 1e9 / bytes;
    }
}
