/**
 * The DICOM upper layer (PS3.8) and the DIMSE services (PS3.7) the node needs: on associations that peers open
 * ({@link org.myonode.dicom.net.DicomListener}) and on its own ({@link org.myonode.dicom.net.Association}). Who opened an
 * association does not decide who may request what: both sides answer by {@link org.myonode.dicom.net.Performers}.
 *
 * <p>Bytes flow in one direction only through few hands: socket, {@code UpperLayer} (PDUs, state table, timers),
 * {@code DimseChannel} (PDVs to messages), then the listener or the association. Data sets are never held in memory.
 */
@NullMarked
package org.myonode.dicom.net;

import org.jspecify.annotations.NullMarked;
