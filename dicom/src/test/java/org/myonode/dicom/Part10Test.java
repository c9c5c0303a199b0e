package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Part10Test {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                UID.ImplicitVRLittleEndian,
                UID.ExplicitVRLittleEndian,
                UID.ExplicitVRBigEndian,
                UID.DeflatedExplicitVRLittleEndian
            })
    void decodingEncodingAndDecodingAgainChangesNothing(String syntax) throws IOException {
        RandomDataSets random = new RandomDataSets(20261123);
        for (int i = 0; i < 200; i++) {
            DataSet original = random.next(0);
            byte[] once = bytes(Part10.of(original, syntax));
            DicomFile read = Part10.read(new ByteArrayInputStream(once));
            assertThat(read.dataSet()).as("data set %d", i).isEqualTo(original);
            assertThat(read.transferSyntax()).isEqualTo(syntax);
            assertThat(bytes(read)).isEqualTo(once);

            byte[] bare = Part10.encodeDataSet(original, syntax);
            assertThat(Part10.readDataSet(bare, syntax)).isEqualTo(original);
        }
    }

    @Test
    void encapsulatedPixelDataIsCarriedThroughByteForByte() throws IOException {
        byte[] offsets = {0, 0, 0, 0};
        DataSet image = image().setFragments(
                        Tag.PixelData, VR.OB, List.of(offsets, new byte[] {1, 2, 3, 4}, new byte[] {5, 6}));
        byte[] once = bytes(Part10.of(image, UID.JPEGLosslessSV1));

        DicomFile read = Part10.read(new ByteArrayInputStream(once));

        assertThat(read.dataSet().fragments(Tag.PixelData))
                .containsExactly(offsets, new byte[] {1, 2, 3, 4}, new byte[] {5, 6});
        assertThat(bytes(read)).isEqualTo(once);
        assertThatThrownBy(() -> bytes(Part10.of(image, UID.ExplicitVRLittleEndian)))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("PixelData (7FE0,0010)");
    }

    @Test
    void aHeaderEndsBeforeThePixels() throws IOException {
        Path file = folder.resolve("ct.dcm");
        Part10.write(
                file, Part10.of(image().setBytes(Tag.PixelData, VR.OW, new byte[100_000]), UID.ExplicitVRLittleEndian));

        DataSet header = Part10.readHeader(file).dataSet();

        assertThat(header.contains(Tag.PixelData)).isFalse();
        assertThat(header.text(Tag.PatientID)).contains("77");
        assertThat(Part10.read(file).dataSet().bytes(Tag.PixelData)).hasSize(100_000);
    }

    @Test
    void aLargeValueStaysInTheFile() throws IOException {
        byte[] pixels = new byte[(int) DataSetReader.IN_FILE_FROM];
        pixels[pixels.length - 2] = 7;
        Path file = folder.resolve("large.dcm");
        Part10.write(file, Part10.of(image().setBytes(Tag.PixelData, VR.OW, pixels), UID.ExplicitVRBigEndian));

        DataSet read = Part10.read(file).dataSet();

        assertThat(read.elements().get(Tag.PixelData).content()).isInstanceOf(Content.InFile.class);
        assertThat(Arrays.equals(read.bytes(Tag.PixelData), pixels)).isTrue();
        Path copy = folder.resolve("copy.dcm");
        Part10.write(copy, Part10.of(read, UID.ExplicitVRBigEndian));
        assertThat(Files.mismatch(copy, file)).isNegative();
    }

    @Test
    void aTextTooLongForItsLengthFieldIsWrittenAsUnAndUnderstoodAgain() {
        String[] coordinates = new String[9000];
        Arrays.fill(coordinates, "123.4567");
        DataSet contour = new DataSet().set(Tag.ContourData, coordinates);

        byte[] bytes = Part10.encodeDataSet(contour, UID.ExplicitVRLittleEndian);
        DataSet read = Part10.readDataSet(bytes, UID.ExplicitVRLittleEndian);

        assertThat(read.vr(Tag.ContourData)).isEqualTo(VR.UN);
        assertThat(read.decimals(Tag.ContourData)).hasSize(9000).containsOnly(123.4567);
        assertThat(Part10.readDataSet(
                                Part10.encodeDataSet(contour, UID.ImplicitVRLittleEndian), UID.ImplicitVRLittleEndian)
                        .vr(Tag.ContourData))
                .isEqualTo(VR.DS);
    }

    @Test
    void aCommandSetBeginsWithItsGroupLength() {
        DataSet command = new DataSet()
                .set(Tag.AffectedSOPClassUID, UID.Verification)
                .set(Tag.CommandField, 0x0030)
                .set(Tag.MessageID, 7)
                .set(Tag.CommandDataSetType, 0x0101);
        byte[] bytes = Part10.encodeDataSet(command, UID.ImplicitVRLittleEndian);
        DataSet read = Part10.readDataSet(bytes, UID.ImplicitVRLittleEndian);

        assertThat(read.integer(Tag.CommandGroupLength)).hasValue(bytes.length - 12);
        assertThat(read.integer(Tag.MessageID)).hasValue(7);
    }

    static DataSet image() {
        return new DataSet()
                .set(Tag.SOPClassUID, UID.CTImageStorage)
                .set(Tag.SOPInstanceUID, "1.2.3.4")
                .set(Tag.PatientID, "77");
    }

    static byte[] bytes(DicomFile file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Part10.write(out, file);
        return out.toByteArray();
    }
}
