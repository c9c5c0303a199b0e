package org.myonode.workers.objects;

import org.myonode.dicom.UID;

/** How a segmentation keeps its pixels (PS3.3 C.8.20.2, Segmentation Type). */
public enum SegmentationForm {
    /** One bit for each pixel of the segment: what every archive and viewer knows. */
    BINARY(UID.SegmentationStorage),
    /** One byte for each pixel, the number of its segment; a SOP class of 2024 that many archives still refuse. */
    LABELMAP("1.2.840.10008.5.1.4.1.1.66.7");

    private final String sopClassUid;

    SegmentationForm(String sopClassUid) {
        this.sopClassUid = sopClassUid;
    }

    /** The SOP class of segmentations of this form. */
    public String sopClassUid() {
        return sopClassUid;
    }
}
