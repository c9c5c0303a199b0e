package org.myonode.dicom.web;

import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A DICOMweb service could not be reached, or answered with a status that is no outcome; the message says which. */
public final class DicomWebException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    DicomWebException(int status, String message) {
        super(message);
        this.status = status;
    }

    DicomWebException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    /** The status of HTTP; empty when there was no answer. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /**
     * True if trying again can help before anybody changes anything: no answer, request timeout, too early, too many
     * requests, and everything that is the server's fault.
     */
    public boolean isRetryable() {
        return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
    }

    /** True if somebody has to change a configuration, here or there: the address, the credentials, a redirection. */
    public boolean isConfiguration() {
        return status / 100 == 3 || status == 401 || status == 403 || status == 404 || status == 405;
    }
}
