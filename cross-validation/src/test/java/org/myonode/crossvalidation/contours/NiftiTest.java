package org.myonode.crossvalidation.contours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NiftiTest {

    @TempDir
    Path folder;

    @Test
    void a_volume_in_ras_order_is_turned_to_left_posterior_superior() throws IOException {
        Nifti volume = Nifti.read(write(ByteOrder.LITTLE_ENDIAN, 1, 1, 1, 24));

        assertThat(volume.columns()).isEqualTo(2);
        assertThat(volume.rows()).isEqualTo(3);
        assertThat(volume.depth()).isEqualTo(4);
        assertThat(volume.rowSpacingMm()).isEqualTo(2.0);
        // The stored value 0 is at the right, posterior, inferior corner, which is the last row's first... mirrored.
        assertThat(volume.slice(0)).containsExactly(5, 4, 3, 2, 1, 0);
    }

    @Test
    void a_volume_in_lps_order_and_from_the_top_is_only_turned_over() throws IOException {
        Nifti volume = Nifti.read(write(ByteOrder.BIG_ENDIAN, -1, -1, -1, 24));

        assertThat(volume.slice(3)).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void a_short_file_is_refused() throws IOException {
        Path file = write(ByteOrder.LITTLE_ENDIAN, 1, 1, 1, 20);

        assertThatThrownBy(() -> Nifti.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
    }

    private Path write(ByteOrder order, int x, int y, int z, int values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(352 + 2 * values).order(order);
        bytes.putInt(0, 348);
        short[] size = {3, 2, 3, 4, 1, 1, 1, 1};
        for (int i = 0; i < 8; i++) {
            bytes.putShort(40 + 2 * i, size[i]);
        }
        bytes.putShort(70, (short) 4);
        float[] spacing = {1, 1, 2, 3};
        for (int i = 0; i < 4; i++) {
            bytes.putFloat(76 + 4 * i, spacing[i]);
        }
        bytes.putFloat(108, 352);
        bytes.putShort(254, (short) 1);
        bytes.putFloat(280, x);
        bytes.putFloat(300, 2 * y);
        bytes.putFloat(320, 3 * z);
        bytes.put(344, (byte) 'n').put(345, (byte) '+').put(346, (byte) '1');
        for (int i = 0; i < values; i++) {
            bytes.putShort(352 + 2 * i, (short) i);
        }
        Path file = folder.resolve("volume.nii.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(bytes.array());
        }
        return file;
    }
}
