package org.myonode.dicom.codec;

/** A frame whose headers have been read and agree with the data set; the samples are decoded when it is asked to. */
public interface CompressedFrame {

    /** Bits per sample of the stream, which may be more than the data set has stored. */
    int precision();

    /**
     * Writes the stored values, row by row, as bit patterns: those of fewer than 16 bits are not sign-extended.
     *
     * @param at index of the first value in {@code target}
     * @throws CodecException when the stream does not hold the frame that its headers announce
     */
    void decode(short[] target, int at);
}
