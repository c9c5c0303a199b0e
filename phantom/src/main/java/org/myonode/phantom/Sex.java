package org.myonode.phantom;

/** Patient's Sex (0010,0040) of a phantom. */
public enum Sex {
    FEMALE("F"),
    MALE("M");

    private final String code;

    Sex(String code) {
        this.code = code;
    }

    /** The DICOM code, {@code F} or {@code M}. */
    public String code() {
        return code;
    }
}
