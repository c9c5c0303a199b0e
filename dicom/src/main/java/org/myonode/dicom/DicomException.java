package org.myonode.dicom;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Something is wrong with a data set or its encoding; the message names the attribute and, when read, the offset. */
public class DicomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Integer tag;
    private final @Nullable Long offset;

    /** About no attribute in particular. */
    public DicomException(String message) {
        super(message);
        tag = null;
        offset = null;
    }

    /** About no attribute in particular. */
    public DicomException(String message, Throwable cause) {
        super(message, cause);
        tag = null;
        offset = null;
    }

    /** About an attribute of a data set; the message begins with its name and tag. */
    public DicomException(int tag, String message) {
        super(Dictionary.describe(tag) + ": " + message);
        this.tag = tag;
        offset = null;
    }

    /** As above. */
    public DicomException(int tag, String message, Throwable cause) {
        super(Dictionary.describe(tag) + ": " + message, cause);
        this.tag = tag;
        offset = null;
    }

    /** About a data element that was being read and begins at this offset; the message says both. */
    public DicomException(int tag, long offset, String message) {
        super(Dictionary.describe(tag) + " at offset " + offset + ": " + message);
        this.tag = tag;
        this.offset = offset;
    }

    /** As above. */
    public DicomException(int tag, long offset, String message, Throwable cause) {
        super(Dictionary.describe(tag) + " at offset " + offset + ": " + message, cause);
        this.tag = tag;
        this.offset = offset;
    }

    /** The attribute concerned, when there is one. */
    public OptionalInt tag() {
        return tag == null ? OptionalInt.empty() : OptionalInt.of(tag);
    }

    /** Where its data element begins, in bytes from the start of the stream (inflated bytes when it is deflated). */
    public OptionalLong offset() {
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
