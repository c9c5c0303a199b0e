package org.myonode.dicom.codec;

/** A bit stream that is damaged, truncated, of another shape than was asked for, or of a kind that is not supported. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CodecException(String message) {
        super(message);
    }

    CodecException(long offset, String message) {
        super(message + " at byte " + offset + " of the frame");
    }

    CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
