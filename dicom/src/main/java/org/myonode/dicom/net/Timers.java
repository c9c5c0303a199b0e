package org.myonode.dicom.net;

import java.time.Duration;

/**
 * The two timers of a connection: ARTIM of PS3.8 section 9.1.5, and ours for a peer that stops talking or taking.
 *
 * @param idle how long one PDU may take to arrive, or one write to be taken
 */
record Timers(Duration artim, Duration idle) {
    static Duration require(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(name + " is " + duration + ", not above 0 and at most a day");
        }
        return duration;
    }
}
