package org.myonode.phantom;

/** Values of the label maps: what a pixel is in truth. One byte each; names are for tables and files. */
public final class Label {
    public static final byte AIR = 0;
    public static final byte SKIN = 1;
    public static final byte SUBCUTANEOUS_FAT = 2;
    /** Compartment of skeletal muscle and -29 to 150 HU: the mask that a segmenter has to find. */
    public static final byte SKELETAL_MUSCLE = 3;
    /** Inside the fascia of a muscle but outside -29 to 150 HU: clefts, infiltration, tendon. */
    public static final byte INTERMUSCULAR_FAT = 4;

    public static final byte VISCERAL_FAT = 5;
    public static final byte BONE = 6;
    public static final byte DISC = 7;
    public static final byte SPINAL_CANAL = 8;
    public static final byte LUNG = 9;
    public static final byte HEART = 10;
    public static final byte VESSEL = 11;
    public static final byte LIVER = 12;
    public static final byte SPLEEN = 13;
    public static final byte KIDNEY = 14;
    public static final byte PANCREAS = 15;
    public static final byte STOMACH = 16;
    public static final byte SMALL_BOWEL = 17;
    public static final byte COLON = 18;
    public static final byte BLADDER = 19;
    public static final byte BRAIN = 20;
    public static final byte AIRWAY = 21;
    public static final byte GLAND = 22;
    public static final byte TABLE = 23;
    public static final byte OTHER = 24;
    /** Muscle of an arm, clefts included: it may lie beside the trunk and is never part of the truth at L3. */
    public static final byte ARM_MUSCLE = 25;

    private static final String[] NAMES = {
        "air",
        "skin",
        "subcutaneous fat",
        "skeletal muscle",
        "intermuscular fat",
        "visceral fat",
        "bone",
        "disc",
        "spinal canal",
        "lung",
        "heart",
        "vessel",
        "liver",
        "spleen",
        "kidney",
        "pancreas",
        "stomach",
        "small bowel",
        "colon",
        "bladder",
        "brain",
        "airway",
        "gland",
        "table",
        "other",
        "arm muscle"
    };

    private Label() {}

    /** How many labels there are; they count from zero. */
    public static int count() {
        return NAMES.length;
    }

    /** English name of a label. */
    public static String nameOf(int label) {
        return NAMES[label];
    }
}
