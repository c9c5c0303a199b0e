package org.myonode.dicom.net;

import java.util.regex.Pattern;

/** The rules of value representation AE (PS3.5 section 6.2) and what of a peer's text may reach a log. */
final class AeTitles {
    static final int LENGTH = 16;

    private static final Pattern UID_CHARACTERS = Pattern.compile("[0-9][0-9.]{0,63}");

    private AeTitles() {}

    /** The title without its insignificant spaces, or an IllegalArgumentException that says what is wrong. */
    static String require(String title) {
        String stripped = title.strip();
        if (stripped.isEmpty() || stripped.length() > LENGTH) {
            throw new IllegalArgumentException("AE title must have 1 to 16 characters: '" + printable(title) + "'");
        }
        if (!stripped.equals(printable(stripped)) || stripped.indexOf('\\') >= 0) {
            throw new IllegalArgumentException(
                    "AE title has a character outside ASCII or a backslash: '" + printable(title) + "'");
        }
        return stripped;
    }

    /** Text of a peer made safe for one log line: everything but printable ASCII becomes a question mark. */
    static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(c >= 0x20 && c < 0x7f ? c : '?');
        }
        return safe.toString();
    }

    /** Digits and dots only, 64 at most: such a UID is safe in a path and in a log, even if PS3.5 would refuse it. */
    static boolean isUid(String text) {
        return UID_CHARACTERS.matcher(text).matches();
    }
}
