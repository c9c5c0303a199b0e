package org.myonode.phantom;

/** Metal in a patient, with the streaks that it throws across its planes. */
public enum Implant {
    /** Screws through the pedicles of the three lowest lumbar vertebrae, joined by two rods. */
    SPINAL_FUSION,
    /** A hip prosthesis on the patient's left. */
    HIP
}
