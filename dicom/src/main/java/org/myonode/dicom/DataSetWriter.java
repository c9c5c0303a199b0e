package org.myonode.dicom;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes data elements (PS3.5 section 7): sequences and items with defined length, values padded to even length.
 *
 * <p>A value of more than 65,534 bytes whose VR has only a 16-bit length is written as UN with a 32-bit length in
 * explicit VR encodings (PS3.5 6.2.2 note on such values); readers that know the tag understand it again.
 */
final class DataSetWriter {
    private static final int ITEM = 0xFFFEE000;
    private static final int SEQUENCE_DELIMITATION = 0xFFFEE0DD;
    private static final long LONGEST = 0xFFFFFFFEL;

    private final OutputStream out;
    private final TransferSyntax syntax;

    DataSetWriter(OutputStream out, TransferSyntax syntax) {
        this.out = out;
        this.syntax = syntax;
    }

    void write(DataSet dataSet) throws IOException {
        for (Map.Entry<Integer, DataSet.Element> entry : dataSet.elements().entrySet()) {
            element(entry.getKey(), entry.getValue());
        }
    }

    private void element(int tag, DataSet.Element element) throws IOException {
        if (element.content() instanceof Content.Items items) {
            sequence(tag, items);
        } else if (element.content() instanceof Content.Fragments fragments) {
            fragments(tag, element.vr(), fragments);
        } else if (element.content() instanceof Content.Plain plain) {
            plain(tag, element.vr(), plain);
        }
    }

    private void sequence(int tag, Content.Items items) throws IOException {
        header(tag, VR.SQ, itemsLength(tag, items));
        for (DataSet item : items.items()) {
            tag(ITEM);
            number(length(item), 4);
            write(item);
        }
    }

    private void fragments(int tag, VR vr, Content.Fragments fragments) throws IOException {
        if (!syntax.encapsulated()) {
            throw new DicomException(tag, "encapsulated pixel data cannot be written as " + UID.nameOf(syntax.uid()));
        }
        header(tag, vr, 0xFFFFFFFFL);
        for (Content.Plain fragment : fragments.fragments()) {
            tag(ITEM);
            number(even(fragment.length()), 4);
            value(fragment);
            pad(fragment.length(), VR.OB);
        }
        tag(SEQUENCE_DELIMITATION);
        number(0, 4);
    }

    private void plain(int tag, VR vr, Content.Plain plain) throws IOException {
        if (tag == Tag.PixelData && syntax.encapsulated()) {
            throw new DicomException(tag, "native pixel data cannot be written as " + UID.nameOf(syntax.uid()));
        }
        header(tag, vr, even(plain.length()));
        if (syntax.bigEndian() && vr.wordBytes() > 1) {
            byte[] bytes = plain.bytes().clone();
            ByteOrders.swap(bytes, vr.wordBytes());
            out.write(bytes);
        } else {
            value(plain);
        }
        pad(plain.length(), vr);
    }

    private void value(Content.Plain plain) throws IOException {
        if (out instanceof EncodedDataSet encoded) {
            encoded.value(plain);
        } else {
            plain.writeTo(out);
        }
    }

    private void header(int tag, VR vr, long length) throws IOException {
        if (length > LONGEST && length != 0xFFFFFFFFL) {
            throw new DicomException(tag, "a value of " + length + " bytes cannot be written");
        }
        tag(tag);
        if (!syntax.explicitVr()) {
            number(length, 4);
            return;
        }
        VR written = writtenVr(vr, length);
        out.write(written.name().charAt(0));
        out.write(written.name().charAt(1));
        if (written.hasLongLength()) {
            number(0, 2);
            number(length, 4);
        } else {
            number(length, 2);
        }
    }

    private static VR writtenVr(VR vr, long length) {
        return vr.hasLongLength() || length <= 0xFFFE ? vr : VR.UN;
    }

    private void tag(int tag) throws IOException {
        number(tag >>> 16, 2);
        number(tag & 0xFFFF, 2);
    }

    private void number(long value, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            int shift = 8 * (syntax.bigEndian() ? bytes - 1 - i : i);
            out.write((int) (value >>> shift) & 0xFF);
        }
    }

    private void pad(long length, VR vr) throws IOException {
        if (length % 2 != 0) {
            out.write(vr.padding());
        }
    }

    private static long even(long length) {
        return length + length % 2;
    }

    /** Bytes of the encoded data set. */
    long length(DataSet dataSet) {
        long sum = 0;
        for (Map.Entry<Integer, DataSet.Element> entry : dataSet.elements().entrySet()) {
            sum += length(entry.getKey(), entry.getValue());
        }
        return sum;
    }

    private long length(int tag, DataSet.Element element) {
        VR vr = element.vr();
        if (element.content() instanceof Content.Items items) {
            return headerLength(VR.SQ, 0) + itemsLength(tag, items);
        }
        if (element.content() instanceof Content.Plain plain) {
            return headerLength(vr, even(plain.length())) + even(plain.length());
        }
        long sum = headerLength(vr, 0) + 8L;
        for (Content.Plain fragment : ((Content.Fragments) element.content()).fragments()) {
            sum += 8 + even(fragment.length());
        }
        return sum;
    }

    private long itemsLength(int tag, Content.Items items) {
        long sum = 0;
        for (DataSet item : items.items()) {
            sum += 8 + length(item);
        }
        if (sum > LONGEST) {
            throw new DicomException(tag, "its items have " + sum + " bytes, more than can be written");
        }
        return sum;
    }

    private int headerLength(VR vr, long valueLength) {
        return syntax.explicitVr() && writtenVr(vr, valueLength).hasLongLength() ? 12 : 8;
    }
}
