package org.myonode.workers.locate;

/**
 * The stretch of the spine that belongs to one level, half of the disc on either side included.
 *
 * @param level which level
 * @param inferiorZMm patient z of its lower end, in millimetres
 * @param superiorZMm patient z of its upper end, in millimetres
 * @param whole whether both ends lie inside the field of view
 */
public record LevelRange(SpineLevel level, double inferiorZMm, double superiorZMm, boolean whole) {

    /** Patient z half-way between both ends, in millimetres: the middle of the vertebral body. */
    public double midZMm() {
        return (inferiorZMm + superiorZMm) / 2;
    }
}
