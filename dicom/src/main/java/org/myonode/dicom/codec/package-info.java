/**
 * Decoders of compressed frames (PS3.5 section 8.2): one bit stream in, the stored values of one monochrome frame out.
 *
 * <p>They know nothing of data sets. Whatever the bytes are, a decoder ends with the frame or with a
 * {@link org.myonode.dicom.codec.CodecException} that says where in the stream it stopped, and needs no more memory than
 * the frame that its caller asked for.
 */
@NullMarked
package org.myonode.dicom.codec;

import org.jspecify.annotations.NullMarked;
