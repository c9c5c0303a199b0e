package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A scan finds what reading finds, and is no more lenient. */
class DataSetScanTest {

    private static final Set<Integer> KEPT = Set.of(Tag.SOPInstanceUID, Tag.StudyInstanceUID, Tag.Rows);
    private static final List<String> SYNTAXES = List.of(
            UID.ExplicitVRLittleEndian,
            UID.ImplicitVRLittleEndian,
            UID.ExplicitVRBigEndian,
            UID.DeflatedExplicitVRLittleEndian);

    @Test
    void keptElementsAreThoseThatReadingFindsWhateverWasDamaged() throws IOException {
        Random random = new Random(7);
        int whole = 0;
        for (String syntax : SYNTAXES) {
            for (int i = 0; i < 400; i++) {
                DataSet dataSet = new RandomDataSets(i).next(0).set(Tag.SOPInstanceUID, "1.2." + i);
                byte[] bytes = Part10.encodeDataSet(dataSet, syntax);
                for (int hits = random.nextInt(3); hits > 0; hits--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                DataSet read;
                try {
                    read = Part10.readDataSet(new ByteArrayInputStream(bytes), syntax);
                } catch (DicomException damaged) {
                    assertThatThrownBy(() -> scan(bytes, syntax)).isInstanceOf(DicomException.class);
                    continue;
                }
                whole++;
                DataSet scanned = scan(bytes, syntax);
                for (int tag : KEPT) {
                    assertThat(scanned.text(tag)).isEqualTo(read.text(tag));
                }
                assertThat(scanned.tags().size())
                        .isLessThanOrEqualTo(read.tags().size());
            }
        }
        assertThat(whole).isGreaterThan(SYNTAXES.size() * 100);
    }

    /** A gigabyte of pixels, of which the stream has nothing in memory. */
    @Test
    void memoryDoesNotGrowWithTheDataSet() throws IOException {
        long pixels = 1L << 30;
        byte[] head = Part10.encodeDataSet(new DataSet().set(Tag.SOPInstanceUID, "1.2.3"), UID.ExplicitVRLittleEndian);
        byte[] element = {(byte) 0xE0, 0x7F, 0x10, 0, 'O', 'W', 0, 0, 0, 0, 0, 0x40};
        InputStream endless = new InputStream() {
            private long position;

            @Override
            public int read() {
                int at = (int) Math.min(Integer.MAX_VALUE, position);
                if (position >= head.length + element.length + pixels) {
                    return -1;
                }
                position++;
                return at < head.length
                        ? head[at] & 0xFF
                        : at < head.length + element.length ? element[at - head.length] & 0xFF : 0;
            }

            @Override
            public long skip(long count) {
                long step = Math.min(count, head.length + element.length + pixels - position);
                position += step;
                return step;
            }
        };
        DataSet scanned = Part10.scanDataSet(endless, UID.ExplicitVRLittleEndian, KEPT);
        assertThat(scanned.text(Tag.SOPInstanceUID)).contains("1.2.3");
        assertThat(endless.read()).isEqualTo(-1);
    }

    private static DataSet scan(byte[] bytes, String syntax) throws IOException {
        return Part10.scanDataSet(new ByteArrayInputStream(bytes), syntax, KEPT);
    }
}
