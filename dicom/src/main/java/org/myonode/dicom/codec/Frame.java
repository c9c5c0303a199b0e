package org.myonode.dicom.codec;

/**
 * What a data set says of each of its frames (PS3.3 C.7.6.3); a bit stream must agree.
 *
 * @param rows number of rows, 1 to 65,535
 * @param columns number of columns, 1 to 65,535
 * @param bitsAllocated 8 or 16
 */
public record Frame(int rows, int columns, int bitsAllocated) {

    /** Rejects what no image can have. */
    public Frame {
        if (rows < 1 || rows > 0xFFFF || columns < 1 || columns > 0xFFFF) {
            throw new IllegalArgumentException(rows + " x " + columns + " pixels");
        }
        if (bitsAllocated != 8 && bitsAllocated != 16) {
            throw new IllegalArgumentException(bitsAllocated + " bits are neither 8 nor 16");
        }
    }

    long pixels() {
        return (long) rows * columns;
    }

    /** Refuses a frame of more samples than its stream can possibly hold, each byte so many at most. */
    void requireBytes(long bytes, int samplesPerByte) {
        if (pixels() > bytes * samplesPerByte) {
            throw new CodecException("a stream of " + bytes + " bytes cannot hold " + pixels() + " pixels");
        }
    }

    /** Compares the shape that a stream announces with the one of the data set, before memory is spent on either. */
    void require(long offset, int streamRows, int streamColumns, int components, int precision) {
        if (components != 1) {
            throw new CodecException(offset, components + " components where a monochrome frame has one");
        }
        if (streamRows != rows || streamColumns != columns) {
            throw new CodecException(
                    offset,
                    streamRows + " x " + streamColumns + " pixels where " + rows + " x " + columns + " should be");
        }
        if (precision < 2 || precision > bitsAllocated) {
            throw new CodecException(
                    offset, precision + " bits per sample where " + bitsAllocated + " bits are allocated");
        }
    }
}
