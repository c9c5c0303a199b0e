package org.myonode.dicom;

import org.jspecify.annotations.Nullable;

/** The value representations of PS3.5 section 6.2. */
public enum VR {
    /** Application Entity. */
    AE(Kind.STRING, 16),
    /** Age String. */
    AS(Kind.STRING, 4),
    /** Attribute Tag. */
    AT(Kind.BINARY, 2, false),
    /** Code String. */
    CS(Kind.STRING, 16),
    /** Date. */
    DA(Kind.STRING, 0),
    /** Decimal String. */
    DS(Kind.STRING, 16),
    /** Date Time. */
    DT(Kind.STRING, 0),
    /** Floating Point Single. */
    FL(Kind.BINARY, 4, false),
    /** Floating Point Double. */
    FD(Kind.BINARY, 8, false),
    /** Integer String. */
    IS(Kind.STRING, 12),
    /** Long String. */
    LO(Kind.TEXT, 64),
    /** Long Text. */
    LT(Kind.TEXT, 10240),
    /** Other Byte. */
    OB(Kind.BINARY, 1, true),
    /** Other Double. */
    OD(Kind.BINARY, 8, true),
    /** Other Float. */
    OF(Kind.BINARY, 4, true),
    /** Other Long. */
    OL(Kind.BINARY, 4, true),
    /** Other 64-bit Very Long. */
    OV(Kind.BINARY, 8, true),
    /** Other Word. */
    OW(Kind.BINARY, 2, true),
    /** Person Name. */
    PN(Kind.TEXT, 0),
    /** Short String. */
    SH(Kind.TEXT, 16),
    /** Signed Long. */
    SL(Kind.BINARY, 4, false),
    /** Sequence of Items. */
    SQ(Kind.SEQUENCE, 1, true),
    /** Signed Short. */
    SS(Kind.BINARY, 2, false),
    /** Short Text. */
    ST(Kind.TEXT, 1024),
    /** Signed 64-bit Very Long. */
    SV(Kind.BINARY, 8, true),
    /** Time. */
    TM(Kind.STRING, 0),
    /** Unlimited Characters. */
    UC(Kind.TEXT, 0),
    /** Unique Identifier. */
    UI(Kind.STRING, 64),
    /** Unsigned Long. */
    UL(Kind.BINARY, 4, false),
    /** Unknown. */
    UN(Kind.BINARY, 1, true),
    /** Universal Resource Identifier. */
    UR(Kind.STRING, 0),
    /** Unsigned Short. */
    US(Kind.BINARY, 2, false),
    /** Unlimited Text. */
    UT(Kind.TEXT, 0),
    /** Unsigned 64-bit Very Long. */
    UV(Kind.BINARY, 8, true);

    private enum Kind {
        STRING,
        TEXT,
        BINARY,
        SEQUENCE
    }

    private static final VR[] BY_CODE = new VR[26 * 26];

    static {
        for (VR vr : values()) {
            BY_CODE[index(vr.name().charAt(0), vr.name().charAt(1))] = vr;
        }
    }

    private final Kind kind;
    private final int wordBytes;
    private final int maximumLength;

    /**
     * PS3.5 7.1.2: these have two reserved bytes and a 32-bit length in explicit VR encodings. An enum constant cannot
     * look itself up, hence the flag.
     */
    private final boolean longLength;

    VR(Kind kind, int wordBytes, boolean longLength) {
        this.kind = kind;
        this.wordBytes = wordBytes;
        this.maximumLength = 0;
        this.longLength = longLength;
    }

    VR(Kind kind, int maximumLength) {
        this.kind = kind;
        this.wordBytes = 1;
        this.maximumLength = maximumLength;
        this.longLength = name().equals("UC") || name().equals("UR") || name().equals("UT");
    }

    /** The VR of two bytes of an explicit VR header, or null when PS3.5 does not know it. */
    static @Nullable VR ofCode(int first, int second) {
        if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z') {
            return null;
        }
        return BY_CODE[index(first, second)];
    }

    private static int index(int first, int second) {
        return (first - 'A') * 26 + second - 'A';
    }

    boolean hasLongLength() {
        return longLength;
    }

    /** Bytes of one word, the unit in which byte order matters. */
    int wordBytes() {
        return wordBytes;
    }

    /** Characters that one value may have, 0 without a limit that could be checked by a plain count. */
    int maximumLength() {
        return maximumLength;
    }

    /** True for values made of characters, whether or not the specific character set applies. */
    boolean isString() {
        return kind == Kind.STRING || kind == Kind.TEXT;
    }

    /** True where Specific Character Set (0008,0005) applies: SH LO ST LT UC UT PN. */
    boolean usesCharacterSet() {
        return kind == Kind.TEXT;
    }

    boolean isBinary() {
        return kind == Kind.BINARY;
    }

    /** True where a backslash is a character and not a delimiter. */
    boolean isSingleText() {
        return this == ST || this == LT || this == UT || this == UR;
    }

    /** What makes an odd value even: a space after text, NUL after UI and binary values (PS3.5 6.2). */
    byte padding() {
        return isString() && this != UI ? (byte) ' ' : 0;
    }
}
