package org.myonode.dicom.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What sending needs to know of a Part 10 file without reading its data set (PS3.10 section 7.1).
 *
 * @param dataSetOffset where in the file the data set begins
 */
record Part10Header(String sopClassUid, String sopInstanceUid, String transferSyntax, long dataSetOffset) {
    private static final int PREAMBLE_LENGTH = 128;
    private static final int MAX_META_VALUE = 1 << 20;

    static Part10Header read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            byte[] start = in.readNBytes(PREAMBLE_LENGTH + 4);
            if (start.length < PREAMBLE_LENGTH + 4
                    || !new String(start, PREAMBLE_LENGTH, 4, StandardCharsets.ISO_8859_1).equals("DICM")) {
                throw new IOException(file + " is not a DICOM Part 10 file");
            }
            return readMeta(file, in, start.length);
        }
    }

    private static Part10Header readMeta(Path file, InputStream in, long start) throws IOException {
        String sopClassUid = "";
        String sopInstanceUid = "";
        String transferSyntax = "";
        long offset = start;
        while (true) {
            // group, element, VR and a 16 bit length; always Explicit VR Little Endian
            in.mark(8);
            byte[] header = in.readNBytes(8);
            if (header.length < 8 || uint16(header, 0) != 0x0002) {
                in.reset();
                break;
            }
            String vr = new String(header, 4, 2, StandardCharsets.ISO_8859_1);
            long length = uint16(header, 6);
            offset += 8;
            if (vr.equals("OB") || vr.equals("UN")) {
                byte[] wide = in.readNBytes(4);
                if (wide.length < 4) {
                    throw new IOException(file + ": file meta information ends at offset " + offset);
                }
                length = uint16(wide, 0) | (long) uint16(wide, 2) << 16;
                offset += 4;
            }
            if (length > MAX_META_VALUE) {
                throw new IOException(file + ": file meta element of " + length + " bytes at offset " + offset);
            }
            byte[] value = in.readNBytes((int) length);
            if (value.length < length) {
                throw new IOException(file + ": file meta information ends at offset " + offset);
            }
            offset += length;
            switch (uint16(header, 2)) {
                case 0x0002 -> sopClassUid = uid(value);
                case 0x0003 -> sopInstanceUid = uid(value);
                case 0x0010 -> transferSyntax = uid(value);
                default -> {
                    // the other elements say nothing that the peer is told
                }
            }
        }
        if (sopClassUid.isEmpty() || sopInstanceUid.isEmpty() || transferSyntax.isEmpty()) {
            throw new IOException(file + ": file meta information lacks SOP class, SOP instance or transfer syntax");
        }
        return new Part10Header(sopClassUid, sopInstanceUid, transferSyntax, offset);
    }

    private static String uid(byte[] value) {
        return new String(value, StandardCharsets.ISO_8859_1).replace("\0", " ").strip();
    }

    private static int uint16(byte[] bytes, int offset) {
        return bytes[offset] & 0xFF | (bytes[offset + 1] & 0xFF) << 8;
    }
}
