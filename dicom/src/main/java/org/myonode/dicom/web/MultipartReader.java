package org.myonode.dicom.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a multipart message (RFC 2046 section 5.1) part by part from a stream. Memory is one buffer, whatever the parts
 * hold. A message that is none is a {@link MultipartException}. Not thread-safe.
 */
final class MultipartReader {
    private static final int BUFFER = 1 << 16;
    private static final int MAXIMUM_HEADERS = 16 * 1024;
    private static final int MAXIMUM_BOUNDARY = 70;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    /** Bytes before this one hold no beginning of a delimiter. */
    private int clear;

    private boolean atDelimiter;
    private boolean ended;
    private @Nullable Body current;

    /**
     * @param boundary the parameter of the Content-Type, 1 to 70 characters
     * @throws MultipartException when it is none
     */
    MultipartReader(InputStream in, String boundary) throws MultipartException {
        if (boundary.isEmpty() || boundary.length() > MAXIMUM_BOUNDARY) {
            throw new MultipartException(
                    "the boundary has " + boundary.length() + " characters, not 1 to " + MAXIMUM_BOUNDARY);
        }
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first delimiter may stand at the very beginning: the line end before it is put there.
        buffer[0] = '\r';
        buffer[1] = '\n';
        limit = 2;
    }

    /**
     * One part.
     *
     * @param headers by their names in lower case
     * @param body to be read before the next part is asked for; what is left then is skipped
     */
    record Part(Map<String, String> headers, InputStream body) {
        /** The value of a header. */
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }

        /** Content-Type, when there is one that can be read. */
        Optional<MediaType> mediaType() {
            return header("content-type").flatMap(MediaType::parse);
        }
    }

    /** The next part; empty behind the last one. */
    Optional<Part> next() throws IOException {
        current = null;
        while (!atDelimiter && !ended) {
            // Not "position += available()": that would take the position from before the buffer was filled.
            int skipped = available();
            position += skipped;
        }
        if (ended) {
            return Optional.empty();
        }
        position += delimiter.length;
        atDelimiter = false;
        clear = position;
        if (peek(0) == '-' && peek(1) == '-') {
            ended = true;
            return Optional.empty();
        }
        Map<String, String> headers = headers();
        current = new Body();
        return Optional.of(new Part(headers, current));
    }

    /** The rest of the delimiter's line and the headers, to the empty line. */
    private Map<String, String> headers() throws IOException {
        if (!line(MAXIMUM_HEADERS).isBlank()) {
            throw new MultipartException("a line begins with the boundary and goes on");
        }
        Map<String, String> headers = new HashMap<>();
        int left = MAXIMUM_HEADERS;
        String name = null;
        for (String line = line(left); !line.isEmpty(); line = line(left)) {
            left -= line.length();
            if (name != null && (line.startsWith(" ") || line.startsWith("\t"))) {
                headers.merge(name, line.strip(), (value, more) -> value + " " + more);
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new MultipartException("a part has a header line without a name");
            }
            name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            headers.put(name, line.substring(colon + 1).strip());
        }
        clear = position;
        return headers;
    }

    private String line(int longest) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = peek(0);
            if (c < 0) {
                throw new MultipartException("the message ends inside the headers of a part");
            }
            position++;
            if (c == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                line.setLength(line.length() - 1);
                return line.toString();
            }
            if (line.length() >= longest) {
                throw new MultipartException("the headers of a part have more than " + MAXIMUM_HEADERS + " characters");
            }
            line.append((char) c);
        }
    }

    private int peek(int ahead) throws IOException {
        while (limit - position <= ahead) {
            if (!fill()) {
                return -1;
            }
        }
        return buffer[position + ahead] & 0xFF;
    }

    private boolean fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            clear = Math.max(0, clear - position);
            position = 0;
        }
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read < 0) {
            return false;
        }
        limit += read;
        return true;
    }

    /** Bytes of the body that lie ready; 0 at its end. */
    private int available() throws IOException {
        while (true) {
            if (atDelimiter || ended) {
                return 0;
            }
            if (clear > position) {
                return clear - position;
            }
            if (limit - position < delimiter.length && !fill()) {
                throw new MultipartException("the message ends without its closing delimiter");
            }
            find();
        }
    }

    /** Looks for the delimiter from {@code clear} on. */
    private void find() {
        int at = clear;
        while (at < limit) {
            while (at < limit && buffer[at] != '\r') {
                at++;
            }
            int matched = 0;
            while (matched < delimiter.length && at + matched < limit && buffer[at + matched] == delimiter[matched]) {
                matched++;
            }
            if (matched == delimiter.length) {
                clear = at;
                atDelimiter = at == position;
                return;
            }
            if (at + matched == limit) {
                // It may go on behind what has been read.
                break;
            }
            at++;
        }
        clear = at;
    }

    private final class Body extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (current != this) {
                throw new IllegalStateException("the next part has been asked for");
            }
            int ready = MultipartReader.this.available();
            if (ready == 0) {
                return -1;
            }
            int count = Math.min(length, ready);
            System.arraycopy(buffer, position, target, offset, count);
            position += count;
            return count;
        }
    }
}
