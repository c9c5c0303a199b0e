package org.myonode.dicom;

import java.util.HashMap;
import java.util.Map;

/** The names of PS3.6 annex A, loaded when the first one is asked for. Thread-safe. */
final class UidNames {
    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        for (String line : Dictionary.lines("uids.tsv")) {
            String[] field = line.split("\t", -1);
            NAMES.put(field[0], field[3]);
        }
    }

    private UidNames() {}

    static String nameOf(String uid) {
        return NAMES.getOrDefault(uid, uid);
    }
}
