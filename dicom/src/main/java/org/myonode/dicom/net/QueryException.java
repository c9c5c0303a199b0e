package org.myonode.dicom.net;

import java.io.IOException;

/** A provider did not answer a query to its end; the message says with which status. */
public final class QueryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient FindResult result;

    QueryException(AeAddress peer, FindResult result) {
        super(peer + " answered the query with " + result);
        this.result = result;
    }

    /** How it ended. */
    public FindResult result() {
        return result;
    }
}
