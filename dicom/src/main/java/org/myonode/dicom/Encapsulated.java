package org.myonode.dicom;

import java.util.ArrayList;
import java.util.List;

/** The frames of encapsulated pixel data: which fragments belong to which frame (PS3.5 annex A.4). */
final class Encapsulated {
    private static final int ITEM_HEADER = 8;

    private Encapsulated() {}

    /**
     * The fragments of each frame.
     *
     * @throws DicomException when the fragments cannot be dealt out to that many frames
     */
    static List<List<byte[]>> frames(DataSet image, int count) {
        List<byte[]> all = image.fragments(Tag.PixelData);
        if (all.size() < 2) {
            throw new DicomException(Tag.PixelData, "encapsulated, but without any fragment");
        }
        byte[] offsets = all.get(0);
        List<byte[]> fragments = all.subList(1, all.size());
        if (count > fragments.size()) {
            throw new DicomException(Tag.PixelData, fragments.size() + " fragments for " + count + " frames");
        }
        if (count == 1) {
            return List.of(fragments);
        }
        if (count == fragments.size()) {
            return fragments.stream().map(List::of).toList();
        }
        return offsets.length > 0 ? byOffsets(offsets, fragments, count) : byStart(fragments, count);
    }

    /** The basic offset table: where the first fragment of each frame lies, counted from the first fragment. */
    private static List<List<byte[]>> byOffsets(byte[] table, List<byte[]> fragments, int count) {
        if (table.length != 4 * count) {
            throw new DicomException(
                    Tag.PixelData, "a basic offset table of " + table.length + " bytes for " + count + " frames");
        }
        List<List<byte[]>> frames = new ArrayList<>();
        long offset = 0;
        int next = 0;
        for (byte[] fragment : fragments) {
            if (next < count && offset == offset(table, next)) {
                frames.add(new ArrayList<>());
                next++;
            }
            if (frames.isEmpty()) {
                break;
            }
            frames.get(frames.size() - 1).add(fragment);
            offset += ITEM_HEADER + fragment.length;
        }
        if (next < count) {
            throw new DicomException(
                    Tag.PixelData,
                    "no fragment begins at " + offset(table, next) + ", where frame " + (next + 1) + " should");
        }
        return frames;
    }

    private static long offset(byte[] table, int frame) {
        int at = 4 * frame;
        return table[at] & 0xFF
                | (table[at + 1] & 0xFF) << 8
                | (table[at + 2] & 0xFF) << 16
                | (table[at + 3] & 0xFFL) << 24;
    }

    /** Without a table: a frame begins where a fragment begins like a JPEG (FFD8) or JPEG 2000 (FF4F) stream. */
    private static List<List<byte[]>> byStart(List<byte[]> fragments, int count) {
        List<List<byte[]>> frames = new ArrayList<>();
        for (byte[] fragment : fragments) {
            boolean start = fragment.length > 1
                    && fragment[0] == (byte) 0xFF
                    && (fragment[1] == (byte) 0xD8 || fragment[1] == 0x4F);
            if (start || frames.isEmpty()) {
                frames.add(new ArrayList<>());
            }
            frames.get(frames.size() - 1).add(fragment);
        }
        if (frames.size() != count) {
            throw new DicomException(
                    Tag.PixelData, "streams of " + frames.size() + " frames where there should be " + count);
        }
        return frames;
    }

    /** The bit stream of a frame. */
    static byte[] joined(List<byte[]> fragments) {
        if (fragments.size() == 1) {
            return fragments.get(0);
        }
        long length = 0;
        for (byte[] fragment : fragments) {
            length += fragment.length;
        }
        if (length > Integer.MAX_VALUE - 8) {
            throw new DicomException(Tag.PixelData, "a frame of " + length + " bytes does not fit into memory");
        }
        byte[] stream = new byte[(int) length];
        int at = 0;
        for (byte[] fragment : fragments) {
            System.arraycopy(fragment, 0, stream, at, fragment.length);
            at += fragment.length;
        }
        return stream;
    }
}
