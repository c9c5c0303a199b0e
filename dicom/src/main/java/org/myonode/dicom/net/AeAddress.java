package org.myonode.dicom.net;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an application entity listens.
 *
 * @param aeTitle 1 to 16 characters without control characters or backslash (PS3.5, value representation AE)
 * @param host name or address
 * @param port 1 to 65535
 */
public record AeAddress(String aeTitle, String host, int port) {
    private static final Pattern FORM = Pattern.compile("([^@]+)@(\\[[^\\]]+\\]|[^:\\[\\]]+):(\\d{1,5})");

    public AeAddress {
        aeTitle = AeTitles.require(aeTitle);
        if (host.isBlank()) {
            throw new IllegalArgumentException("host of AE " + aeTitle + " is empty");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of AE " + aeTitle + " is " + port + ", not 1 to 65535");
        }
    }

    /** Reads {@code AE@host:port}; an IPv6 address stands in square brackets. */
    public static AeAddress parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("not of the form AE@host:port: " + text);
        }
        String host = parts.group(2);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new AeAddress(parts.group(1), host, Integer.parseInt(parts.group(3)));
    }

    @Override
    public String toString() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return String.format(Locale.ROOT, "%s@%s:%d", aeTitle, shown, port);
    }
}
