package org.myonode.workers.queue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.myonode.db.InstanceEntry;
import org.myonode.db.Ledger;
import org.myonode.db.MutableClock;
import org.myonode.db.Revision;
import org.myonode.workers.measure.MuscleMeasures;
import org.myonode.workers.pipeline.Result;
import org.myonode.workers.pipeline.WrittenObject;

/** Studies in a ledger, as far as the queue is concerned. */
final class Studies {
    private Studies() {}

    static Revision sealed(Ledger ledger, MutableClock clock, String studyUid) {
        return sealed(ledger, clock, studyUid, studyUid + ".1");
    }

    /** The next revision of a study that has been sealed before. */
    static Revision late(Ledger ledger, MutableClock clock, String studyUid) {
        Revision revision = sealed(ledger, clock, studyUid, studyUid + ".2");
        ledger.queued(revision);
        return revision;
    }

    private static Revision sealed(Ledger ledger, MutableClock clock, String studyUid, String instanceUid) {
        ledger.record(new InstanceEntry(
                studyUid,
                studyUid + ".9",
                instanceUid,
                "1.2.840.10008.5.1.4.1.1.2",
                "1.2.840.10008.1.2.1",
                Path.of("/store", instanceUid),
                100,
                "00",
                "SENDER",
                "MYONODE"));
        clock.advance(Duration.ofMinutes(2));
        return ledger.sealQuiet(Duration.ofMinutes(1)).get(0);
    }

    static Revision queued(Ledger ledger, MutableClock clock, String studyUid) {
        Revision revision = sealed(ledger, clock, studyUid);
        ledger.queued(revision);
        return revision;
    }

    static Result measured(Path output) {
        return new Result.Measured(
                "{}",
                "1.2.3.1",
                -600,
                new MuscleMeasures(10, 150, OptionalDouble.of(40), OptionalDouble.empty(), OptionalDouble.empty()),
                output.resolve("overlay.png"),
                List.of(
                        new WrittenObject(
                                "SEG", "1.2.840.10008.5.1.4.1.1.66.4", output + "-1", output.resolve("a"), "0"),
                        new WrittenObject(
                                "SR", "1.2.840.10008.5.1.4.1.1.88.34", output + "-2", output.resolve("b"), "0")));
    }
}
