package org.myonode.dicom;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The data dictionary of PS3.6 and the command dictionary of PS3.7, read from a resource once. Thread-safe. */
public final class Dictionary {
    private static final Map<Integer, Entry> BY_TAG = new HashMap<>(8192);
    private static final Map<String, Integer> BY_KEYWORD = new HashMap<>(8192);
    private static final List<Repeating> REPEATING = new ArrayList<>();

    static {
        load();
    }

    private Dictionary() {}

    /**
     * The value representation that implicit VR encodings imply. Of "US or SS" it is US and of "OB or OW" or
     * "US or OW" it is OW (PS3.5 annex A.1); a private creator is LO, a group length UL, what is not known UN.
     */
    public static VR vrOf(int tag) {
        Entry entry = find(tag);
        if (entry != null) {
            return entry.vr;
        }
        int element = tag & 0xFFFF;
        if (element == 0) {
            return VR.UL;
        }
        if (isPrivate(tag) && element >= 0x10 && element <= 0xFF) {
            return VR.LO;
        }
        return VR.UN;
    }

    /** True when the standard gives "US or SS": Pixel Representation decides. */
    static boolean dependsOnPixelRepresentation(int tag) {
        Entry entry = find(tag);
        return entry != null && entry.signDependent;
    }

    /** The keyword of PS3.6, for example {@code PatientName}; empty when the tag is not in the dictionary. */
    public static Optional<String> keywordOf(int tag) {
        return Optional.ofNullable(find(tag)).map(Entry::keyword);
    }

    /** The tag of a keyword; of a repeating group the first one. */
    public static OptionalInt tagOf(String keyword) {
        Integer tag = BY_KEYWORD.get(keyword);
        return tag == null ? OptionalInt.empty() : OptionalInt.of(tag);
    }

    /** Keyword and tag for a message: {@code PatientName (0010,0010)}. */
    public static String describe(int tag) {
        return keywordOf(tag).map(keyword -> keyword + " ").orElse("") + Tag.toString(tag);
    }

    static boolean isPrivate(int tag) {
        return (tag >>> 16 & 1) == 1;
    }

    private static @Nullable Entry find(int tag) {
        Entry entry = BY_TAG.get(tag);
        if (entry == null && !isPrivate(tag)) {
            for (Repeating repeating : REPEATING) {
                if ((tag & repeating.mask) == repeating.base) {
                    return repeating.entry;
                }
            }
        }
        return entry;
    }

    private static void load() {
        for (String line : lines("dictionary.tsv")) {
            String[] field = line.split("\t", -1);
            Entry entry = new Entry(vr(field[1]), field[3], field[1].startsWith("US or SS"));
            int base = Integer.parseUnsignedInt(field[0].replace('x', '0'), 16);
            BY_KEYWORD.put(field[3], base);
            if (field[0].indexOf('x') < 0) {
                BY_TAG.put(base, entry);
            } else {
                REPEATING.add(new Repeating(mask(field[0]), base, entry));
            }
        }
    }

    private static VR vr(String text) {
        if (text.contains("OW")) {
            return VR.OW;
        }
        return text.equals("NONE") ? VR.UN : VR.valueOf(text.substring(0, 2));
    }

    private static int mask(String tag) {
        int mask = 0;
        for (int i = 0; i < 8; i++) {
            mask = mask << 4 | (tag.charAt(i) == 'x' ? 0 : 0xF);
        }
        return mask;
    }

    static List<String> lines(String resource) {
        InputStream in = Dictionary.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("the program lacks its resource " + resource);
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Entry(VR vr, String keyword, boolean signDependent) {}

    private record Repeating(int mask, int base, Entry entry) {}
}
