package org.myonode.dicom.net;

import java.util.Locale;

/**
 * What a status means in a response of C-FIND, C-MOVE or C-GET: the rows of PS3.4 tables C.4-1, C.4-2 and C.4-3, and the
 * general codes of PS3.7 annex C. B000 and others mean something else here than in storage.
 */
public enum QueryStatus {
    SUCCESS("success"),
    PENDING("pending"),
    /** Matches are continuing, but an optional key was not supported. */
    PENDING_KEYS_NOT_SUPPORTED("pending; an optional key is not supported"),
    CANCELLED("cancelled on request"),
    /** The retrieval is over; one or more sub-operations failed or had a warning. */
    SUB_OPERATIONS_FAILED("sub-operations complete, one or more failures or warnings"),
    /** A later attempt may succeed. */
    OUT_OF_RESOURCES("refused: out of resources"),
    CANNOT_COUNT_MATCHES("refused: out of resources, unable to calculate number of matches"),
    CANNOT_PERFORM_SUB_OPERATIONS("refused: out of resources, unable to perform sub-operations"),
    MOVE_DESTINATION_UNKNOWN("refused: move destination unknown"),
    IDENTIFIER_DOES_NOT_MATCH("error: data set does not match SOP class"),
    UNABLE_TO_PROCESS("failed: unable to process"),
    SOP_CLASS_NOT_SUPPORTED("refused: SOP class not supported"),
    NOT_AUTHORIZED("refused: not authorized"),
    /** A code that no table has for these services. */
    OTHER("failed");

    private final String meaning;

    QueryStatus(String meaning) {
        this.meaning = meaning;
    }

    /** The row of a code. */
    public static QueryStatus of(int code) {
        return switch (code) {
            case 0x0000 -> SUCCESS;
            case 0xFF00 -> PENDING;
            case 0xFF01 -> PENDING_KEYS_NOT_SUPPORTED;
            case 0xFE00 -> CANCELLED;
            case 0xB000 -> SUB_OPERATIONS_FAILED;
            case 0xA701 -> CANNOT_COUNT_MATCHES;
            case 0xA702 -> CANNOT_PERFORM_SUB_OPERATIONS;
            case 0xA801 -> MOVE_DESTINATION_UNKNOWN;
            case 0x0122 -> SOP_CLASS_NOT_SUPPORTED;
            case 0x0124 -> NOT_AUTHORIZED;
            default ->
                switch (code >>> 8) {
                    case 0xA7 -> OUT_OF_RESOURCES;
                    case 0xA9 -> IDENTIFIER_DOES_NOT_MATCH;
                    case 0xC0,
                            0xC1,
                            0xC2,
                            0xC3,
                            0xC4,
                            0xC5,
                            0xC6,
                            0xC7,
                            0xC8,
                            0xC9,
                            0xCA,
                            0xCB,
                            0xCC,
                            0xCD,
                            0xCE,
                            0xCF -> UNABLE_TO_PROCESS;
                    default -> OTHER;
                };
        };
    }

    /** More responses follow. */
    public boolean isPending() {
        return this == PENDING || this == PENDING_KEYS_NOT_SUPPORTED;
    }

    /** A later attempt may succeed. */
    public boolean isRetryable() {
        return this == OUT_OF_RESOURCES || this == CANNOT_COUNT_MATCHES || this == CANNOT_PERFORM_SUB_OPERATIONS;
    }

    /** The words of the table. */
    public String meaning() {
        return meaning;
    }

    /** For example {@code A801 refused: move destination unknown (no such AE)}. */
    static String describe(DimseStatus status) {
        QueryStatus row = of(status.code());
        String text =
                String.format(Locale.ROOT, "%04X %s", status.code(), row == OTHER ? status.meaning() : row.meaning);
        return status.comment().isEmpty() ? text : text + " (" + status.comment() + ")";
    }
}
