/**
 * DICOMweb (PS3.18): Store and Search as user agent, and the pieces that an origin server shares with it.
 *
 * <p>Bodies are streamed: a multipart message is never in memory as a whole.
 */
@NullMarked
package org.myonode.dicom.web;

import org.jspecify.annotations.NullMarked;
