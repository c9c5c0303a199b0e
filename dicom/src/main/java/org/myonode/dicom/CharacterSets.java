package org.myonode.dicom;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Specific Character Set (0008,0005) says about the bytes of a text (PS3.3 C.12.1.1.2, PS3.5 6.1). Immutable.
 *
 * <p>One value means one Java charset for everything. Several values, or one that begins with {@code ISO 2022}, mean
 * code extension: escape sequences put a character set into G0 (bytes below 0x80) or G1 (the others), and both fall back
 * to what the first value says at each delimiter. Decoding never fails: a byte that means nothing becomes U+FFFD, and
 * without any declaration bytes above 0x7F are taken for Latin-1, because that is what such files usually hold.
 */
final class CharacterSets {
    static final CharacterSets DEFAULT = new CharacterSets(List.of(), List.of(Table.ASCII), null);

    private static final int ESCAPE = 0x1B;

    /** A coded character set with its place in ISO 2022: which half it fills and the sequence that calls it there. */
    private enum Table {
        ASCII("6", "US-ASCII", 0, 1, "(B"),
        LATIN_1("100", "ISO-8859-1", 1, 1, "-A"),
        LATIN_2("101", "ISO-8859-2", 1, 1, "-B"),
        LATIN_3("109", "ISO-8859-3", 1, 1, "-C"),
        LATIN_4("110", "ISO-8859-4", 1, 1, "-D"),
        CYRILLIC("144", "ISO-8859-5", 1, 1, "-L"),
        ARABIC("127", "ISO-8859-6", 1, 1, "-G"),
        GREEK("126", "ISO-8859-7", 1, 1, "-F"),
        HEBREW("138", "ISO-8859-8", 1, 1, "-H"),
        LATIN_5("148", "ISO-8859-9", 1, 1, "-M"),
        LATIN_9("203", "ISO-8859-15", 1, 1, "-b"),
        THAI("166", "TIS-620", 1, 1, "-T"),
        KATAKANA("13", "JIS_X0201", 1, 1, ")I"),
        ROMAJI("14", "US-ASCII", 0, 1, "(J"),
        KANJI("87", "EUC-JP", 0, 2, "$B"),
        SUPPLEMENTARY_KANJI("159", "EUC-JP", 0, 2, "$(D"),
        HANGUL("149", "EUC-KR", 1, 2, "$)C"),
        HANZI("58", "GB2312", 1, 2, "$)A");

        private final String number;
        private final Charset charset;
        private final int half;
        private final int width;
        private final String sequence;

        Table(String number, String charset, int half, int width, String sequence) {
            this.number = number;
            this.charset = Charset.forName(charset);
            this.half = half;
            this.width = width;
            this.sequence = sequence;
        }
    }

    private final List<String> terms;
    private final List<Table> tables;

    /** The one charset for everything, or null when code extension applies. */
    private final @Nullable Charset whole;

    private CharacterSets(List<String> terms, List<Table> tables, @Nullable Charset whole) {
        this.terms = terms;
        this.tables = tables;
        this.whole = whole;
    }

    /** The meaning of the values of (0008,0005); a value that is not a defined term counts as the default repertoire. */
    static CharacterSets of(List<String> values) {
        if (values.isEmpty() || values.equals(List.of(""))) {
            return DEFAULT;
        }
        if (values.size() == 1) {
            Charset charset = multiByteWithoutExtension(values.get(0));
            if (charset != null) {
                return new CharacterSets(List.copyOf(values), List.of(), charset);
            }
        }
        List<Table> tables = new ArrayList<>();
        for (String value : values) {
            tables.add(table(value));
        }
        boolean extended = values.size() > 1 || normal(values.get(0)).startsWith("ISO 2022");
        Table first = tables.get(0);
        // JIS X 0201 has its own lower half, which only the code extension path knows.
        Charset whole = extended || first == Table.KATAKANA || first == Table.ASCII ? null : first.charset;
        return new CharacterSets(List.copyOf(values), List.copyOf(tables), whole);
    }

    private static @Nullable Charset multiByteWithoutExtension(String term) {
        return switch (normal(term)) {
            case "ISO IR 192" -> StandardCharsets.UTF_8;
            case "GB18030" -> Charset.forName("GB18030");
            case "GBK" -> Charset.forName("GBK");
            default -> null;
        };
    }

    private static Table table(String term) {
        String normal = normal(term);
        String number = normal.substring(normal.lastIndexOf(' ') + 1);
        for (Table table : Table.values()) {
            if (table.number.equals(number)) {
                return table;
            }
        }
        return Table.ASCII;
    }

    /** ISO_IR 100, ISO-IR 100 and ISO IR 100 all occur in files. */
    private static String normal(String term) {
        return term.trim().toUpperCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }

    /** The text of all values, delimiters included; {@code delimiters} are those after which G0 and G1 fall back. */
    String decode(byte[] bytes, String delimiters) {
        if (isPlain(bytes)) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return whole != null ? new String(bytes, whole) : decodeExtended(bytes, delimiters);
    }

    private String decodeExtended(byte[] bytes, String delimiters) {
        StringBuilder text = new StringBuilder(bytes.length);
        Table low = initialLow();
        Table high = initialHigh();
        int at = 0;
        while (at < bytes.length) {
            int b = bytes[at] & 0xFF;
            if (b == ESCAPE) {
                Table called = tableCalledAt(bytes, at + 1);
                if (called == null) {
                    text.append('\uFFFD');
                    at++;
                    continue;
                }
                if (called.half == 0) {
                    low = called;
                } else {
                    high = called;
                }
                at += 1 + called.sequence.length();
            } else if (b < 0x80) {
                if (low.width == 2 && b > 0x20 && at + 1 < bytes.length) {
                    text.append(doubleByte(low, b, bytes[at + 1] & 0xFF));
                    at += 2;
                    continue;
                }
                text.append((char) b);
                at++;
                if (isDelimiter((char) b, delimiters)) {
                    low = initialLow();
                    high = initialHigh();
                }
            } else if (high.width == 2 && at + 1 < bytes.length) {
                text.append(doubleByte(high, b, bytes[at + 1] & 0xFF));
                at += 2;
            } else {
                Charset charset = high == Table.ASCII ? StandardCharsets.ISO_8859_1 : high.charset;
                text.append(new String(new byte[] {(byte) b}, charset));
                at++;
            }
        }
        return text.toString();
    }

    private static String doubleByte(Table table, int first, int second) {
        byte lead = (byte) (first | 0x80);
        byte trail = (byte) (second | 0x80);
        // EUC-JP reaches JIS X 0212 through the single shift 0x8F.
        byte[] bytes =
                table == Table.SUPPLEMENTARY_KANJI ? new byte[] {(byte) 0x8F, lead, trail} : new byte[] {lead, trail};
        return new String(bytes, table.charset);
    }

    private static @Nullable Table tableCalledAt(byte[] bytes, int at) {
        for (Table table : Table.values()) {
            String sequence = table.sequence;
            boolean equal = at + sequence.length() <= bytes.length;
            for (int i = 0; equal && i < sequence.length(); i++) {
                equal = bytes[at + i] == sequence.charAt(i);
            }
            if (equal) {
                return table;
            }
        }
        return null;
    }

    /**
     * The bytes of a text.
     *
     * @throws CharacterCodingException when the declared character sets have no code for one of its characters
     */
    byte[] encode(String text, String delimiters) throws CharacterCodingException {
        if (isPlain(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        return whole != null ? encodeWhole(text, whole) : encodeExtended(text, delimiters);
    }

    private static byte[] encodeWhole(String text, Charset charset) throws CharacterCodingException {
        CharsetEncoder encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer buffer = encoder.encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private byte[] encodeExtended(String text, String delimiters) throws CharacterCodingException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() * 2);
        Table low = initialLow();
        Table high = initialHigh();
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int character = text.codePointAt(at);
            if (character < 0x80) {
                if (low != initialLow()) {
                    low = initialLow();
                    escape(out, low);
                }
                out.write(character);
                if (isDelimiter((char) character, delimiters)) {
                    high = initialHigh();
                }
                continue;
            }
            String one = Character.toString(character);
            Table table = tableFor(one, high);
            byte[] code = Objects.requireNonNull(code(table, one));
            if (table.half == 0 && table != low) {
                low = table;
                escape(out, table);
            } else if (table.half == 1 && table != high) {
                high = table;
                escape(out, table);
            }
            out.writeBytes(code);
        }
        if (low != initialLow()) {
            escape(out, initialLow());
        }
        return out.toByteArray();
    }

    private Table tableFor(String character, Table current) throws CharacterCodingException {
        if (code(current, character) != null) {
            return current;
        }
        for (Table table : tables) {
            if (code(table, character) != null) {
                return table;
            }
        }
        throw new java.nio.charset.UnmappableCharacterException(character.length());
    }

    /** The bytes of one character above 0x7F in a table, or null when the table lacks it. */
    private static byte @Nullable [] code(Table table, String character) {
        if (table == Table.ASCII || table == Table.ROMAJI) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = encodeWhole(character, table.charset);
        } catch (CharacterCodingException e) {
            return null;
        }
        return switch (table) {
            case KANJI ->
                bytes.length == 2 && (bytes[0] & 0xFF) > 0xA0
                        ? new byte[] {(byte) (bytes[0] & 0x7F), (byte) (bytes[1] & 0x7F)}
                        : null;
            case SUPPLEMENTARY_KANJI ->
                bytes.length == 3 ? new byte[] {(byte) (bytes[1] & 0x7F), (byte) (bytes[2] & 0x7F)} : null;
            default -> bytes.length == table.width && bytes[0] < 0 ? bytes : null;
        };
    }

    private static void escape(ByteArrayOutputStream out, Table table) {
        out.write(ESCAPE);
        out.writeBytes(table.sequence.getBytes(StandardCharsets.US_ASCII));
    }

    private Table initialLow() {
        return tables.get(0) == Table.KATAKANA || tables.get(0) == Table.ROMAJI ? Table.ROMAJI : Table.ASCII;
    }

    /** ASCII stands for an upper half that is not filled. A two-byte set needs its escape sequence first (6.1.2.4). */
    private Table initialHigh() {
        Table first = tables.get(0);
        return first.half == 1 && first.width == 1 ? first : Table.ASCII;
    }

    /** PS3.5 6.1.2.5.3: code extension ends before any control of the line or page, and before each delimiter. */
    private static boolean isDelimiter(char c, String delimiters) {
        return c == '\n' || c == '\r' || c == '\f' || c == '\t' || delimiters.indexOf(c) >= 0;
    }

    /** True when the bytes mean the same in every character set of the standard. */
    static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0 || b == ESCAPE) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CharacterSets sets && sets.terms.equals(terms);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }

    @Override
    public String toString() {
        return terms.isEmpty() ? "the default repertoire" : String.join("\\", terms);
    }
}
