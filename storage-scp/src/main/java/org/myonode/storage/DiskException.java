package org.myonode.storage;

import java.io.IOException;

/** A failure of our own file system, as opposed to one of the source of a data set. */
final class DiskException extends IOException {

    private static final long serialVersionUID = 1L;

    DiskException(IOException cause) {
        super(cause);
    }
}
