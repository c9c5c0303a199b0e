package org.myonode.dicom;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads data elements (PS3.5 section 7) from a stream that may be anything.
 *
 * <p>Tolerated, because files in archives have them: odd value lengths, group lengths (retired, dropped), a trailing
 * padding element (dropped), VR codes that a later edition may have added (kept as UN). Everything else that does not
 * add up is a {@link DicomException} with the tag and the offset of its element. Depth, number of elements and memory
 * are limited.
 */
final class DataSetReader {
    static final int MAXIMUM_DEPTH = 64;
    static final int MAXIMUM_ELEMENTS = 1 << 21;

    /** The greatest tag: that of a delimiter, so no element has it. */
    static final int TO_THE_END = -1;

    /** Pixel data of any kind begins here: (7FE0,0008), (7FE0,0009) and (7FE0,0010). */
    static final int PIXELS = Tag.FloatPixelData;

    /** Values from this length on stay in the file where there is one. */
    static final long IN_FILE_FROM = 32L << 20;

    private static final long UNDEFINED = 0xFFFFFFFFL;
    private static final int ITEM = 0xFFFEE000;
    private static final int ITEM_DELIMITATION = 0xFFFEE00D;
    private static final int SEQUENCE_DELIMITATION = 0xFFFEE0DD;

    private final Source source;
    private final @Nullable Path file;
    private final int stopAt;
    private final @Nullable Set<Integer> kept;
    private long memoryLeft = memoryLimit();
    private int elementsLeft = MAXIMUM_ELEMENTS;
    private boolean stopped;
    private long transferSyntaxAt;

    /**
     * @param file the file whose bytes the source delivers unchanged, for values that may stay there
     * @param stopAt end before this tag, or a greater one, of the outermost data set; {@link #TO_THE_END} does not
     */
    DataSetReader(Source source, @Nullable Path file, int stopAt) {
        this(source, file, stopAt, null);
    }

    private DataSetReader(Source source, @Nullable Path file, int stopAt, @Nullable Set<Integer> kept) {
        this.source = source;
        this.file = file;
        this.stopAt = stopAt;
        this.kept = kept;
    }

    /** Checks everything, but keeps only these elements of the outermost data set; no other value is held in memory. */
    static DataSetReader keeping(Source source, Set<Integer> tags) {
        return new DataSetReader(source, null, TO_THE_END, Set.copyOf(tags));
    }

    /** The bytes that all values, or all pixels, of one data set may have in memory. */
    static long memoryLimit() {
        return Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
    }

    /** The items of a sequence that came as UN: always implicit VR little endian. */
    static List<DataSet> itemsOf(DataSet parent, int tag, byte[] bytes) {
        Source source = new Source(new ByteArrayInputStream(bytes), 0, bytes.length, 512);
        try {
            return new DataSetReader(source, null, TO_THE_END)
                    .items(parent, tag, 0, bytes.length, bytes.length, TransferSyntax.IMPLICIT_LITTLE_ENDIAN, 1);
        } catch (EOFException e) {
            throw new DicomException(tag, 0, "the data ends inside its items");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole data set, to the end of the stream. */
    DataSet dataSet(TransferSyntax syntax) throws IOException {
        source.bigEndian(syntax.bigEndian());
        DataSet dataSet = new DataSet();
        elements(dataSet, -1, Long.MAX_VALUE, syntax, 0);
        return dataSet;
    }

    /** The file meta information: all elements of group 0002, whatever the group length says (PS3.10 7.1). */
    DataSet meta() throws IOException {
        DataSet meta = new DataSet();
        while (source.peek(1) == 0 && source.peek(0) == 2) {
            if (!meta.contains(Tag.TransferSyntaxUID)) {
                transferSyntaxAt = source.offset();
            }
            element(meta, Long.MAX_VALUE, TransferSyntax.EXPLICIT_LITTLE_ENDIAN, 0);
        }
        if (!meta.contains(Tag.TransferSyntaxUID)) {
            transferSyntaxAt = source.offset();
        }
        return meta;
    }

    /** What the meta information that has just been read names. */
    TransferSyntax transferSyntax(DataSet meta) {
        try {
            return TransferSyntax.of(meta.requireText(Tag.TransferSyntaxUID));
        } catch (DicomException e) {
            throw new DicomException(Tag.TransferSyntaxUID, transferSyntaxAt, "no UID can be read here", e);
        }
    }

    /**
     * @param end the offset at which the data set ends, or -1 when a delimiter or the end of the stream does it
     * @param limit the offset that nothing inside may pass
     */
    private void elements(DataSet target, long end, long limit, TransferSyntax syntax, int depth) throws IOException {
        while (!stopped) {
            if (end >= 0 ? source.offset() >= end : depth == 0 && source.atEnd()) {
                return;
            }
            if (element(target, limit, syntax, depth) && end < 0 && depth > 0) {
                return;
            }
        }
    }

    /** Reads one element; true when it was an item delimitation. */
    private boolean element(DataSet target, long limit, TransferSyntax syntax, int depth) throws IOException {
        long start = source.offset();
        int tag = 0;
        try {
            tag = source.tag();
            if (tag >>> 16 == 0xFFFE) {
                return delimiter(tag, start, depth);
            }
            if (tag == Tag.DataSetTrailingPadding && depth == 0) {
                stopped = true;
                return false;
            }
            if (depth == 0 && Integer.compareUnsigned(tag, stopAt) >= 0) {
                stopped = true;
                return false;
            }
            if (--elementsLeft < 0) {
                throw new DicomException(tag, start, "more than " + MAXIMUM_ELEMENTS + " elements");
            }
            value(target, tag, start, limit, syntax, depth);
            return false;
        } catch (EOFException e) {
            throw new DicomException(tag, start, "the data ends inside this element, at " + source.offset());
        }
    }

    private boolean delimiter(int tag, long start, int depth) throws IOException {
        long length = source.unsignedInt();
        if (tag == ITEM_DELIMITATION && depth > 0) {
            if (length != 0) {
                throw new DicomException(tag, start, "a delimiter has no value, this one claims " + length + " bytes");
            }
            return true;
        }
        throw new DicomException(tag, start, "no item is open here");
    }

    private void value(DataSet target, int tag, long start, long limit, TransferSyntax syntax, int depth)
            throws IOException {
        VR vr;
        long length;
        if (syntax.explicitVr()) {
            int first = source.unsignedByte();
            int second = source.unsignedByte();
            VR coded = VR.ofCode(first, second);
            if (coded == null && !(isCapital(first) && isCapital(second))) {
                throw new DicomException(
                        tag, start, String.format("bytes %02X %02X are no value representation", first, second));
            }
            // PS3.5 6.2: VRs added later have the form with a length of 32 bits.
            vr = coded == null ? VR.UN : coded;
            if (vr.hasLongLength()) {
                source.unsignedShort();
                length = source.unsignedInt();
            } else {
                length = source.unsignedShort();
            }
        } else {
            length = source.unsignedInt();
            vr = impliedVr(target, tag, length);
        }

        if (length == UNDEFINED) {
            undefinedLength(target, tag, vr, start, limit, syntax, depth);
            return;
        }
        checkLength(tag, start, length, limit);
        if (vr == VR.SQ) {
            long end = source.offset() + length;
            target.putRead(tag, vr, new Content.Items(items(target, tag, start, end, end, syntax, depth + 1)));
        } else if ((tag & 0xFFFF) == 0 && tag >>> 16 > 2 || isDropped(tag, depth)) {
            source.skip(length);
        } else {
            target.putRead(tag, vr, plain(tag, start, vr, length, syntax));
        }
    }

    private boolean isDropped(int tag, int depth) {
        return kept != null && (depth > 0 || !kept.contains(tag));
    }

    private static boolean isCapital(int code) {
        return code >= 'A' && code <= 'Z';
    }

    private static VR impliedVr(DataSet target, int tag, long length) {
        VR vr = Dictionary.vrOf(tag);
        if (vr == VR.UN && length == UNDEFINED) {
            return VR.SQ;
        }
        return vr == VR.US && Dictionary.dependsOnPixelRepresentation(tag) && target.isSigned() ? VR.SS : vr;
    }

    private void undefinedLength(
            DataSet target, int tag, VR vr, long start, long limit, TransferSyntax syntax, int depth)
            throws IOException {
        switch (vr) {
            case SQ ->
                target.putRead(tag, vr, new Content.Items(items(target, tag, start, -1, limit, syntax, depth + 1)));
            case UN -> {
                // PS3.5 6.2.2 note 2: a sequence whose VR its carrier did not know, in implicit VR little endian.
                source.bigEndian(false);
                TransferSyntax implicit = TransferSyntax.IMPLICIT_LITTLE_ENDIAN;
                List<DataSet> items = items(target, tag, start, -1, limit, implicit, depth + 1);
                source.bigEndian(syntax.bigEndian());
                target.putRead(tag, VR.SQ, new Content.Items(items));
            }
            case OB, OW -> target.putRead(tag, vr, fragments(tag, start, limit));
            default -> throw new DicomException(tag, start, "a value of VR " + vr + " cannot have undefined length");
        }
    }

    private List<DataSet> items(
            DataSet parent, int tag, long start, long end, long limit, TransferSyntax syntax, int depth)
            throws IOException {
        if (depth > MAXIMUM_DEPTH) {
            throw new DicomException(tag, start, "more than " + MAXIMUM_DEPTH + " sequences inside each other");
        }
        List<DataSet> items = new ArrayList<>();
        while (end < 0 || source.offset() < end) {
            long itemStart = source.offset();
            int delimiter = source.tag();
            long length = source.unsignedInt();
            if (delimiter == SEQUENCE_DELIMITATION && end < 0) {
                return items;
            }
            if (delimiter != ITEM) {
                throw new DicomException(
                        tag, start, "no item but " + Tag.toString(delimiter) + " at offset " + itemStart);
            }
            if (--elementsLeft < 0) {
                throw new DicomException(tag, start, "more than " + MAXIMUM_ELEMENTS + " elements");
            }
            DataSet item = new DataSet(parent);
            if (length == UNDEFINED) {
                elements(item, -1, limit, syntax, depth);
            } else {
                checkLength(delimiter, itemStart, length, limit);
                long itemEnd = source.offset() + length;
                elements(item, itemEnd, itemEnd, syntax, depth);
                if (source.offset() != itemEnd) {
                    throw new DicomException(
                            delimiter, itemStart, "its elements end at " + source.offset() + ", not at " + itemEnd);
                }
            }
            items.add(item);
        }
        if (source.offset() != end) {
            throw new DicomException(tag, start, "its items end at " + source.offset() + ", not at " + end);
        }
        return items;
    }

    private Content fragments(int tag, long start, long limit) throws IOException {
        List<Content.Plain> fragments = new ArrayList<>();
        while (true) {
            long itemStart = source.offset();
            int delimiter = source.tag();
            long length = source.unsignedInt();
            if (delimiter == SEQUENCE_DELIMITATION) {
                return new Content.Fragments(fragments);
            }
            if (delimiter != ITEM) {
                throw new DicomException(
                        tag, start, "no fragment but " + Tag.toString(delimiter) + " at offset " + itemStart);
            }
            if (--elementsLeft < 0) {
                throw new DicomException(tag, start, "more than " + MAXIMUM_ELEMENTS + " elements");
            }
            checkLength(delimiter, itemStart, length, limit);
            if (kept != null) {
                source.skip(length);
                continue;
            }
            fragments.add(plain(tag, itemStart, VR.OB, length, TransferSyntax.EXPLICIT_LITTLE_ENDIAN));
        }
    }

    private Content.Plain plain(int tag, long start, VR vr, long length, TransferSyntax syntax) throws IOException {
        if (length == 0) {
            return Content.Memory.EMPTY;
        }
        int swapped = syntax.bigEndian() ? vr.wordBytes() : 1;
        if (file != null && length >= IN_FILE_FROM && !vr.isString()) {
            Content.InFile value = new Content.InFile(file, source.offset(), length, swapped);
            source.skip(length);
            return value;
        }
        memoryLeft -= length;
        if (memoryLeft < 0 || length > Integer.MAX_VALUE - 8) {
            throw new DicomException(tag, start, "its " + length + " bytes are more than memory allows");
        }
        byte[] bytes = source.bytes((int) length);
        ByteOrders.swap(bytes, swapped);
        return new Content.Memory(bytes);
    }

    /** Lengths are checked before they are believed. */
    private void checkLength(int tag, long start, long length, long limit) {
        long left = Math.min(source.remaining(), limit - source.offset());
        if (length > left) {
            throw new DicomException(
                    tag, start, "claims " + length + " bytes where " + Math.max(0, left) + " are left");
        }
    }
}
