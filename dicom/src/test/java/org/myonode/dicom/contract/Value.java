package org.myonode.dicom.contract;

import java.util.List;
import java.util.Map;

/** The value of an attribute, in terms of no toolkit; {@code vr} is the code of its value representation (PS3.5 6.2). */
public sealed interface Value {
    /** Texts and numbers, the latter in decimal; an empty list is an attribute without a value. */
    record Texts(String vr, List<String> texts) implements Value {}

    /** Bytes in little endian order, as hexadecimal digits: OB, OW, UN and their like. */
    record Bytes(String vr, String hex) implements Value {}

    /** The items of a sequence. */
    record Items(List<Map<Integer, Value>> items) implements Value {}

    static Value texts(String vr, String... texts) {
        return new Texts(vr, List.of(texts));
    }
}
