/** Other people's DICOM programs as peers for tests, here and in later modules. */
@NullMarked
package org.myonode.dicom.peers;

import org.jspecify.annotations.NullMarked;
