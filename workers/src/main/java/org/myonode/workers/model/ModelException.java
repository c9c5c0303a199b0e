package org.myonode.workers.model;

import org.jspecify.annotations.Nullable;

/** A model package that cannot be used, or an engine that cannot run it; the message names the file and the reason. */
public final class ModelException extends RuntimeException {

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
