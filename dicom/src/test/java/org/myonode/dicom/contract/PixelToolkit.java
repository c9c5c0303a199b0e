package org.myonode.dicom.contract;

import java.io.IOException;
import java.util.Optional;

/** The part of a DICOM toolkit that decodes pixel data (PS3.5 section 8). */
public interface PixelToolkit {
    /**
     * The stored values of a monochrome image, signed ones sign-extended from Bits Stored, row by row; empty when the pixels
     * are refused.
     */
    Optional<short[]> pixels(byte[] file) throws IOException;
}
