package org.myonode.workers.measure;

/** A reason to look at a result twice. The name is what {@code result.json} and the report carry. */
public enum QualityFlag {
    MUSCLE_CUT("the body is cut by the field of view: muscle may be missing"),
    METAL("metal or very dense material in the slice"),
    THICK_SLICES("slices further apart than 5 mm"),
    CONTRAST("contrast agent was given: mean HU is higher than without"),
    LOSSY_SOURCE("the images were, or may have been, compressed with loss"),
    AREA_IMPLAUSIBLE("muscle area implausible, by itself or for the body's size"),
    HU_IMPLAUSIBLE("mean muscle HU outside -5 to 90"),
    LEVEL_UNCERTAIN("the level was found with low confidence"),
    CONTOUR_UNCERTAIN("the model was unsure of much of the contour"),
    OUTSIDE_BODY("part of the mask lies outside the body: table or clothing"),
    HEIGHT_UNKNOWN("the header states no body height: no index"),
    HEIGHT_IMPLAUSIBLE("the header's body height is not between 1.0 and 2.3 m: no index"),
    TRACER_UNKNOWN("PET tracer not stated: the procedure code says FDG"),
    DERIVED_IMAGES("measured on derived images: no original series was there"),
    SUV_UNKNOWN("a PET is there, but its SUV cannot be known: no SUV"),
    SUV_ASSUMED("SUV rests on header values that were corrected or ambiguous"),
    MODEL_INCONSISTENT("the model answers otherwise for the mirror image"),
    LUMBAR_COUNT("lumbar vertebrae not five, or not counted: check the level");

    private final String text;

    QualityFlag(String text) {
        this.text = text;
    }

    /** One clause for the operator and the report: plain ASCII, at most 64 characters (value representation LO). */
    public String text() {
        return text;
    }

    /** At most 16 characters: the code value of this flag in a report (PS3.5, value representation SH). */
    public String code() {
        return "QC" + String.format(java.util.Locale.ROOT, "%02d", ordinal() + 1);
    }
}
