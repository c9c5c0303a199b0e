package org.myonode.dicom.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A DIMSE command: the attributes of group 0000, always Implicit VR Little Endian (PS3.7 section 6.3 and annex E). Only
 * the value representations that occur there are known: UI, US, LO, AE, UL. Not thread-safe.
 */
final class CommandSet {
    static final int AFFECTED_SOP_CLASS_UID = 0x0002;
    static final int REQUESTED_SOP_CLASS_UID = 0x0003;
    static final int COMMAND_FIELD = 0x0100;
    static final int MESSAGE_ID = 0x0110;
    static final int MESSAGE_ID_BEING_RESPONDED_TO = 0x0120;
    static final int MOVE_DESTINATION = 0x0600;
    static final int PRIORITY = 0x0700;
    static final int COMMAND_DATA_SET_TYPE = 0x0800;
    static final int STATUS = 0x0900;
    static final int ERROR_COMMENT = 0x0902;
    static final int AFFECTED_SOP_INSTANCE_UID = 0x1000;
    static final int REQUESTED_SOP_INSTANCE_UID = 0x1001;
    static final int EVENT_TYPE_ID = 0x1002;
    static final int ACTION_TYPE_ID = 0x1008;
    static final int REMAINING_SUB_OPERATIONS = 0x1020;
    static final int COMPLETED_SUB_OPERATIONS = 0x1021;
    static final int FAILED_SUB_OPERATIONS = 0x1022;
    static final int WARNING_SUB_OPERATIONS = 0x1023;

    static final int C_STORE_RQ = 0x0001;
    static final int C_GET_RQ = 0x0010;
    static final int C_FIND_RQ = 0x0020;
    static final int C_MOVE_RQ = 0x0021;
    static final int C_ECHO_RQ = 0x0030;
    static final int N_EVENT_REPORT_RQ = 0x0100;
    static final int N_ACTION_RQ = 0x0130;
    static final int C_CANCEL_RQ = 0x0FFF;
    static final int RESPONSE = 0x8000;

    /** Any other value of Command Data Set Type says that a data set follows. */
    static final int NO_DATA_SET = 0x0101;

    static final int DATA_SET = 0x0001;

    private static final int GROUP_LENGTH = 0x0000;
    private static final int HEADER_LENGTH = 8;
    private static final int LONG_STRING_LENGTH = 64;

    private final Map<Integer, byte[]> values = new TreeMap<>();

    static CommandSet decode(byte[] bytes) throws PduException {
        CommandSet command = new CommandSet();
        int position = 0;
        while (position < bytes.length) {
            if (bytes.length - position < HEADER_LENGTH) {
                throw PduException.invalid("command element", position, "needs 8 bytes for tag and length");
            }
            int group = uint16(bytes, position);
            int element = uint16(bytes, position + 2);
            long length = uint16(bytes, position + 4) | (long) uint16(bytes, position + 6) << 16;
            String name = String.format(Locale.ROOT, "(%04X,%04X)", group, element);
            int start = position + HEADER_LENGTH;
            if (length > bytes.length - start) {
                throw PduException.invalid(
                        name, position, length + " bytes announced, " + (bytes.length - start) + " are left");
            }
            position = start + (int) length;
            // Orthanc puts Failed SOP Instance UID List (0008,0058) here: what is not of the command group is passed
            // over.
            if (group == 0 && element != GROUP_LENGTH) {
                byte[] value = new byte[(int) length];
                System.arraycopy(bytes, start, value, 0, value.length);
                command.values.put(element, value);
            }
        }
        return command;
    }

    byte[] encode() {
        ByteArrayOutputStream elements = new ByteArrayOutputStream();
        values.forEach((element, value) -> {
            header(elements, element, value.length);
            elements.writeBytes(value);
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        header(out, GROUP_LENGTH, 4);
        uint32(out, elements.size());
        out.writeBytes(elements.toByteArray());
        return out.toByteArray();
    }

    CommandSet integer(int element, int value) {
        values.put(element, new byte[] {(byte) value, (byte) (value >>> 8)});
        return this;
    }

    CommandSet uid(int element, String value) {
        return text(element, value, (char) 0);
    }

    CommandSet aeTitle(int element, String value) {
        return text(element, value, ' ');
    }

    /** A LO value: ASCII, cut at 64 characters. */
    CommandSet longString(int element, String value) {
        String safe = AeTitles.printable(value).replace('\\', '/');
        return text(element, safe.substring(0, Math.min(LONG_STRING_LENGTH, safe.length())), ' ');
    }

    private CommandSet text(int element, String value, char padding) {
        String even = value.length() % 2 == 0 ? value : value + padding;
        values.put(element, even.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** An US value, or {@code absent} if the attribute is missing or too short. */
    int integerOr(int element, int absent) {
        byte[] value = values.get(element);
        return value == null || value.length < 2 ? absent : uint16(value, 0);
    }

    /** A text value without padding, empty if absent. */
    String text(int element) {
        byte[] value = values.get(element);
        if (value == null) {
            return "";
        }
        String padded = new String(value, StandardCharsets.ISO_8859_1);
        return padded.replace("\0", " ").strip();
    }

    boolean hasDataSet() {
        return integerOr(COMMAND_DATA_SET_TYPE, NO_DATA_SET) != NO_DATA_SET;
    }

    private static void header(ByteArrayOutputStream out, int element, int length) {
        out.write(0);
        out.write(0);
        out.write(element);
        out.write(element >>> 8);
        uint32(out, length);
    }

    private static void uint32(ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(value >>> shift);
        }
    }

    private static int uint16(byte[] bytes, int offset) {
        return bytes[offset] & 0xFF | (bytes[offset + 1] & 0xFF) << 8;
    }
}
