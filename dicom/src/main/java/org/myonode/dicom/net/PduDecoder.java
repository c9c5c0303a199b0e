package org.myonode.dicom.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.net.Pdu.AsynchronousOperations;
import org.myonode.dicom.net.Pdu.ContextResult;
import org.myonode.dicom.net.Pdu.ExtendedNegotiation;
import org.myonode.dicom.net.Pdu.ProposedContext;
import org.myonode.dicom.net.Pdu.RoleSelection;
import org.myonode.dicom.net.Pdu.UserIdentity;
import org.myonode.dicom.net.Pdu.UserIdentityResponse;
import org.myonode.dicom.net.Pdu.UserInformation;

/**
 * Bytes to PDUs, field by field as PS3.8 section 9.3 and PS3.7 annex D list them. The sentences name the bytes as the
 * standard does, counted from 1; errors name the offset, counted from 0.
 */
final class PduDecoder {
    /** 128 contexts with 40 syntaxes each and a SAML assertion fit with room to spare. */
    static final int MAX_ASSOCIATE_LENGTH = 1 << 20;

    /** Identifiers are odd and fit in a byte. */
    private static final int MAX_CONTEXTS = 128;

    /** PS3.7 section D.3.3.4 and .5 allow one per SOP class; nobody needs more than there are contexts, twice. */
    private static final int MAX_SUB_ITEMS = 4 * MAX_CONTEXTS;

    /** From the protocol version to the last reserved byte, before the variable items. */
    private static final int ASSOCIATE_FIXED_LENGTH = 68;

    private static final int SHORT_LENGTH = 4;

    /** One presentation data value item without data: item length, context ID, message control header. */
    private static final int MIN_DATA_LENGTH = 6;

    private static final long DEFAULT_MAX_LENGTH = 16_384;

    private PduDecoder() {}

    /** Refuses a PDU by its type and length before any of its body is read. */
    static void checkHeader(int type, long length, long maxDataLength) throws PduException {
        switch (type) {
            case Pdu.ASSOCIATE_RQ, Pdu.ASSOCIATE_AC -> {
                if (length < ASSOCIATE_FIXED_LENGTH || length > MAX_ASSOCIATE_LENGTH) {
                    throw badLength(length, ASSOCIATE_FIXED_LENGTH + " to " + MAX_ASSOCIATE_LENGTH);
                }
            }
            case Pdu.ASSOCIATE_RJ, Pdu.RELEASE_RQ, Pdu.RELEASE_RP, Pdu.ABORT -> {
                if (length != SHORT_LENGTH) {
                    throw badLength(length, "4");
                }
            }
            case Pdu.P_DATA_TF -> {
                if (length < MIN_DATA_LENGTH || maxDataLength != 0 && length > maxDataLength) {
                    throw badLength(
                            length, MIN_DATA_LENGTH + " to " + (maxDataLength == 0 ? "4294967295" : maxDataLength));
                }
            }
            default -> throw PduException.unrecognized(type);
        }
    }

    private static PduException badLength(long length, String allowed) {
        return PduException.invalid("PDU-length", 2, length + " is not " + allowed);
    }

    /** Decodes the body of any PDU but P-DATA-TF. */
    static Pdu decode(int type, byte[] body) throws PduException {
        PduFields fields = PduFields.of(body);
        return switch (type) {
            case Pdu.ASSOCIATE_RQ -> associateRequest(fields);
            case Pdu.ASSOCIATE_AC -> associateAccept(fields);
            case Pdu.ASSOCIATE_RJ -> associateReject(fields);
            case Pdu.RELEASE_RQ -> {
                // 7-10 - Reserved, not tested to any value when received
                fields.skip(4, "Reserved");
                yield new Pdu.ReleaseRequest();
            }
            case Pdu.RELEASE_RP -> {
                // 7-10 - Reserved, not tested to any value when received
                fields.skip(4, "Reserved");
                yield new Pdu.ReleaseResponse();
            }
            case Pdu.ABORT -> abort(fields);
            default -> throw PduException.unrecognized(type);
        };
    }

    private static Pdu.AssociateReject associateReject(PduFields fields) throws PduException {
        // 7 - Reserved
        fields.skip(1, "Reserved");
        // 8 - Result: 1 - rejected-permanent, 2 - rejected-transient
        int result = fields.uint8("Result");
        // 9 - Source: 1 - UL service-user, 2 - UL service-provider (ACSE), 3 - (Presentation)
        int source = fields.uint8("Source");
        // 10 - Reason/Diag.
        int reason = fields.uint8("Reason/Diag.");
        return new Pdu.AssociateReject(new Rejection(result, source, reason));
    }

    private static Pdu.Abort abort(PduFields fields) throws PduException {
        // 7 and 8 - Reserved
        fields.skip(2, "Reserved");
        // 9 - Source: 0 - UL service-user, 1 - reserved, 2 - UL service-provider
        int source = fields.uint8("Source");
        // 10 - Reason/Diag., not significant if the source is 0
        int reason = fields.uint8("Reason/Diag.");
        return new Pdu.Abort(source, reason);
    }

    private static Pdu.AssociateRequest associateRequest(PduFields fields) throws PduException {
        // 7-8 - Protocol-version, one bit per version, bit 0 for version 1
        int protocolVersion = fields.uint16("Protocol-version");
        // 9-10 - Reserved
        fields.skip(2, "Reserved");
        // 11-26 - Called-AE-title, padded with spaces
        String called = fields.text(AeTitles.LENGTH, "Called-AE-title");
        // 27-42 - Calling-AE-title, padded with spaces
        String calling = fields.text(AeTitles.LENGTH, "Calling-AE-title");
        // 43-74 - Reserved
        fields.skip(32, "Reserved");
        // 75-xxx - Variable items: one Application Context, one or more Presentation Context, one User Information
        String applicationContext = "";
        List<ProposedContext> contexts = new ArrayList<>();
        UserInformation user = null;
        while (fields.hasMore()) {
            int at = fields.offset();
            int type = fields.uint8("Item-type");
            fields.skip(1, "Reserved");
            int length = fields.uint16("Item-length");
            PduFields item = fields.part(length, "Item " + hex(type));
            switch (type) {
                case 0x10 -> applicationContext = item.uid(length, "Application-context-name");
                case 0x20 -> {
                    ProposedContext context = proposedContext(item);
                    checkId(context.id(), at, contexts.size());
                    if (contexts.stream().anyMatch(other -> other.id() == context.id())) {
                        throw PduException.invalid(
                                "Presentation-context-ID", at + 4L, context.id() + " is proposed twice");
                    }
                    contexts.add(context);
                }
                case 0x50 -> user = userInformation(item);
                default -> {
                    // PS3.8 section 9.3.1: items of an undefined type are ignored
                }
            }
        }
        if (contexts.isEmpty()) {
            throw PduException.invalid("Presentation Context Item", fields.offset(), "none is proposed");
        }
        return new Pdu.AssociateRequest(
                protocolVersion, called, calling, applicationContext, List.copyOf(contexts), orDefault(user));
    }

    private static Pdu.AssociateAccept associateAccept(PduFields fields) throws PduException {
        // 7-8 - Protocol-version
        int protocolVersion = fields.uint16("Protocol-version");
        // 9-10 - Reserved
        fields.skip(2, "Reserved");
        // 11-26 - Reserved, the Called-AE-title of the request, not tested when received
        String called = fields.text(AeTitles.LENGTH, "Called-AE-title");
        // 27-42 - Reserved, the Calling-AE-title of the request, not tested when received
        String calling = fields.text(AeTitles.LENGTH, "Calling-AE-title");
        // 43-74 - Reserved
        fields.skip(32, "Reserved");
        // 75-xxx - Variable items
        String applicationContext = "";
        List<ContextResult> contexts = new ArrayList<>();
        UserInformation user = null;
        while (fields.hasMore()) {
            int at = fields.offset();
            int type = fields.uint8("Item-type");
            fields.skip(1, "Reserved");
            int length = fields.uint16("Item-length");
            PduFields item = fields.part(length, "Item " + hex(type));
            switch (type) {
                case 0x10 -> applicationContext = item.uid(length, "Application-context-name");
                case 0x21 -> {
                    ContextResult context = contextResult(item);
                    checkId(context.id(), at, contexts.size());
                    contexts.add(context);
                }
                case 0x50 -> user = userInformation(item);
                default -> {
                    // PS3.8 section 9.3.1: items of an undefined type are ignored
                }
            }
        }
        return new Pdu.AssociateAccept(
                protocolVersion, called, calling, applicationContext, List.copyOf(contexts), orDefault(user));
    }

    private static void checkId(int id, int itemOffset, int known) throws PduException {
        if (id % 2 == 0) {
            throw PduException.invalid("Presentation-context-ID", itemOffset + 4L, id + " is not odd");
        }
        if (known >= MAX_CONTEXTS) {
            throw PduException.invalid(
                    "Presentation Context Item", itemOffset, "more than " + MAX_CONTEXTS + " contexts");
        }
    }

    /** The Maximum Length is mandatory; a peer that says nothing is held to what every toolkit can take. */
    private static UserInformation orDefault(@Nullable UserInformation user) {
        if (user != null) {
            return user;
        }
        return new UserInformation(
                DEFAULT_MAX_LENGTH, "", "", Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    private static ProposedContext proposedContext(PduFields item) throws PduException {
        // 5 - Presentation-context-ID, odd, 1 to 255
        int id = item.uint8("Presentation-context-ID");
        // 6-8 - Reserved
        item.skip(3, "Reserved");
        // 9-xxx - one Abstract Syntax and one or more Transfer Syntax sub-items
        String abstractSyntax = "";
        List<String> transferSyntaxes = new ArrayList<>();
        while (item.hasMore()) {
            int type = item.uint8("Item-type");
            item.skip(1, "Reserved");
            int length = item.uint16("Item-length");
            switch (type) {
                case 0x30 -> abstractSyntax = item.uid(length, "Abstract-syntax-name");
                case 0x40 -> transferSyntaxes.add(item.uid(length, "Transfer-syntax-name"));
                default -> item.skip(length, "Sub-item " + hex(type));
            }
        }
        return new ProposedContext(id, abstractSyntax, List.copyOf(transferSyntaxes));
    }

    private static ContextResult contextResult(PduFields item) throws PduException {
        // 5 - Presentation-context-ID
        int id = item.uint8("Presentation-context-ID");
        // 6 - Reserved
        item.skip(1, "Reserved");
        // 7 - Result/Reason: 0 - acceptance, 1 - user-rejection, 2 - no-reason, 3 - abstract-syntax-not-supported,
        // 4 - transfer-syntaxes-not-supported
        int result = item.uint8("Result/Reason");
        // 8 - Reserved
        item.skip(1, "Reserved");
        // 9-xxx - Transfer syntax sub-item, not significant unless accepted
        String transferSyntax = "";
        while (item.hasMore()) {
            int type = item.uint8("Item-type");
            item.skip(1, "Reserved");
            int length = item.uint16("Item-length");
            if (type == 0x40) {
                transferSyntax = item.uid(length, "Transfer-syntax-name");
            } else {
                item.skip(length, "Sub-item " + hex(type));
            }
        }
        return new ContextResult(id, result, transferSyntax);
    }

    private static UserInformation userInformation(PduFields item) throws PduException {
        long maxLength = DEFAULT_MAX_LENGTH;
        String classUid = "";
        String versionName = "";
        AsynchronousOperations operations = null;
        List<RoleSelection> roles = new ArrayList<>();
        List<ExtendedNegotiation> extended = new ArrayList<>();
        UserIdentity identity = null;
        UserIdentityResponse identityResponse = null;
        while (item.hasMore()) {
            int at = item.offset();
            int type = item.uint8("Item-type");
            item.skip(1, "Reserved");
            int length = item.uint16("Item-length");
            PduFields subItem = item.part(length, "Sub-item " + hex(type));
            if (roles.size() + extended.size() > MAX_SUB_ITEMS) {
                throw PduException.invalid("User Information Item", at, "more than " + MAX_SUB_ITEMS + " sub-items");
            }
            switch (type) {
                // 5-8 - Maximum-length-received
                case 0x51 -> maxLength = subItem.uint32("Maximum-length-received");
                // 5-xxx - Implementation-class-uid
                case 0x52 -> classUid = subItem.uid(length, "Implementation-class-uid");
                // 5-6 - Maximum-number-operations-invoked, 7-8 - Maximum-number-operations-performed
                case 0x53 ->
                    operations = new AsynchronousOperations(
                            subItem.uint16("Maximum-number-operations-invoked"),
                            subItem.uint16("Maximum-number-operations-performed"));
                case 0x54 -> roles.add(roleSelection(subItem));
                // 5-xxx - Implementation-version-name
                case 0x55 -> versionName = subItem.text(length, "Implementation-version-name");
                case 0x56, 0x57 ->
                    extended.add(new ExtendedNegotiation(
                            type, subItem.bytes(length, "Service-class-application-information")));
                case 0x58 -> identity = userIdentity(subItem);
                case 0x59 -> {
                    // 5-6 - Server-response-length, 7-n - Server-response
                    int responseLength = subItem.uint16("Server-response-length");
                    identityResponse = new UserIdentityResponse(subItem.bytes(responseLength, "Server-response"));
                }
                default -> {
                    // PS3.8 section 9.3.1: sub-items of an undefined type are ignored
                }
            }
        }
        return new UserInformation(
                maxLength,
                classUid,
                versionName,
                Optional.ofNullable(operations),
                List.copyOf(roles),
                List.copyOf(extended),
                Optional.ofNullable(identity),
                Optional.ofNullable(identityResponse));
    }

    private static RoleSelection roleSelection(PduFields item) throws PduException {
        // 5-6 - UID-length
        int length = item.uint16("UID-length");
        // 7-xxx - SOP-class-uid
        String sopClassUid = item.uid(length, "SOP-class-uid");
        // xxx - SCU-role
        boolean user = item.uint8("SCU-role") == 1;
        // xxx - SCP-role
        boolean provider = item.uint8("SCP-role") == 1;
        return new RoleSelection(sopClassUid, user, provider);
    }

    private static UserIdentity userIdentity(PduFields item) throws PduException {
        // 5 - User-Identity-Type: 1 - username, 2 - username and passcode, 3 - Kerberos, 4 - SAML, 5 - JWT
        int type = item.uint8("User-Identity-Type");
        // 6 - Positive-response-requested
        boolean responseRequested = item.uint8("Positive-response-requested") == 1;
        // 7-8 - Primary-field-length, 9-n - Primary-field
        byte[] primary = item.bytes(item.uint16("Primary-field-length"), "Primary-field");
        // n+1-n+2 - Secondary-field-length, n+3-m - Secondary-field
        byte[] secondary = item.bytes(item.uint16("Secondary-field-length"), "Secondary-field");
        return new UserIdentity(type, responseRequested, primary, secondary);
    }

    private static String hex(int type) {
        return String.format(Locale.ROOT, "%02XH", type);
    }
}
