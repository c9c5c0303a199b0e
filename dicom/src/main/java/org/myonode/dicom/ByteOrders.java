package org.myonode.dicom;

/** Byte order reversal, in place. */
final class ByteOrders {
    private ByteOrders() {}

    /** Reverses the bytes of each whole word; words of one byte stay as they are. */
    static void swap(byte[] bytes, int wordBytes) {
        for (int start = 0; wordBytes > 1 && start + wordBytes <= bytes.length; start += wordBytes) {
            for (int low = start, high = start + wordBytes - 1; low < high; low++, high--) {
                byte kept = bytes[low];
                bytes[low] = bytes[high];
                bytes[high] = kept;
            }
        }
    }
}
