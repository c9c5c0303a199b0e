package org.myonode.dicom;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/** UIDs made from UUIDs (PS3.5 annex B.2): {@code 2.25.} and the UUID as a decimal number. */
public final class Uids {
    /** The name space of MyoNode's name-based UUIDs; changing it changes every derived UID. */
    private static final byte[] NAMESPACE = HexFormat.of().parseHex("6f1d9a527c0b4e6b9d5b3f2a8c41e07d");

    private static final Pattern VALID = Pattern.compile("(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*))+");

    private Uids() {}

    /**
     * The UID that belongs to a name: the same name gives the same UID at any time on any machine. The UUID is version
     * 5 of RFC 4122 (SHA-1); {@link UUID#nameUUIDFromBytes} would be version 3.
     */
    public static String nameBased(String name) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(NAMESPACE);
            byte[] uuid = Arrays.copyOf(sha1.digest(name.getBytes(StandardCharsets.UTF_8)), 16);
            uuid[6] = (byte) ((uuid[6] & 0x0F) | 0x50);
            uuid[8] = (byte) ((uuid[8] & 0x3F) | 0x80);
            return "2.25." + new BigInteger(1, uuid);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** A UID nobody has used before. */
    public static String random() {
        return "2.25." + new BigInteger(UUID.randomUUID().toString().replace("-", ""), 16);
    }

    /** True for at most 64 characters of components without leading zeros, separated by dots (PS3.5 9.1). */
    public static boolean isValid(String uid) {
        return uid.length() <= 64 && VALID.matcher(uid).matches();
    }
}
