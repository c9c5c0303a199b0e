package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MalformedInputTest {
    private static final String EXPLICIT = UID.ExplicitVRLittleEndian;
    private static final String IMPLICIT = UID.ImplicitVRLittleEndian;

    @TempDir
    Path folder;

    @Test
    void everyTruncationOfAFileIsATypedErrorOrAShorterDataSet() throws IOException {
        byte[] whole = Part10Test.bytes(Part10.of(new RandomDataSets(5).next(0), EXPLICIT));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertTyped(part);
        }
    }

    @Test
    void noDamagedByteEverCausesAnythingButATypedError() throws IOException {
        Random random = new Random(99);
        for (String syntax : List.of(EXPLICIT, IMPLICIT, UID.ExplicitVRBigEndian, UID.DeflatedExplicitVRLittleEndian)) {
            byte[] whole = Part10Test.bytes(Part10.of(new RandomDataSets(6).next(0), syntax));
            for (int i = 0; i < 500; i++) {
                byte[] damaged = whole.clone();
                for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                    damaged[132 + random.nextInt(damaged.length - 132)] = (byte) random.nextInt();
                }
                assertTyped(damaged);
            }
        }
    }

    private static void assertTyped(byte[] bytes) throws IOException {
        try {
            Part10.read(new ByteArrayInputStream(bytes));
        } catch (DicomException expected) {
            assertThat(expected).hasMessageNotContaining("null");
        }
    }

    @Test
    void aClaimOfFourGigabytesInASmallFileFailsAtOnce() throws IOException {
        byte[] element = hex("E07F1000 4F570000 FEFFFFFF 0102030405060708");
        DicomException fromBytes =
                catchThrowableOfType(DicomException.class, () -> Part10.readDataSet(element, EXPLICIT));
        assertThat(fromBytes).hasMessageContaining("PixelData (7FE0,0010) at offset 0: claims 4294967294 bytes");
        assertThat(fromBytes.tag()).hasValue(Tag.PixelData);
        assertThat(fromBytes.offset()).hasValue(0);

        assertThatThrownBy(() -> Part10.readDataSet(new ByteArrayInputStream(element), EXPLICIT))
                .isInstanceOf(DicomException.class);
        byte[] medium = hex("E07F1000 4F570000 00000003 0102030405060708");
        assertThatThrownBy(() -> Part10.readDataSet(new ByteArrayInputStream(medium), EXPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("the data ends inside this element");

        Path file = folder.resolve("claim.dcm");
        byte[] start = Part10Test.bytes(Part10.of(Part10Test.image(), EXPLICIT));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(start);
        all.writeBytes(element);
        Files.write(file, all.toByteArray());
        assertThatThrownBy(() -> Part10.read(file))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("where 8 are left");
    }

    @Test
    void aBombThatInflatesToGigabytesIsRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        java.util.zip.Deflater deflater = new java.util.zip.Deflater(9, true);
        try (var deflated = new java.util.zip.DeflaterOutputStream(out, deflater)) {
            deflated.write(hex("E07F1000 4F570000 F0FFFFFF"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                deflated.write(zeros);
            }
        }
        assertThatThrownBy(() -> Part10.readDataSet(out.toByteArray(), UID.DeflatedExplicitVRLittleEndian))
                .isInstanceOf(DicomException.class);
    }

    @Test
    void sequencesInsideEachOtherHaveALimit() {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            bomb.writeBytes(hex("400030A7 FFFFFFFF FEFF00E0 FFFFFFFF"));
        }
        assertThatThrownBy(() -> Part10.readDataSet(bomb.toByteArray(), IMPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("more than 64 sequences inside each other");
    }

    @Test
    void anItemThatReachesBeyondItsSequenceIsRefused() {
        assertThatThrownBy(() ->
                        Part10.readDataSet(hex("400030A7 10000000 FEFF00E0 20000000 1000200002000000 3737"), IMPLICIT))
                .isInstanceOf(DicomException.class);
        assertThatThrownBy(() ->
                        Part10.readDataSet(hex("400030A7 12000000 FEFF00E0 04000000 1000200002000000 3737"), IMPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("PatientID (0010,0020) at offset 16: claims 2 bytes where 0 are left");
    }

    @Test
    void delimitersOutOfPlaceAreRefused() {
        assertThatThrownBy(() -> Part10.readDataSet(hex("FEFF0DE0 00000000"), IMPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("no item is open here");
        assertThatThrownBy(() -> Part10.readDataSet(hex("10002000 7A7A0200 3737"), EXPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("7A 7A are no value representation");
    }

    @Test
    void aSequenceHiddenInUnIsUnderstood() {
        // Explicit VR outside, implicit VR inside: PS3.5 6.2.2 note 2.
        DataSet read = Part10.readDataSet(
                hex(
                        "400030A7 554E0000 FFFFFFFF FEFF00E0 FFFFFFFF 1000200002000000 3737 FEFF0DE000000000 FEFFDDE000000000"
                                + "50004500 554E0000 00000000"),
                EXPLICIT);
        assertThat(read.items(Tag.ContentSequence)).hasSize(1);
        assertThat(read.item(Tag.ContentSequence).orElseThrow().text(Tag.PatientID))
                .contains("77");

        DataSet defined =
                Part10.readDataSet(hex("400030A7 554E0000 12000000 FEFF00E0 0A000000 1000200002000000 3737"), EXPLICIT);
        assertThat(defined.item(Tag.ContentSequence).orElseThrow().text(Tag.PatientID))
                .contains("77");
    }

    @Test
    void oddLengthsTrailingPaddingAndGroupLengthsAreTolerated() {
        DataSet read = Part10.readDataSet(
                hex("10000000 04000000 09000000 10002000 03000000 373737 FCFFFCFF 08000000 0000000000000000"),
                IMPLICIT);
        assertThat(read.text(Tag.PatientID)).contains("777");
        assertThat(read.tags()).containsExactly(Tag.PatientID);
        assertThat(Part10.encodeDataSet(read, IMPLICIT)).isEqualTo(hex("10002000 04000000 37373720"));
    }

    @Test
    void aFileWithoutPreambleIsReadAndATextFileIsNot() throws IOException {
        byte[] whole = Part10Test.bytes(Part10.of(Part10Test.image(), EXPLICIT));
        byte[] bare = Arrays.copyOfRange(whole, 132, whole.length);
        assertThat(Part10.read(new ByteArrayInputStream(bare)).dataSet()).isEqualTo(Part10Test.image());

        byte[] text = "This is not a DICOM file. ".repeat(20).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> Part10.read(new ByteArrayInputStream(text)))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("not a DICOM file");
        assertThatThrownBy(() -> Part10.read(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(DicomException.class);
    }

    @Test
    void manyTinyElementsAreCounted() {
        byte[] item = hex("FEFF00E0 00000000");
        byte[] items = new byte[item.length * (DataSetReader.MAXIMUM_ELEMENTS + 1)];
        for (int i = 0; i < items.length; i++) {
            items[i] = item[i % item.length];
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("400030A7 FFFFFFFF"));
        out.writeBytes(items);
        assertThatThrownBy(() -> Part10.readDataSet(out.toByteArray(), IMPLICIT))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("more than 2097152 elements");
        assertThatCode(() -> Part10.readDataSet(new byte[0], IMPLICIT)).doesNotThrowAnyException();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
