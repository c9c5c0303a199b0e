package org.myonode.workers.export;

import org.myonode.dicom.net.AeAddress;
import org.myonode.dicom.web.DicomWebClient;

/** How a destination is reached; as text, where it is, without credentials. */
public sealed interface Endpoint {

    /**
     * By C-STORE.
     *
     * @param address where it listens
     * @param tls whether it is spoken to by TLS
     */
    record Dimse(AeAddress address, boolean tls) implements Endpoint {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** By DICOMweb Store (STOW-RS). */
    record Web(DicomWebClient.Service service) implements Endpoint {
        @Override
        public String toString() {
            return service.base().toString();
        }
    }
}
