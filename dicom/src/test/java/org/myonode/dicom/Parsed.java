package org.myonode.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/** What any bytes must become that are given to the parser: a data set that can be written and read again, or an error
 * that says where. */
final class Parsed {
    private Parsed() {}

    /** Reads a file; empty when it is refused, which must name the attribute or the place. */
    static Optional<DicomFile> file(byte[] bytes) throws IOException {
        DicomFile file;
        try {
            file = Part10.read(new ByteArrayInputStream(bytes));
        } catch (DicomException e) {
            assertSaysWhere(e);
            return Optional.empty();
        }
        look(file.dataSet());
        pixels(file);
        roundTrip(file);
        return Optional.of(file);
    }

    static void assertSaysWhere(DicomException e) {
        boolean names = e.tag().isPresent() && e.offset().isPresent();
        // What is no DICOM file has no element; what does not inflate has none either.
        boolean excused = String.valueOf(e.getMessage()).startsWith("not a DICOM file")
                || String.valueOf(e.getMessage()).startsWith("the deflated data set is damaged near offset ");
        assertThat(names || excused).as("%s", e.getMessage()).isTrue();
    }

    /** Interprets every value in every way; what it is not is said by a typed error. */
    private static void look(DataSet dataSet) {
        for (int tag : dataSet.tags()) {
            try {
                dataSet.texts(tag);
                dataSet.hasValue(tag);
                dataSet.fragments(tag);
                if (dataSet.vr(tag) == VR.SQ || dataSet.vr(tag) == VR.UN) {
                    dataSet.items(tag).forEach(Parsed::look);
                } else {
                    dataSet.decimals(tag);
                    dataSet.integers(tag);
                }
            } catch (DicomException expected) {
                assertThat(expected.tag()).as("%s", expected.getMessage()).isPresent();
            }
        }
        assertThat(dataSet.toString()).startsWith("DataSet");
    }

    private static void pixels(DicomFile file) {
        try {
            PixelData.monochrome16(file);
        } catch (DicomException expected) {
            assertThat(expected.tag()).as("%s", expected.getMessage()).isPresent();
        }
    }

    /** Decode, encode, decode: the same data set, and from then on the same bytes. */
    private static void roundTrip(DicomFile file) {
        String syntax = file.transferSyntax();
        byte[] encoded;
        try {
            encoded = Part10.encodeDataSet(file.dataSet(), syntax);
        } catch (DicomException native1) {
            // Pixels that do not lie as their transfer syntax wants are read, for looking at, and not written.
            assertThat(native1).hasMessageContaining("pixel data cannot be written as");
            return;
        }
        DataSet again = Part10.readDataSet(encoded, syntax);
        assertThat(Part10.encodeDataSet(again, syntax)).isEqualTo(encoded);
    }
}
