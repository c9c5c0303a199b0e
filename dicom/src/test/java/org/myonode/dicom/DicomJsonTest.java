package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.myonode.dicom.peers.Peers;

class DicomJsonTest {
    @TempDir
    Path folder;

    @Test
    void writesEachKindOfValueAsTheTableSays() {
        DataSet dataSet = new DataSet()
                .set(Tag.SpecificCharacterSet, "ISO_IR 100")
                .set(Tag.ImageType, "ORIGINAL", "", "AXIAL")
                .set(Tag.PatientName, "Müller^Jörg")
                .setEmpty(Tag.PatientID)
                .set(Tag.PixelSpacing, "+0.50", "1.25")
                .set(Tag.InstanceNumber, "007")
                .set(Tag.Rows, 512)
                .set(Tag.FrameIncrementPointer, Tag.FrameTime)
                .setBytes(Tag.ICCProfile, VR.OB, new byte[] {1, 2, 3, 4})
                .setItems(Tag.ReferencedStudySequence, new DataSet().set(Tag.ReferencedSOPInstanceUID, "1.2.3"));

        assertThat(DicomJson.write(dataSet)).isEqualTo("""
                {"00080005":{"vr":"CS","Value":["ISO_IR 192"]},\
                "00080008":{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]},\
                "00081110":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]}}]},\
                "00100010":{"vr":"PN","Value":[{"Alphabetic":"Müller^Jörg"}]},\
                "00100020":{"vr":"LO"},\
                "00200013":{"vr":"IS","Value":[7]},\
                "00280009":{"vr":"AT","Value":["00181063"]},\
                "00280010":{"vr":"US","Value":[512]},\
                "00280030":{"vr":"DS","Value":[0.50,1.25]},\
                "00282000":{"vr":"OB","InlineBinary":"AQIDBA=="}}""");
    }

    @Test
    void anExampleOfTheStandardIsRead() {
        // PS3.18 F.2.1.1.2: the three groups of a person name, a null among values
        DataSet read = DicomJson.read("""
                [{ "00080005": {"vr": "CS", "Value": [ "ISO_IR 192" ]},
                   "00080061": {"vr": "CS", "Value": [ "CT", "PET" ]},
                   "00100010": {"vr": "PN", "Value": [
                      {"Alphabetic": "Yamada^Tarou", "Ideographic": "\\u5c71\\u7530^\\u592a\\u90ce", "Phonetic": "やまだ^たろう"}]},
                   "00081110": {"Value": [ {}, null ], "vr": "SQ"},
                   "00201206": {"vr": "IS", "Value": [ "4" ]},
                   "00200032": {"vr": "DS", "Value": [ -12.5, 1.2345678901234567e2, null ]} }]
                """).get(0);

        assertThat(read.texts(Tag.ModalitiesInStudy)).containsExactly("CT", "PET");
        assertThat(read.text(Tag.PatientName)).contains("Yamada^Tarou=山田^太郎=やまだ^たろう");
        assertThat(read.items(Tag.ReferencedStudySequence)).hasSize(2);
        assertThat(read.integer(Tag.NumberOfStudyRelatedSeries)).hasValue(4);
        assertThat(read.texts(Tag.ImagePositionPatient)).containsExactly("-12.5", "123.456789012346", "");
    }

    @Test
    void writingAndReadingBringsBackTheSameValues() {
        RandomDataSets random = new RandomDataSets(20261124);
        for (int i = 0; i < 200; i++) {
            DataSet original = random.next(0);
            DataSet read = DicomJson.read(DicomJson.write(List.of(original))).get(0);
            assertThat(DicomJson.write(read)).as("data set %d", i).isEqualTo(DicomJson.write(original));
            assertThat(read.tags()).as("data set %d", i).isEqualTo(original.tags());
            assertThat(read.texts(Tag.PatientName)).isEqualTo(original.texts(Tag.PatientName));
            assertThat(read.bytes(Tag.PixelData)).isEqualTo(original.bytes(Tag.PixelData));
        }
    }

    @Test
    void numbersThatJsonCannotHoldTravelAsText() {
        DataSet dataSet = new DataSet()
                .set(Tag.RealWorldValueSlope, Double.NaN, Double.NEGATIVE_INFINITY, 0.1)
                .setBytes(Tag.SelectorUVValue, VR.UV, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});

        String json = DicomJson.write(dataSet);

        assertThat(json).contains("[\"NaN\",\"-Infinity\",0.1]").contains("[\"18446744073709551615\"]");
        assertThat(DicomJson.read(json)).containsExactly(dataSet);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"00100010\":{\"vr\":\"PN\"}|offset 23: '}' is due",
                "{\"0010\":{\"vr\":\"PN\"}}|\"0010\" is no tag",
                "{\"00100020\":[]}|\"00100020\" is no tag with an object",
                "{\"00100020\":{\"vr\":\"XY\"}}|PatientID (0010,0020): \"XY\" is no value representation",
                "{\"00280010\":{\"vr\":\"US\",\"Value\":[70000]}}|Rows (0028,0010): \"70000\" is no value of VR US",
                "{\"00280010\":{\"vr\":\"UV\",\"Value\":[1e999999999]}}|Rows (0028,0010): \"1e999999999\" is no value",
                "{\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"http://x\"}}|PixelData (7FE0,0010): its value is elsewhere",
                "{\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"%\"}}|PixelData (7FE0,0010): InlineBinary is no Base64",
                "[1]|a data set is an object",
                "\"text\"|neither an object nor an array",
                "{} {}|offset 3: something follows",
                "{\"a\":01}|offset 6: '}' is due",
                "[\"\\x\"]|no such escape"
            })
    void whatIsNoDicomJsonIsRefusedWithThePlace(String json, String message) {
        assertThatThrownBy(() -> DicomJson.read(json))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        assertThatThrownBy(() -> DicomJson.read("[".repeat(1_000_000)))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("levels");
    }

    @Test
    void encapsulatedPixelsHaveNoForm() {
        DataSet image = new DataSet().setFragments(Tag.PixelData, VR.OB, List.of(new byte[0], new byte[2]));
        assertThatThrownBy(() -> DicomJson.write(image))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("PixelData (7FE0,0010)");
    }

    @Test
    void dcmtkWritesTheSame() throws Exception {
        assumeTrue(Peers.onPath("dcm2json"), "dcm2json is not installed");
        DataSet dataSet = new RandomDataSets(7).next(0).remove(Tag.RealWorldValueSlope);
        Path file = folder.resolve("one.dcm");
        Path json = folder.resolve("one.json");
        Part10.write(file, Part10.of(dataSet, UID.ExplicitVRLittleEndian));

        Peers.Outcome outcome = Peers.run("dcm2json", file.toString(), json.toString());

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        byte[] text = Files.readAllBytes(json);
        DataSet read = DicomJson.read(new ByteArrayInputStream(text)).get(0);
        assertThat(DicomJson.write(read))
                .as(new String(text, StandardCharsets.UTF_8))
                .isEqualTo(DicomJson.write(dataSet));
    }
}
