package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PixelDataTest {
    @Test
    void twelveSignedBitsAreExtended() {
        DicomFile file =
                image(16, 12, 1, new byte[] {(byte) 0xFF, 0x0F, 0x00, 0x08, (byte) 0xFF, 0x07, 1, (byte) 0xF0});
        assertThat(PixelData.monochrome16(file)).containsExactly((short) -1, (short) -2048, (short) 2047, (short) 1);
    }

    @Test
    void unsignedBitsAboveBitsStoredAreMaskedAndSixteenKeepTheirPattern() {
        byte[] bytes = {(byte) 0xFF, (byte) 0xFF, 0, (byte) 0x80, 1, 0, 2, 0};
        assertThat(PixelData.monochrome16(image(16, 12, 0, bytes)))
                .containsExactly((short) 4095, (short) 0, (short) 1, (short) 2);
        assertThat(PixelData.monochrome16(image(16, 16, 0, bytes)))
                .containsExactly((short) 0xFFFF, (short) 0x8000, (short) 1, (short) 2);
        assertThat(PixelData.monochrome16(image(16, 16, 1, bytes)))
                .containsExactly((short) -1, (short) -32768, (short) 1, (short) 2);
    }

    @Test
    void eightBitsInBigEndianWordsComeOutInOrder() throws IOException {
        DicomFile file = image(8, 8, 0, new byte[] {1, 2, 3, (byte) 200});
        DicomFile big = Part10.read(
                new ByteArrayInputStream(Part10Test.bytes(Part10.of(file.dataSet(), UID.ExplicitVRBigEndian))));
        assertThat(PixelData.monochrome16(big)).containsExactly((short) 1, (short) 2, (short) 3, (short) 200);
    }

    @Test
    void whatCannotBeDecodedIsSaid() {
        DataSet set = image(16, 16, 0, new byte[8]).dataSet();
        set.setFragments(Tag.PixelData, VR.OB, List.of(new byte[0], new byte[4]));
        assertThatThrownBy(() -> PixelData.monochrome16(Part10.of(set, UID.JPEGLosslessSV1)))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("JPEG Lossless");
        assertThatThrownBy(() -> PixelData.monochrome16(image(16, 16, 0, new byte[6])))
                .isInstanceOf(DicomException.class)
                .hasMessageContaining("6 bytes where 1 frames of 2 x 2 pixels of 2 bytes should be");
        assertThatThrownBy(() -> PixelData.monochrome16(image(32, 32, 0, new byte[16])))
                .isInstanceOf(DicomException.class);
    }

    private static DicomFile image(int allocated, int stored, int representation, byte[] bytes) {
        return Part10.of(
                Part10Test.image()
                        .set(Tag.Rows, 2)
                        .set(Tag.Columns, 2)
                        .set(Tag.BitsAllocated, allocated)
                        .set(Tag.BitsStored, stored)
                        .set(Tag.HighBit, stored - 1)
                        .set(Tag.PixelRepresentation, representation)
                        .setBytes(Tag.PixelData, VR.OW, bytes),
                UID.ExplicitVRLittleEndian);
    }
}
