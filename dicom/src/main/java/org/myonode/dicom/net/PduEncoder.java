package org.myonode.dicom.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.myonode.dicom.net.Pdu.ContextResult;
import org.myonode.dicom.net.Pdu.ProposedContext;
import org.myonode.dicom.net.Pdu.UserInformation;

/** PDUs to bytes, PS3.8 section 9.3 and PS3.7 annex D; the sentences about the fields stand at {@link PduDecoder}. */
final class PduEncoder {
    private PduEncoder() {}

    /** The whole PDU with its header; of a P-DATA-TF the header only. */
    static byte[] encode(Pdu pdu) {
        if (pdu instanceof Pdu.AssociateRequest request) {
            return associateRequest(request);
        } else if (pdu instanceof Pdu.AssociateAccept accept) {
            return associateAccept(accept);
        } else if (pdu instanceof Pdu.AssociateReject reject) {
            Rejection rejection = reject.rejection();
            return fourBytes(Pdu.ASSOCIATE_RJ, rejection.result(), rejection.source(), rejection.reason());
        } else if (pdu instanceof Pdu.DataTransfer data) {
            Bytes bytes = new Bytes();
            bytes.uint8(Pdu.P_DATA_TF).uint8(0).uint32(data.length());
            return bytes.toArray();
        } else if (pdu instanceof Pdu.ReleaseRequest) {
            return fourBytes(Pdu.RELEASE_RQ, 0, 0, 0);
        } else if (pdu instanceof Pdu.ReleaseResponse) {
            return fourBytes(Pdu.RELEASE_RP, 0, 0, 0);
        } else if (pdu instanceof Pdu.Abort abort) {
            return fourBytes(Pdu.ABORT, 0, abort.source(), abort.reason());
        }
        throw new AssertionError(pdu);
    }

    private static byte[] fourBytes(int type, int second, int third, int fourth) {
        return new byte[] {(byte) type, 0, 0, 0, 0, 4, 0, (byte) second, (byte) third, (byte) fourth};
    }

    private static byte[] associateRequest(Pdu.AssociateRequest request) {
        Bytes body = associateFixed(request.protocolVersion(), request.calledAeTitle(), request.callingAeTitle());
        body.item(0x10, request.applicationContext());
        for (ProposedContext context : request.contexts()) {
            Bytes item = new Bytes().uint8(context.id()).uint8(0).uint16(0);
            item.item(0x30, context.abstractSyntax());
            context.transferSyntaxes().forEach(syntax -> item.item(0x40, syntax));
            body.item(0x20, item);
        }
        body.item(0x50, userInformation(request.user()));
        return withHeader(Pdu.ASSOCIATE_RQ, body);
    }

    private static byte[] associateAccept(Pdu.AssociateAccept accept) {
        Bytes body = associateFixed(accept.protocolVersion(), accept.calledAeTitle(), accept.callingAeTitle());
        body.item(0x10, accept.applicationContext());
        for (ContextResult context : accept.contexts()) {
            Bytes item = new Bytes()
                    .uint8(context.id())
                    .uint8(0)
                    .uint8(context.result())
                    .uint8(0);
            item.item(0x40, context.transferSyntax());
            body.item(0x21, item);
        }
        body.item(0x50, userInformation(accept.user()));
        return withHeader(Pdu.ASSOCIATE_AC, body);
    }

    private static Bytes associateFixed(int protocolVersion, String called, String calling) {
        return new Bytes()
                .uint16(protocolVersion)
                .uint16(0)
                .aeTitle(called)
                .aeTitle(calling)
                .bytes(new byte[32]);
    }

    private static Bytes userInformation(UserInformation user) {
        Bytes items = new Bytes();
        items.item(0x51, new Bytes().uint32(user.maxLength()));
        items.item(0x52, user.implementationClassUid());
        user.asynchronousOperations()
                .ifPresent(operations -> items.item(
                        0x53, new Bytes().uint16(operations.invoked()).uint16(operations.performed())));
        user.roles()
                .forEach(role -> items.item(
                        0x54,
                        new Bytes()
                                .counted(role.sopClassUid().getBytes(StandardCharsets.ISO_8859_1))
                                .uint8(role.user() ? 1 : 0)
                                .uint8(role.provider() ? 1 : 0)));
        items.item(0x55, user.implementationVersionName());
        user.extendedNegotiations()
                .forEach(negotiation -> items.item(negotiation.type(), new Bytes().bytes(negotiation.content())));
        user.userIdentity()
                .ifPresent(identity -> items.item(
                        0x58,
                        new Bytes()
                                .uint8(identity.type())
                                .uint8(identity.responseRequested() ? 1 : 0)
                                .counted(identity.primary())
                                .counted(identity.secondary())));
        user.userIdentityResponse().ifPresent(response -> items.item(0x59, new Bytes().counted(response.content())));
        return items;
    }

    private static byte[] withHeader(int type, Bytes body) {
        byte[] content = body.toArray();
        return new Bytes()
                .uint8(type)
                .uint8(0)
                .uint32(content.length)
                .bytes(content)
                .toArray();
    }

    /** Big endian fields, written in order. */
    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes uint8(int value) {
            out.write(value);
            return this;
        }

        Bytes uint16(int value) {
            return uint8(value >>> 8).uint8(value);
        }

        Bytes uint32(long value) {
            return uint16((int) (value >>> 16)).uint16((int) value);
        }

        Bytes bytes(byte[] value) {
            out.writeBytes(value);
            return this;
        }

        Bytes aeTitle(String title) {
            return bytes(String.format(Locale.ROOT, "%-16s", title).getBytes(StandardCharsets.ISO_8859_1));
        }

        Bytes counted(byte[] value) {
            return uint16(value.length).bytes(value);
        }

        Bytes item(int type, String text) {
            return item(type, new Bytes().bytes(text.getBytes(StandardCharsets.ISO_8859_1)));
        }

        Bytes item(int type, Bytes content) {
            byte[] value = content.toArray();
            if (value.length > 0xFFFF) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "item %02XH of %d bytes is too long", type, value.length));
            }
            return uint8(type).uint8(0).counted(value);
        }

        byte[] toArray() {
            return out.toByteArray();
        }
    }
}
