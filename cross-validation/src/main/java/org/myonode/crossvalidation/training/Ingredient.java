package org.myonode.crossvalidation.training;

/** Parts of the muscle recipe that a training can do without, to measure what each of them brings. */
public enum Ingredient {
    /** Computed bodies of many builds. */
    PHANTOMS,

    /** Contours that the project drew on public CTs. */
    CONTOURS,

    /** Label maps of others: the anatomist's of the atlas, and those of another model. */
    LABEL_MAPS,

    /** New shapes of real subjects: thickness of fat and wall, parted layers, elastic warps; affine ones remain. */
    SHAPES,

    /**
     * New tissues of real subjects: levels, contents of the abdomen, fat in muscle, arms against the trunk; noise and
     * kernel remain.
     */
    TISSUES
}
