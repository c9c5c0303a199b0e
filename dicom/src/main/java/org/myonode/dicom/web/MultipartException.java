package org.myonode.dicom.web;

import java.io.IOException;

/** A message that says it is multipart and is not; the message says where it goes wrong. */
final class MultipartException extends IOException {
    private static final long serialVersionUID = 1L;

    MultipartException(String message) {
        super(message);
    }
}
