package org.myonode.dicom.net;

import java.util.Locale;
import java.util.Map;

/**
 * The answer to a DIMSE request: the status code of (0000,0900) and the text of Error Comment (0000,0902).
 *
 * @param code 0 to FFFFH, PS3.7 annex C and PS3.4 table B.2-1
 * @param comment may be empty; at most 64 characters of it travel
 */
public record DimseStatus(int code, String comment) {
    /** The instance is stored durably. */
    public static final DimseStatus SUCCESS = new DimseStatus(0x0000);
    /** Disk or queue full: the sender should try again later. */
    public static final DimseStatus OUT_OF_RESOURCES = new DimseStatus(0xA700);
    /** The data set is not of the SOP class, or not the instance, that the command names. */
    public static final DimseStatus DATA_SET_DOES_NOT_MATCH = new DimseStatus(0xA900);
    /** The data set cannot be parsed. */
    public static final DimseStatus CANNOT_UNDERSTAND = new DimseStatus(0xC000);
    /** An error of the node itself. */
    public static final DimseStatus PROCESSING_FAILURE = new DimseStatus(0x0110);
    /** The instance that the request names is not one the node knows. */
    public static final DimseStatus NO_SUCH_SOP_INSTANCE = new DimseStatus(0x0112);
    /** The Event Type ID is none of the SOP class. */
    public static final DimseStatus NO_SUCH_EVENT_TYPE = new DimseStatus(0x0113);
    /** The information of the request lacks something, or says what cannot be. */
    public static final DimseStatus INVALID_ARGUMENT_VALUE = new DimseStatus(0x0115);
    /** The SOP class of the request is not that of its presentation context, or unknown. */
    public static final DimseStatus NO_SUCH_SOP_CLASS = new DimseStatus(0x0118);
    /** The Action Type ID is none of the SOP class. */
    public static final DimseStatus NO_SUCH_ACTION_TYPE = new DimseStatus(0x0123);
    /** The SOP class is not supported on this presentation context. */
    public static final DimseStatus SOP_CLASS_NOT_SUPPORTED = new DimseStatus(0x0122);
    /** The sender may not do this. */
    public static final DimseStatus NOT_AUTHORIZED = new DimseStatus(0x0124);
    /** The command field is one the node does not know. */
    public static final DimseStatus UNRECOGNIZED_OPERATION = new DimseStatus(0x0211);

    private static final Map<Integer, String> MEANINGS = Map.ofEntries(
            Map.entry(0x0000, "success"),
            Map.entry(0x0001, "requested optional attributes are not supported"),
            Map.entry(0x0105, "no such attribute"),
            Map.entry(0x0106, "invalid attribute value"),
            Map.entry(0x0107, "attribute list error"),
            Map.entry(0x0110, "processing failure"),
            Map.entry(0x0111, "duplicate SOP instance"),
            Map.entry(0x0112, "no such SOP instance"),
            Map.entry(0x0113, "no such event type"),
            Map.entry(0x0114, "no such argument"),
            Map.entry(0x0115, "invalid argument value"),
            Map.entry(0x0116, "attribute value out of range"),
            Map.entry(0x0117, "invalid SOP instance"),
            Map.entry(0x0118, "no such SOP class"),
            Map.entry(0x0119, "class-instance conflict"),
            Map.entry(0x0120, "missing attribute"),
            Map.entry(0x0121, "missing attribute value"),
            Map.entry(0x0122, "SOP class not supported"),
            Map.entry(0x0123, "no such action type"),
            Map.entry(0x0124, "not authorized"),
            Map.entry(0x0131, "duplicate transaction UID"),
            Map.entry(0x0210, "duplicate invocation"),
            Map.entry(0x0211, "unrecognized operation"),
            Map.entry(0x0212, "mistyped argument"),
            Map.entry(0x0213, "resource limitation"),
            Map.entry(0xB000, "coercion of data elements"),
            Map.entry(0xB006, "elements discarded"),
            Map.entry(0xB007, "data set does not match SOP class (warning)"),
            Map.entry(0xFE00, "cancelled"));

    public DimseStatus {
        if (code < 0 || code > 0xFFFF) {
            throw new IllegalArgumentException("status code " + code + " is not 16 bits");
        }
    }

    /** Without a comment. */
    public DimseStatus(int code) {
        this(code, "");
    }

    /** The same code with a text for the peer. */
    public DimseStatus with(String text) {
        return new DimseStatus(code, text);
    }

    /** Code 0000 and no other. */
    public boolean isSuccess() {
        return code == 0x0000;
    }

    /** Stored, with a remark: Bxxx and the general warnings of PS3.7 annex C. */
    public boolean isWarning() {
        return (code & 0xF000) == 0xB000 || code == 0x0001 || code == 0x0107 || code == 0x0116;
    }

    /** More responses to the same request follow: FF00 and FF01. */
    public boolean isPending() {
        return code == 0xFF00 || code == 0xFF01;
    }

    /** A later attempt may succeed: out of resources (A7xx), processing failure, resource limitation. */
    public boolean isRetryable() {
        return (code & 0xFF00) == 0xA700 || code == 0x0110 || code == 0x0213;
    }

    /** What the standard calls the code. */
    public String meaning() {
        String exact = MEANINGS.get(code);
        if (exact != null) {
            return exact;
        }
        if ((code & 0xFF00) == 0xA700) {
            return "out of resources";
        }
        if ((code & 0xFF00) == 0xA900) {
            return "data set does not match SOP class";
        }
        return switch (code & 0xF000) {
            case 0xB000 -> "warning";
            case 0xC000 -> "cannot understand";
            case 0xF000 -> "pending";
            default -> "failure";
        };
    }

    /** For example {@code A700 out of resources (disk full)}. */
    @Override
    public String toString() {
        String text = String.format(Locale.ROOT, "%04X %s", code, meaning());
        return comment.isEmpty() ? text : text + " (" + comment + ")";
    }
}
