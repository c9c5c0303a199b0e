package org.myonode.dicom.web;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A media type as it stands in Content-Type (RFC 9110 section 8.3.1).
 *
 * @param type such as {@code multipart/related}, in lower case
 * @param parameters by their names in lower case
 */
record MediaType(String type, Map<String, String> parameters) {
    /** A Part 10 file (PS3.18 section 8.7.3.2). */
    static final String DICOM = "application/dicom";

    /** Bytes of a value (PS3.18 section 8.7.3.3). */
    static final String OCTET_STREAM = "application/octet-stream";

    /** Several parts (RFC 2387). */
    static final String MULTIPART_RELATED = "multipart/related";

    private static final Pattern TYPE = Pattern.compile("\\s*([^\\s;/]+/[^\\s;/]+)\\s*");
    private static final Pattern PARAMETER =
            Pattern.compile("\\G\\s*;\\s*([^\\s=;\"]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]*))\\s*");

    /** Keeps its own copy. */
    MediaType {
        parameters = Map.copyOf(parameters);
    }

    /** Reads one; empty when it is none. */
    static Optional<MediaType> parse(String text) {
        Matcher type = TYPE.matcher(text);
        if (!type.lookingAt()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher parameter = PARAMETER.matcher(text);
        int end = type.end();
        while (end < text.length()) {
            if (!parameter.find(end) || parameter.start() != end) {
                return Optional.empty();
            }
            String quoted = parameter.group(2);
            parameters.putIfAbsent(
                    parameter.group(1).toLowerCase(Locale.ROOT),
                    quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
            end = parameter.end();
        }
        return Optional.of(new MediaType(type.group(1).toLowerCase(Locale.ROOT), parameters));
    }

    /** The value of a parameter. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
