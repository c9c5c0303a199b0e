package org.myonode.dicom.net;

import java.util.Locale;

/**
 * Why an association is refused: result, source and reason of an A-ASSOCIATE-RJ PDU (PS3.8 table 9-21).
 *
 * @param result 1 rejected-permanent, 2 rejected-transient
 * @param source 1 service-user, 2 service-provider (ACSE), 3 service-provider (presentation)
 * @param reason meaning depends on the source
 */
public record Rejection(int result, int source, int reason) {
    public static final Rejection NO_REASON = new Rejection(1, 1, 1);
    public static final Rejection APPLICATION_CONTEXT_NOT_SUPPORTED = new Rejection(1, 1, 2);
    public static final Rejection CALLING_AE_NOT_RECOGNIZED = new Rejection(1, 1, 3);
    public static final Rejection CALLED_AE_NOT_RECOGNIZED = new Rejection(1, 1, 7);
    public static final Rejection PROTOCOL_VERSION_NOT_SUPPORTED = new Rejection(1, 2, 2);
    public static final Rejection TEMPORARY_CONGESTION = new Rejection(2, 3, 1);
    public static final Rejection LOCAL_LIMIT_EXCEEDED = new Rejection(2, 3, 2);

    /** True when the same request may be accepted later. */
    public boolean isTransient() {
        return result == 2;
    }

    /** The words of PS3.8 table 9-21. */
    public String meaning() {
        return switch (source) {
            case 1 ->
                switch (reason) {
                    case 1 -> "no reason given";
                    case 2 -> "application context name not supported";
                    case 3 -> "calling AE title not recognized";
                    case 7 -> "called AE title not recognized";
                    default -> unknown();
                };
            case 2 ->
                switch (reason) {
                    case 1 -> "no reason given";
                    case 2 -> "protocol version not supported";
                    default -> unknown();
                };
            case 3 ->
                switch (reason) {
                    case 1 -> "temporary congestion";
                    case 2 -> "local limit exceeded";
                    default -> unknown();
                };
            default -> unknown();
        };
    }

    private String unknown() {
        return String.format(Locale.ROOT, "result %d, source %d, reason %d", result, source, reason);
    }
}
