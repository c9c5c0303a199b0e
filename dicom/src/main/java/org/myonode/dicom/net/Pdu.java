package org.myonode.dicom.net;

import java.util.List;
import java.util.Optional;

/** The seven protocol data units of PS3.8 section 9.3; of a P-DATA-TF only the header, its content is streamed. */
sealed interface Pdu {
    int ASSOCIATE_RQ = 0x01;
    int ASSOCIATE_AC = 0x02;
    int ASSOCIATE_RJ = 0x03;
    int P_DATA_TF = 0x04;
    int RELEASE_RQ = 0x05;
    int RELEASE_RP = 0x06;
    int ABORT = 0x07;

    /** PDU-type and PDU-length, with the reserved byte between. */
    int HEADER_LENGTH = 6;

    String APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1";

    /** PS3.8 section 9.3.2. The AE titles are the 16 characters of the field, spaces included. */
    record AssociateRequest(
            int protocolVersion,
            String calledAeTitle,
            String callingAeTitle,
            String applicationContext,
            List<ProposedContext> contexts,
            UserInformation user)
            implements Pdu {}

    /** PS3.8 section 9.3.3. */
    record AssociateAccept(
            int protocolVersion,
            String calledAeTitle,
            String callingAeTitle,
            String applicationContext,
            List<ContextResult> contexts,
            UserInformation user)
            implements Pdu {}

    /** PS3.8 section 9.3.4. */
    record AssociateReject(Rejection rejection) implements Pdu {}

    /** PS3.8 section 9.3.5: the length of the presentation data value items that follow. */
    record DataTransfer(long length) implements Pdu {}

    /** PS3.8 section 9.3.6. */
    record ReleaseRequest() implements Pdu {}

    /** PS3.8 section 9.3.7. */
    record ReleaseResponse() implements Pdu {}

    /** PS3.8 section 9.3.8. */
    record Abort(int source, int reason) implements Pdu {
        static final int SERVICE_USER = 0;
        static final int SERVICE_PROVIDER = 2;

        static final int NOT_SPECIFIED = 0;
        static final int UNRECOGNIZED_PDU = 1;
        static final int UNEXPECTED_PDU = 2;
        static final int INVALID_PARAMETER_VALUE = 6;

        /** The words of PS3.8 table 9-26. */
        String meaning() {
            if (source == SERVICE_USER) {
                return "aborted by the service user";
            }
            String text = switch (reason) {
                case NOT_SPECIFIED -> "reason not specified";
                case UNRECOGNIZED_PDU -> "unrecognized PDU";
                case UNEXPECTED_PDU -> "unexpected PDU";
                case 4 -> "unrecognized PDU parameter";
                case 5 -> "unexpected PDU parameter";
                case INVALID_PARAMETER_VALUE -> "invalid PDU parameter value";
                default -> "reason " + reason;
            };
            return "aborted by the service provider, " + text;
        }
    }

    /** Item 20H, PS3.8 section 9.3.2.2. */
    record ProposedContext(int id, String abstractSyntax, List<String> transferSyntaxes) {}

    /** Item 21H, PS3.8 section 9.3.3.2. */
    record ContextResult(int id, int result, String transferSyntax) {
        static final int ACCEPTANCE = 0;
        static final int USER_REJECTION = 1;
        static final int ABSTRACT_SYNTAX_NOT_SUPPORTED = 3;
        static final int TRANSFER_SYNTAXES_NOT_SUPPORTED = 4;
    }

    /**
     * Item 50H, PS3.8 section 9.3.2.3 and PS3.7 annex D.
     *
     * @param maxLength 51H, 0 for no limit
     * @param implementationClassUid 52H, empty if absent
     * @param implementationVersionName 55H, empty if absent
     * @param extendedNegotiations 56H and 57H, carried but not interpreted
     */
    record UserInformation(
            long maxLength,
            String implementationClassUid,
            String implementationVersionName,
            Optional<AsynchronousOperations> asynchronousOperations,
            List<RoleSelection> roles,
            List<ExtendedNegotiation> extendedNegotiations,
            Optional<UserIdentity> userIdentity,
            Optional<UserIdentityResponse> userIdentityResponse) {

        static UserInformation of(long maxLength) {
            return of(maxLength, Optional.empty(), List.of(), Optional.empty());
        }

        static UserInformation of(
                long maxLength,
                Optional<AsynchronousOperations> asynchronousOperations,
                List<RoleSelection> roles,
                Optional<UserIdentity> userIdentity) {
            return new UserInformation(
                    maxLength,
                    Implementation.CLASS_UID,
                    Implementation.VERSION_NAME,
                    asynchronousOperations,
                    roles,
                    List.of(),
                    userIdentity,
                    Optional.empty());
        }
    }

    /** Sub-item 53H, PS3.7 section D.3.3.3; 0 is unlimited. */
    record AsynchronousOperations(int invoked, int performed) {}

    /** Sub-item 54H, PS3.7 section D.3.3.4. */
    record RoleSelection(String sopClassUid, boolean user, boolean provider) {}

    /** Sub-items 56H and 57H, PS3.7 sections D.3.3.5 and D.3.3.6. */
    record ExtendedNegotiation(int type, byte[] content) {}

    /** Sub-item 58H, PS3.7 section D.3.3.7; its text never holds the secret. */
    record UserIdentity(int type, boolean responseRequested, byte[] primary, byte[] secondary) {
        static final int USER_NAME = 1;
        static final int USER_NAME_AND_PASSCODE = 2;

        @Override
        public String toString() {
            return "UserIdentity[type=" + type + "]";
        }
    }

    /** Sub-item 59H, PS3.7 section D.3.3.7. */
    record UserIdentityResponse(byte[] content) {}
}
