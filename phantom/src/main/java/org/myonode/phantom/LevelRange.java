package org.myonode.phantom;

/**
 * Where a vertebral body lies along the patient, without the discs beside it.
 *
 * @param level the vertebra
 * @param inferiorZMm lower end plate, mm, z grows towards the head
 * @param superiorZMm upper end plate, mm
 */
public record LevelRange(Vertebra level, double inferiorZMm, double superiorZMm) {

    /** Rejects a range that is empty or upside down. */
    public LevelRange {
        if (!(superiorZMm > inferiorZMm)) {
            throw new IllegalArgumentException(level + ": superior " + superiorZMm + " <= inferior " + inferiorZMm);
        }
    }

    /** Middle of the body, mm. */
    public double midZMm() {
        return (inferiorZMm + superiorZMm) / 2;
    }

    /** Whether a height lies between the end plates. */
    public boolean contains(double zMm) {
        return zMm >= inferiorZMm && zMm <= superiorZMm;
    }
}
