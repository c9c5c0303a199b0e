package org.myonode.dicom.net;

import java.io.IOException;

/** The association ended in the middle of something: what a reader of a data set gets to see. */
final class AssociationLostException extends IOException {
    private static final long serialVersionUID = 1;

    private final Indication.Cause cause;

    AssociationLostException(Indication.Ended end) {
        super(end.why());
        this.cause = end.cause();
    }

    Indication.Cause lossCause() {
        return cause;
    }
}
