package org.myonode.dicom.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
    protected static final String EXPLICIT = "1.2.840.10008.1.2.1";

    static final int CHARACTER_SET = 0x00080005;
    static final int SOP_CLASS = 0x00080016;
    static final int SOP_INSTANCE = 0x00080018;
    static final int REFERENCED_IMAGES = 0x00081140;
    static final int REFERENCED_INSTANCE = 0x00081155;
    static final int PATIENT_NAME = 0x00100010;
    static final int PATIENT_ID = 0x00100020;
    static final int PATIENT_COMMENTS = 0x00104000;
    static final int STUDY = 0x0020000D;
    static final int SERIES = 0x0020000E;
    static final int POSITION = 0x00200032;
    static final int ROWS = 0x00280010;
    static final int BITS_ALLOCATED = 0x00280100;
    static final int ICC_PROFILE = 0x00282000;
    static final int PIXEL_DATA = 0x7FE00010;

    /** The implementation under test. */
    protected abstract FileToolkit toolkit();

    /** False for a toolkit that does not write the code extensions of ISO 2022; their tests are then skipped by name. */
    protected boolean codeExtensions() {
        return true;
    }

    /** False for a toolkit that keeps what stands before a damage instead of refusing the file, likewise. */
    protected boolean refusesDamage() {
        return true;
    }

    /** A CT image without pixels. */
    static Map<Integer, Value> instance(String uid) {
        return new HashMap<>(Map.of(
                SOP_CLASS, Value.texts("UI", "1.2.840.10008.5.1.4.1.1.2"),
                SOP_INSTANCE, Value.texts("UI", uid),
                PATIENT_ID, Value.texts("LO", "77"),
                STUDY, Value.texts("UI", "1.2.3"),
                SERIES, Value.texts("UI", "1.2.3.0"),
                POSITION, Value.texts("DS", "-1.5", "2", "1E3"),
                ROWS, Value.texts("US", "512")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})
    void what_is_written_is_read_in_every_uncompressed_syntax(String transferSyntax) throws IOException {
        Map<Integer, Value> inner = Map.of(REFERENCED_INSTANCE, Value.texts("UI", "1.2.9"));
        Map<Integer, Value> outer =
                Map.of(REFERENCED_INSTANCE, Value.texts("UI", "1.2.8"), 0x00081199, new Value.Items(List.of(inner)));
        Map<Integer, Value> dataSet = instance("1.2.3.4");
        dataSet.put(PATIENT_NAME, Value.texts("PN"));
        dataSet.put(PATIENT_COMMENTS, Value.texts("LT", "x".repeat(9000)));
        dataSet.put(REFERENCED_IMAGES, new Value.Items(List.of(outer, Map.of())));
        dataSet.put(BITS_ALLOCATED, Value.texts("US", "16"));
        dataSet.put(ICC_PROFILE, new Value.Bytes("OB", "000102FE"));
        dataSet.put(PIXEL_DATA, new Value.Bytes("OW", "01000200FEFF"));

        assertThat(toolkit().read(toolkit().write(dataSet, transferSyntax))).contains(dataSet);
    }

    @Test
    void private_elements_keep_their_block_and_representation() throws IOException {
        Map<Integer, Value> dataSet = instance("1.2.3.4");
        dataSet.put(0x00090010, Value.texts("LO", "ACME 1.0"));
        dataSet.put(0x00091001, Value.texts("FD", "0.5"));
        dataSet.put(0x00091002, new Value.Bytes("UN", "0A0B"));

        assertThat(toolkit().read(toolkit().write(dataSet, EXPLICIT))).contains(dataSet);
    }

    @ParameterizedTest
    @CsvSource({
        "'', Doe^Jane",
        "ISO_IR 100, Müller^Jürgen",
        "ISO_IR 101, Dvořák^Antonín",
        "ISO_IR 109, Ċensu^Ġorġ",
        "ISO_IR 110, Bērziņš^Jānis",
        "ISO_IR 144, Люкceмбypг",
        "ISO_IR 127, قباني^لنزار",
        "ISO_IR 126, Διονυσιος",
        "ISO_IR 138, שרון^דבורה",
        "ISO_IR 148, Çağrı^Şahin",
        "ISO_IR 166, ไทย^คน",
        "ISO_IR 13, ﾔﾏﾀﾞ^ﾀﾛｳ",
        "ISO_IR 192, Wang^XiaoDong=王^小东",
        "GB18030, Wang^XiaoDong=王^小东",
        "\\ISO 2022 IR 87, Yamada^Tarou=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 149, Hong^Gildong=洪^吉洞=홍^길동"
    })
    void names_keep_their_characters(String characterSets, String name) throws IOException {
        assumeTrue(codeExtensions() || !characterSets.contains("ISO 2022"), "this toolkit writes no code extensions");
        Map<Integer, Value> dataSet = instance("1.2.3.4");
        if (!characterSets.isEmpty()) {
            dataSet.put(CHARACTER_SET, new Value.Texts("CS", List.of(characterSets.split("\\\\", -1))));
        }
        dataSet.put(PATIENT_NAME, Value.texts("PN", name));

        assertThat(toolkit().read(toolkit().write(dataSet, EXPLICIT))).contains(dataSet);
    }

    @Test
    void undefined_lengths_are_read() throws IOException {
        byte[] items = bytes(
                tag(0x0008, 0x1140),
                "SQ".getBytes(StandardCharsets.US_ASCII),
                number(0, 2),
                number(0xFFFFFFFFL, 4),
                tag(0xFFFE, 0xE000),
                number(0xFFFFFFFFL, 4),
                tag(0x0008, 0x1155),
                "UI".getBytes(StandardCharsets.US_ASCII),
                number(4, 2),
                "1.2\0".getBytes(StandardCharsets.US_ASCII),
                tag(0xFFFE, 0xE00D),
                number(0, 4),
                tag(0xFFFE, 0xE0DD),
                number(0, 4));
        byte[] file = toolkit()
                .write(
                        Map.of(
                                SOP_CLASS, Value.texts("UI", "1.2.840.10008.5.1.4.1.1.2"),
                                SOP_INSTANCE, Value.texts("UI", "1.2.3.4")),
                        EXPLICIT);

        assertThat(toolkit().read(bytes(file, items)).orElseThrow())
                .containsEntry(
                        REFERENCED_IMAGES,
                        new Value.Items(List.of(Map.of(REFERENCED_INSTANCE, Value.texts("UI", "1.2")))));
    }

    @Test
    void a_file_that_ends_inside_a_value_is_refused() throws IOException {
        assumeTrue(refusesDamage(), "this toolkit keeps what stands before a damage");
        byte[] file = toolkit().write(instance("1.2.3.4"), EXPLICIT);

        assertThat(toolkit().read(Arrays.copyOf(file, file.length - 1))).isEmpty();
        assertThat(toolkit().read(new byte[200])).isEmpty();
    }

    @Test
    void a_length_beyond_the_file_is_refused_at_once() throws IOException {
        assumeTrue(refusesDamage(), "this toolkit keeps what stands before a damage");
        byte[] lie = bytes(
                tag(0x7FE0, 0x0010),
                "OB".getBytes(StandardCharsets.US_ASCII),
                number(0, 2),
                number(0xFFFFFFF0L, 4),
                new byte[8]);

        assertThat(toolkit().read(bytes(toolkit().write(instance("1.2.3.4"), EXPLICIT), lie)))
                .isEmpty();
    }

    private static byte[] tag(int group, int element) {
        return bytes(number(group, 2), number(element, 2));
    }

    private static byte[] number(long value, int length) {
        return Arrays.copyOf(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                length);
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
