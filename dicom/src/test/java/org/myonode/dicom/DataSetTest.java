package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DataSetTest {
    @Test
    void numbersOfEveryVrConvert() {
        DataSet set = new DataSet()
                .set(Tag.PixelSpacing, "0.9765625", " 1e-1 ")
                .set(Tag.InstanceNumber, -12)
                .set(Tag.Rows, 65535)
                .set(Tag.SmallestImagePixelValue, -5)
                .set(Tag.RealWorldValueSlope, 0.1)
                .set(Tag.FrameIncrementPointer, Tag.FrameTime)
                .set(Tag.PatientSize, 1.75);
        assertThat(set.decimals(Tag.PixelSpacing)).containsExactly(0.9765625, 0.1);
        assertThat(set.integer(Tag.InstanceNumber)).hasValue(-12);
        assertThat(set.integers(Tag.Rows)).containsExactly(65535);
        assertThat(set.vr(Tag.SmallestImagePixelValue)).isEqualTo(VR.SS);
        assertThat(set.integer(Tag.SmallestImagePixelValue)).hasValue(-5);
        assertThat(set.decimal(Tag.RealWorldValueSlope)).hasValue(0.1);
        assertThat(set.integers(Tag.FrameIncrementPointer)).containsExactly(Tag.FrameTime);
        assertThat(set.text(Tag.PatientSize)).contains("1.75");
        assertThat(set.texts(Tag.Rows)).containsExactly("65535");
        assertThat(set.integer(Tag.Columns)).isEmpty();
        assertThat(set.decimals(Tag.SliceThickness)).isEmpty();
    }

    @Test
    void whatIsNotANumberNamesTagAndValue() {
        DataSet set = new DataSet().setBytes(Tag.SliceThickness, VR.DS, "5 mm".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> set.decimal(Tag.SliceThickness))
                .isInstanceOf(DicomException.class)
                .hasMessage("SliceThickness (0018,0050): the value \"5 mm\" is not a number");
        assertThatThrownBy(() -> set.requireText(Tag.PatientID))
                .isInstanceOf(DicomException.class)
                .hasMessage("PatientID (0010,0020): absent or empty");
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        DataSet set = new DataSet();
        assertThatThrownBy(() -> set.set(Tag.AccessionNumber, "12345678901234567"))
                .isInstanceOf(DicomException.class);
        assertThatThrownBy(() -> set.set(Tag.StudyInstanceUID, "1.02.3")).isInstanceOf(DicomException.class);
        assertThatThrownBy(() -> set.set(Tag.Rows, 70000)).isInstanceOf(DicomException.class);
        assertThatThrownBy(() -> set.set(Tag.PatientName, "Müller")).isInstanceOf(DicomException.class);
        assertThatThrownBy(() -> set.set(0x00091001, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void privateBlocksAreFoundByTheirCreator() {
        DataSet set = new DataSet()
                .setBytes(0x00090010, VR.LO, "OTHER ".getBytes(StandardCharsets.US_ASCII))
                .setBytes(0x00090011, VR.LO, "GEMS_PETD_01".getBytes(StandardCharsets.US_ASCII));
        assertThat(set.privateTag("GEMS_PETD_01", 0x0009, 0x0D)).hasValue(0x0009110D);
        assertThat(set.privateTag("SIEMENS", 0x0009, 0x0D)).isEmpty();
    }

    @Test
    void copiesAreByteExactAndAnItemKeepsItsText() {
        byte[] raw = {'M', (byte) 0xFC, 'l', 'l', 'e', 'r'};
        DataSet source = new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 100")
                .setBytes(Tag.PatientName, VR.PN, raw)
                .setItems(Tag.OtherPatientIDsSequence, new DataSet().set(Tag.PatientID, "1"));
        source.item(Tag.OtherPatientIDsSequence).orElseThrow().set(Tag.IssuerOfPatientID, "Köln");

        DataSet same = new DataSet().copy(source, Tag.PatientName, Tag.SpecificCharacterSet, Tag.StudyID);
        assertThat(same.bytes(Tag.PatientName)).isEqualTo(raw);
        assertThat(same.contains(Tag.StudyID)).isFalse();

        DataSet unicode = new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 192")
                .copy(source, Tag.PatientName, Tag.OtherPatientIDsSequence);
        assertThat(unicode.text(Tag.PatientName)).contains("Müller");
        assertThat(unicode.item(Tag.OtherPatientIDsSequence).orElseThrow().text(Tag.IssuerOfPatientID))
                .contains("Köln");
        assertThatThrownBy(() -> new DataSet().copy(source, Tag.PatientName)).isInstanceOf(DicomException.class);
        assertThat(source.copy()).isEqualTo(source);
    }

    @Test
    void theCharacterSetCannotChangeUnderTextThatDependsOnIt() {
        DataSet set = new DataSet().set(Tag.SpecificCharacterSet, "ISO_IR 192").set(Tag.PatientName, "Müller");
        assertThatThrownBy(() -> set.set(Tag.SpecificCharacterSet, "ISO_IR 100"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void uidsAreNameBasedByVersionFive() {
        assertThat(Uids.nameBased("a"))
                .isEqualTo(Uids.nameBased("a"))
                .startsWith("2.25.")
                .isNotEqualTo(Uids.nameBased("b"));
        assertThat(Uids.isValid(Uids.random())).isTrue();
        assertThat(Uids.isValid(Part10.IMPLEMENTATION_CLASS_UID)).isTrue();
        String hex = new java.math.BigInteger(Uids.nameBased("a").substring(5)).toString(16);
        assertThat("0".repeat(32 - hex.length()) + hex).matches(".{12}5.{3}[89ab].{15}");
        assertThat(UID.nameOf(UID.CTImageStorage)).isEqualTo("CT Image Storage");
        assertThat(UID.nameOf("1.2.3")).isEqualTo("1.2.3");
    }

    @Test
    void theDictionaryKnowsRepeatingGroups() {
        assertThat(Dictionary.vrOf(0x60023000)).isEqualTo(VR.OW);
        assertThat(Dictionary.keywordOf(0x60020010)).contains("OverlayRows");
        assertThat(Dictionary.tagOf("PatientName")).hasValue(Tag.PatientName);
        assertThat(Dictionary.vrOf(0x00090010)).isEqualTo(VR.LO);
        assertThat(Dictionary.vrOf(0x00091010)).isEqualTo(VR.UN);
    }
}
