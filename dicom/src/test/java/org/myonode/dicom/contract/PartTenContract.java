package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data sets and files (PS3.5, PS3.10). */
public abstract class PartTenContract {
    protected static final int CHARACTER_SET = 0x00080005;
    protected static final int SOP_CLASS = 0x00080016;
    protected static final int SOP_INSTANCE = 0x00080018;
    protected static final int PATIENT_NAME = 0x00100010;
    protected static final int PATIENT_ID = 0x00100020;
    protected static final int POSITION = 0x00200032;
    protected static final int ROWS = 0x00280010;

    /** The implementation under test. */
    protected abstract Toolkit toolkit();

    static Map<Integer, List<String>> instance(String uid) {
        return new HashMap<>(Map.of(
                SOP_CLASS,
                List.of("1.2.840.10008.5.1.4.1.1.2"),
                SOP_INSTANCE,
                List.of(uid),
                PATIENT_ID,
                List.of("77"),
                POSITION,
                List.of("-1.5", "2", "1E3"),
                ROWS,
                List.of("512")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})
    void what_is_written_is_read_in_every_uncompressed_syntax(String transferSyntax) throws IOException {
        Map<Integer, List<String>> attributes = instance("1.2.3.4");

        assertThat(toolkit().read(toolkit().write(attributes, transferSyntax))).contains(attributes);
    }

    @ParameterizedTest
    @CsvSource({
        "ISO_IR 100, Müller^Jürgen",
        "ISO_IR 101, Dvořák^Antonín",
        "ISO_IR 144, Люкceмбypг",
        "ISO_IR 126, Διονυσιος",
        "ISO_IR 192, Wang^XiaoDong=王^小东",
        "GB18030, Wang^XiaoDong=王^小东",
        "\\ISO 2022 IR 87, Yamada^Tarou=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 149, Hong^Gildong=洪^吉洞=홍^길동"
    })
    void names_keep_their_characters(String characterSets, String name) throws IOException {
        Map<Integer, List<String>> attributes = instance("1.2.3.4");
        attributes.put(CHARACTER_SET, List.of(characterSets.split("\\\\", -1)));
        attributes.put(PATIENT_NAME, List.of(name));

        assertThat(toolkit().read(toolkit().write(attributes, "1.2.840.10008.1.2.1")))
                .contains(attributes);
    }

    @Test
    void a_file_that_ends_inside_a_value_is_refused() throws IOException {
        byte[] file = toolkit().write(instance("1.2.3.4"), "1.2.840.10008.1.2.1");

        assertThat(toolkit().read(Arrays.copyOf(file, file.length - 1))).isEmpty();
        assertThat(toolkit().read(new byte[200])).isEmpty();
    }
}
