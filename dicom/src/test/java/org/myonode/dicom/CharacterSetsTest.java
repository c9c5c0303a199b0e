package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharacterSetsTest {
    @ParameterizedTest
    @CsvSource({
        "ISO_IR 100, Buc^Jérôme",
        "ISO_IR 101, Wałęsa",
        "ISO_IR 109, Ĉapek",
        "ISO_IR 110, Āboliņš",
        "ISO_IR 144, Люкceмбypг",
        "ISO_IR 127, قباني^لنزار",
        "ISO_IR 126, Διονυσιος",
        "ISO_IR 138, שרון^דבורה",
        "ISO_IR 148, Çavuşoğlu",
        "ISO_IR 203, Œuvre€",
        "ISO_IR 166, นามสกุล",
        "ISO_IR 13, ﾔﾏﾀﾞ^ﾀﾛｳ",
        "ISO_IR 192, Wang^XiaoDong=王^小东=",
        "GB18030, Wang^XiaoDong=王^小东=",
        "GBK, Wang^XiaoDong=王^小东=",
        "\\ISO 2022 IR 87, Yamada^Tarou=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 87\\ISO 2022 IR 159, Yamada=山田^丂=",
        "ISO 2022 IR 13\\ISO 2022 IR 87, ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 149, Hong^Gildong=洪^吉洞=홍^길동",
        "\\ISO 2022 IR 58, Zhang^XiaoDong=张^小东=",
        "ISO 2022 IR 100\\ISO 2022 IR 144, Müller^Люкc"
    })
    void namesSurviveEncodingAndDecoding(String declaration, String name) {
        DataSet set = new DataSet().set(Tag.SpecificCharacterSet, declaration.split("\\\\", -1));
        set.set(Tag.PatientName, name);
        DataSet read =
                Part10.readDataSet(Part10.encodeDataSet(set, UID.ExplicitVRLittleEndian), UID.ExplicitVRLittleEndian);
        assertThat(read.text(Tag.PatientName)).contains(name);
    }

    /** The byte sequences of PS3.5 annexes H.3.1, H.3.2 and I.2. */
    @Test
    void theExamplesOfTheStandardAreReadAndWrittenByteForByte() {
        example(
                new String[] {"", "ISO 2022 IR 87"},
                "Yamada^Tarou=山田^太郎=やまだ^たろう",
                "59616D6164615E5461726F753D1B2442 3B33 4544 1B2842 5E 1B2442 4240 4F3A 1B2842 3D"
                        + "1B2442 2464 245E 2440 1B2842 5E 1B2442 243F 246D 2426 1B2842");
        example(
                new String[] {"ISO 2022 IR 13", "ISO 2022 IR 87"},
                "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
                "D4CFC0DE5EC0DBB33D1B2442 3B33 4544 1B284A 5E 1B2442 4240 4F3A 1B284A 3D"
                        + "1B2442 2464 245E 2440 1B284A 5E 1B2442 243F 246D 2426 1B284A");
        example(
                new String[] {"", "ISO 2022 IR 149"},
                "Hong^Gildong=洪^吉洞=홍^길동",
                "486F6E675E47696C646F6E673D1B242943 FBF3 5E 1B242943 D1CE D4D7 3D 1B242943 C8AB 5E 1B242943 B1E6 B5BF");
    }

    private static void example(String[] declaration, String name, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] even = java.util.Arrays.copyOf(bytes, bytes.length + bytes.length % 2);
        if (even.length > bytes.length) {
            even[bytes.length] = ' ';
        }
        DataSet set = new DataSet().set(Tag.SpecificCharacterSet, declaration);
        set.setBytes(Tag.PatientName, VR.PN, even);
        assertThat(set.text(Tag.PatientName)).contains(name);
        assertThat(new DataSet()
                        .set(Tag.SpecificCharacterSet, declaration)
                        .set(Tag.PatientName, name)
                        .bytes(Tag.PatientName))
                .isEqualTo(even);
    }

    @Test
    void aBackslashInsideAChineseCharacterIsNoDelimiter() {
        // In GB18030 the second byte of this character is 5C.
        DataSet set = new DataSet().set(Tag.SpecificCharacterSet, "GB18030").set(Tag.OtherPatientNames, "乗\u4E5A", "誠");
        assertThat(set.texts(Tag.OtherPatientNames)).containsExactly("乗\u4E5A", "誠");
    }
}
