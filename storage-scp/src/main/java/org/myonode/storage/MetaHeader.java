package org.myonode.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.myonode.dicom.Part10;

/**
 * Preamble and file meta information of a received instance (PS3.10 section 7.1), always in Explicit VR Little Endian.
 * Written byte by byte: it is made for every instance, and always of the same eight elements.
 */
final class MetaHeader {

    private static final int PREAMBLE = 128;
    private static final int LONGEST = 1024;
    private static final int GROUP_LENGTH_ELEMENT = 12;

    private MetaHeader() {}

    /** Everything that stands in the file before the data set. */
    static byte[] of(Incoming instance) {
        ByteBuffer out = ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);
        out.position(PREAMBLE).put(ascii("DICM"));
        int start = out.position() + GROUP_LENGTH_ELEMENT;
        out.position(start);
        // (0002,0001) File Meta Information Version; OB has two reserved bytes and a length of four (PS3.5 7.1.2)
        out.putShort((short) 2).putShort((short) 1).put(ascii("OB")).putShort((short) 0);
        out.putInt(2).put((byte) 0).put((byte) 1);
        element(out, 0x0002, "UI", instance.sopClassUid(), 0);
        element(out, 0x0003, "UI", instance.sopInstanceUid(), 0);
        element(out, 0x0010, "UI", instance.transferSyntax(), 0);
        element(out, 0x0012, "UI", Part10.IMPLEMENTATION_CLASS_UID, 0);
        element(out, 0x0013, "SH", Part10.IMPLEMENTATION_VERSION_NAME, ' ');
        element(out, 0x0016, "AE", instance.sourceAeTitle(), ' ');
        int end = out.position();
        // (0002,0000) File Meta Information Group Length: of what follows
        out.position(start - GROUP_LENGTH_ELEMENT);
        out.putShort((short) 2).putShort((short) 0).put(ascii("UL")).putShort((short) 4);
        out.putInt(end - start);
        byte[] header = new byte[end];
        out.get(0, header);
        return header;
    }

    private static void element(ByteBuffer out, int element, String vr, String value, int padding) {
        byte[] bytes = ascii(value);
        int length = bytes.length + bytes.length % 2;
        out.putShort((short) 2).putShort((short) element).put(ascii(vr)).putShort((short) length);
        out.put(bytes);
        if (length > bytes.length) {
            out.put((byte) padding);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
