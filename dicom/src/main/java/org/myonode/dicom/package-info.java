/**
 * Data sets, Part 10 files and the data dictionary (DICOM PS3.5, PS3.6, PS3.10).
 *
 * <p>Values lie in memory exactly as the little endian encoding has them and are interpreted when they are asked for, so
 * a value nobody touches is written as it was read.
 */
@NullMarked
package org.myonode.dicom;

import org.jspecify.annotations.NullMarked;
