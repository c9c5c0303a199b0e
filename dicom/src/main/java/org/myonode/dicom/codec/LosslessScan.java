package org.myonode.dicom.codec;

/** Lossless JPEG (ISO/IEC 10918-1 annex H): each sample is a difference to what its neighbours predict, modulo 2^16. */
final class LosslessScan implements CompressedFrame {
    private final Frame frame;
    private final JpegBits bits;
    private final HuffmanTable table;
    private final int precision;
    private final int first;
    private final int selection;
    private final int pointTransform;
    private final int restartInterval;

    LosslessScan(
            Frame frame,
            JpegBits bits,
            HuffmanTable table,
            int precision,
            int selection,
            int pointTransform,
            int restartInterval) {
        this.frame = frame;
        this.bits = bits;
        this.table = table;
        this.precision = precision;
        this.first = 1 << precision - pointTransform - 1;
        this.selection = selection;
        this.pointTransform = pointTransform;
        this.restartInterval = restartInterval;
    }

    @Override
    public int precision() {
        return precision;
    }

    @Override
    public void decode(short[] target, int at) {
        int columns = frame.columns();
        // H.1.1: an interval is whole lines.
        if (restartInterval % columns != 0) {
            throw new CodecException(
                    bits.offset(), "a restart interval of " + restartInterval + " samples is not whole lines");
        }
        int intervalRows = restartInterval / columns;
        for (int row = 0; row < frame.rows(); row++) {
            boolean start = row == 0;
            if (intervalRows > 0 && row > 0 && row % intervalRows == 0) {
                bits.restart();
                start = true;
            }
            int from = at + row * columns;
            if (start) {
                firstLine(target, from, columns);
            } else {
                line(target, from, columns);
            }
        }
        bits.end();
        if (pointTransform > 0) {
            for (int i = at; i < at + (int) frame.pixels(); i++) {
                target[i] <<= pointTransform;
            }
        }
    }

    /** H.1.2.1: the first line is predicted from the left whatever the predictor, its first sample from the middle. */
    private void firstLine(short[] target, int from, int columns) {
        int left = first;
        for (int i = from; i < from + columns; i++) {
            left = left + difference() & 0xFFFF;
            target[i] = (short) left;
        }
    }

    private void line(short[] target, int from, int columns) {
        int left = target[from - columns] & 0xFFFF;
        int aboveLeft = left;
        for (int i = from; i < from + columns; i++) {
            int above = target[i - columns] & 0xFFFF;
            // The first sample of a line is predicted from above.
            int predicted = i == from ? above : predicted(left, above, aboveLeft);
            left = predicted + difference() & 0xFFFF;
            target[i] = (short) left;
            aboveLeft = above;
        }
    }

    /** Table H.1: Ra is to the left, Rb above, Rc above and to the left. */
    private int predicted(int ra, int rb, int rc) {
        return switch (selection) {
            case 1 -> ra;
            case 2 -> rb;
            case 3 -> rc;
            case 4 -> ra + rb - rc;
            case 5 -> ra + (rb - rc >> 1);
            case 6 -> rb + (ra - rc >> 1);
            default -> ra + rb >> 1;
        };
    }

    /** H.1.2.2: category 16 stands for 32,768 without any further bits. */
    private int difference() {
        int category = table.decode(bits);
        if (category < 16) {
            return bits.difference(category);
        }
        if (category > 16) {
            throw new CodecException(bits.offset(), "a difference of " + category + " bits");
        }
        return 32768;
    }
}
