package org.myonode.workers.volume;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;

/**
 * What an image must say of lossy compression when others are derived from it (PS3.3 C.7.6.1.1.5). Many headers leave it
 * out where the transfer syntax alone tells.
 */
public final class LossyCompression {

    /** Transfer syntax to Lossy Image Compression Method. */
    private static final Map<String, String> METHODS = Map.of(
            "1.2.840.10008.1.2.4.50", "ISO_10918_1",
            "1.2.840.10008.1.2.4.51", "ISO_10918_1",
            "1.2.840.10008.1.2.4.81", "ISO_14495_1",
            "1.2.840.10008.1.2.4.91", "ISO_15444_1",
            "1.2.840.10008.1.2.4.93", "ISO_15444_2",
            "1.2.840.10008.1.2.4.203", "ISO_15444_15");

    /** JPEG 2000 and its fast sister: streams without loss are allowed too, and a header that says so is believed. */
    private static final Set<String> REVERSIBLE_TOO =
            Set.of("1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.93", "1.2.840.10008.1.2.4.203");

    private LossyCompression() {}

    /**
     * The header of an image, with Lossy Image Compression, its method and its ratio where the transfer syntax says it and
     * the header does not.
     *
     * @throws IOException when the file cannot be read again
     */
    public static DataSet stated(DataSet header, ImageHeader image) throws IOException {
        String said = header.text(Tag.LossyImageCompression).orElse("");
        boolean reversible = REVERSIBLE_TOO.contains(image.transferSyntaxUid()) && said.equals("00");
        if (!image.lossy() || said.equals("01") || reversible) {
            return header;
        }
        DataSet stated = header.copy().set(Tag.LossyImageCompression, "01");
        String method = METHODS.get(image.transferSyntaxUid());
        if (method != null) {
            stated.set(Tag.LossyImageCompressionMethod, method)
                    .set(Tag.LossyImageCompressionRatio, ratio(Part10.read(image.file())));
        }
        return stated;
    }

    /** Bytes of the pixels by bytes of the stream, all frames together, with two decimals. */
    private static double ratio(DicomFile file) {
        DataSet data = file.dataSet();
        long pixels = (long) data.requireInteger(Tag.Rows)
                * data.requireInteger(Tag.Columns)
                * data.integer(Tag.NumberOfFrames).orElse(1)
                * (data.requireInteger(Tag.BitsAllocated) / 8);
        List<byte[]> fragments = data.fragments(Tag.PixelData);
        // The first one is the offset table.
        long stream = fragments.stream()
                .skip(1)
                .mapToLong(fragment -> fragment.length)
                .sum();
        return Math.round(100.0 * pixels / Math.max(1, stream)) / 100.0;
    }
}
