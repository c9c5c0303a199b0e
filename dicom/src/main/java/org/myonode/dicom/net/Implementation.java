package org.myonode.dicom.net;

import org.myonode.dicom.Part10;

/** How the node names itself to peers. The version name is sent always: GDCM aborts without it. */
final class Implementation {
    static final String CLASS_UID = Part10.IMPLEMENTATION_CLASS_UID;
    static final String VERSION_NAME = Part10.IMPLEMENTATION_VERSION_NAME;

    private Implementation() {}
}
