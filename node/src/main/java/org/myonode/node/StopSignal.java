package org.myonode.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM as something to wait for: the process then ends only when {@link #close()} says that all is put away.
 * Open it before everything that has to be closed in order.
 */
final class StopSignal implements AutoCloseable {

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    StopSignal() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stopped.countDown();
                            awaitClosed();
                        },
                        "shutdown"));
    }

    void await() throws InterruptedException {
        stopped.await();
    }

    /** Whether the signal came within this time. */
    boolean await(long milliseconds) throws InterruptedException {
        return stopped.await(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** Whether the signal has come. */
    boolean hasCome() {
        return stopped.getCount() == 0;
    }

    private void awaitClosed() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
