/**
 * The DICOM upper layer (PS3.8) and the DIMSE services (PS3.7) the node needs: C-ECHO and C-STORE, as provider
 * ({@link org.myonode.dicom.net.DicomListener}) and as user ({@link org.myonode.dicom.net.Association}).
 *
 * <p>Bytes flow in one direction only through few hands: socket, {@code UpperLayer} (PDUs, state table, timers),
 * {@code DimseChannel} (PDVs to messages), then the listener or the association. Data sets are never held in memory.
 */
@NullMarked
package org.myonode.dicom.net;

import org.jspecify.annotations.NullMarked;
