package org.myonode.dicom;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text (RFC 8259), as strict as its grammar: just enough for DICOM JSON, so that this module needs no library. Objects
 * become maps in the order of the text, arrays lists, numbers keep their spelling. What is no JSON is a {@link
 * DicomException} with the offset in characters. Nesting and length are limited.
 */
final class Json {
    /** DICOM JSON nests three levels for each level of a sequence. */
    private static final int MAXIMUM_DEPTH = 3 * DataSetReader.MAXIMUM_DEPTH + 8;

    private static final int END = -1;

    /** A number as it is spelled. */
    record Number(String text) {}

    /** The value {@code null}, which a map and a list of Java could not tell from absence. */
    enum Null {
        NULL
    }

    private final Reader in;
    private final long limit;
    private long offset;
    private int next;
    private int depth;

    private Json(Reader in, long limit) throws IOException {
        this.in = in;
        this.limit = limit;
        this.next = in.read();
    }

    /**
     * Reads one JSON text to the end of the stream.
     *
     * @param limit characters that it may have
     * @return a map, a list, a string, a {@link Number}, a boolean or {@link Null}
     */
    static Object read(Reader in, long limit) throws IOException {
        Json json = new Json(in, limit);
        Object value = json.value();
        json.skipSpace();
        if (json.next != END) {
            throw json.wrong("something follows the end of the text");
        }
        return value;
    }

    private Object value() throws IOException {
        skipSpace();
        return switch (next) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", Null.NULL);
            default -> number();
        };
    }

    private Map<String, Object> object() throws IOException {
        enter();
        Map<String, Object> members = new LinkedHashMap<>();
        skipSpace();
        if (!skip('}')) {
            do {
                skipSpace();
                if (next != '"') {
                    throw wrong("a name in quotes is due");
                }
                String name = string();
                skipSpace();
                require(':');
                if (members.put(name, value()) != null) {
                    throw wrong("the name \"" + name + "\" comes twice in one object");
                }
                skipSpace();
            } while (skip(','));
            require('}');
        }
        depth--;
        return members;
    }

    private List<Object> array() throws IOException {
        enter();
        List<Object> elements = new ArrayList<>();
        skipSpace();
        if (!skip(']')) {
            do {
                elements.add(value());
                skipSpace();
            } while (skip(','));
            require(']');
        }
        depth--;
        return elements;
    }

    private void enter() throws IOException {
        if (++depth > MAXIMUM_DEPTH) {
            throw wrong("more than " + MAXIMUM_DEPTH + " levels");
        }
        read();
    }

    private String string() throws IOException {
        read();
        StringBuilder text = new StringBuilder();
        while (next != '"') {
            if (next == END || next < ' ') {
                throw wrong(next == END ? "the text ends inside a string" : "a control character inside a string");
            }
            int c = read();
            text.append(c == '\\' ? escaped() : (char) c);
        }
        read();
        return text.toString();
    }

    private char escaped() throws IOException {
        int c = read();
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(next, 16);
                    if (digit < 0 || next > 'f') {
                        throw wrong("four hexadecimal digits are due");
                    }
                    code = code << 4 | digit;
                    read();
                }
                yield (char) code;
            }
            default -> throw wrong("no such escape sequence");
        };
    }

    private Number number() throws IOException {
        StringBuilder text = new StringBuilder();
        if (next == '-') {
            text.append((char) read());
        }
        if (next == '0') {
            text.append((char) read());
        } else {
            digits(text);
        }
        if (next == '.') {
            text.append((char) read());
            digits(text);
        }
        if (next == 'e' || next == 'E') {
            text.append((char) read());
            if (next == '+' || next == '-') {
                text.append((char) read());
            }
            digits(text);
        }
        return new Number(text.toString());
    }

    private void digits(StringBuilder text) throws IOException {
        if (next < '0' || next > '9') {
            throw wrong(next == END ? "the text ends where a value is due" : "no value begins or goes on like this");
        }
        while (next >= '0' && next <= '9') {
            text.append((char) read());
        }
    }

    private Object word(String word, Object value) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            require(word.charAt(i));
        }
        return value;
    }

    private void skipSpace() throws IOException {
        while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
            read();
        }
    }

    private boolean skip(char c) throws IOException {
        if (next != c) {
            return false;
        }
        read();
        return true;
    }

    private void require(char c) throws IOException {
        if (!skip(c)) {
            throw wrong("'" + c + "' is due");
        }
    }

    /** The character at hand; the one behind it is the next. */
    private int read() throws IOException {
        int c = next;
        next = in.read();
        if (++offset > limit) {
            throw new DicomException("JSON longer than " + limit + " characters");
        }
        return c;
    }

    private DicomException wrong(String problem) {
        return new DicomException("no JSON at offset " + offset + ": " + problem);
    }

    /** Appends a string in quotes. */
    static void string(Appendable out, String text) throws IOException {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // A surrogate without its other half has no UTF-8.
                    if (c < ' ' || isAloneSurrogate(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isAloneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    /** True if a text is spelled as JSON wants a number to be. */
    static boolean isNumber(@Nullable String text) {
        return text != null && text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    }
}
