package org.myonode.workers.queue;

/** The job store cannot be used; the message says what was tried. */
public class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    QueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
