package org.myonode.workers.queue;

/**
 * How much this process works on.
 *
 * @param worker name of this process, for the audit trail
 * @param gpuThreads studies worked on at once; 0 means that this process submits studies and leaves the work to others
 * @param ioThreads deliveries at once; 0 as above
 * @param trainingThreads experiments at once; 0 as above
 */
public record QueueConfig(String worker, int gpuThreads, int ioThreads, int trainingThreads) {

    /** Without experiments. */
    public QueueConfig(String worker, int gpuThreads, int ioThreads) {
        this(worker, gpuThreads, ioThreads, 0);
    }

    /** Refuses numbers below zero. */
    public QueueConfig {
        if (gpuThreads < 0 || ioThreads < 0 || trainingThreads < 0) {
            throw new IllegalArgumentException(
                    "threads must not be negative: " + gpuThreads + ", " + ioThreads + ", " + trainingThreads);
        }
    }

    int threads(Lane lane) {
        return switch (lane) {
            case GPU -> gpuThreads;
            case IO -> ioThreads;
            case TRAINING -> trainingThreads;
            case CARE -> Math.min(1, gpuThreads);
        };
    }
}
