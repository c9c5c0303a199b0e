package org.myonode.workers.export;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.myonode.db.Arrival;
import org.myonode.db.Ledger;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.InformationModel;
import org.myonode.dicom.net.Query;
import org.myonode.dicom.net.QueryRetrieve;
import org.myonode.dicom.web.DicomWebClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks destinations whether what they have accepted is there: by C-FIND at IMAGE level (PS3.4 annex C), or by Search
 * (QIDO-RS) where they are reached by DICOMweb. For archives that do not offer storage commitment: an object that can be
 * found is stored and indexed; that it will be kept is not said. What is never found is an alarm and an audit row, for a
 * person to look at.
 *
 * <p>Has no thread of its own; {@link #checkDue} is one round. Thread-safe: the ledger leases each question to one caller.
 */
public final class ArrivalCheck {
    private static final Logger log = LoggerFactory.getLogger(ArrivalCheck.class);

    private static final int BATCH = 50;
    private static final Duration LEASE = Duration.ofMinutes(10);

    private final Ledger ledger;
    private final Map<String, Destination> destinations;
    private final Function<Destination, AssociationConfig> reach;
    private final Policy policy;
    private final Clock clock;

    /**
     * When it is asked.
     *
     * @param first after the delivery
     * @param longest the pause doubles up to this
     * @param checks after so many it is missing
     */
    public record Policy(Duration first, Duration longest, int checks) {
        /** After half a minute, then with doubling pauses of up to an hour: given up after about seven hours. */
        public static final Policy DEFAULT = new Policy(Duration.ofSeconds(30), Duration.ofHours(1), 13);

        Duration after(int check) {
            Duration pause = first.multipliedBy(1L << Math.min(check, 20));
            return pause.compareTo(longest) > 0 ? longest : pause;
        }
    }

    /** @param reach how a destination is reached by DIMSE; see {@link Deliverer#reach} */
    public ArrivalCheck(
            Ledger ledger,
            List<Destination> destinations,
            Function<Destination, AssociationConfig> reach,
            Policy policy,
            Clock clock) {
        this.ledger = ledger;
        this.destinations = destinations.stream()
                .filter(Destination::arrival)
                .collect(Collectors.toUnmodifiableMap(Destination::name, Function.identity()));
        this.reach = reach;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * One round.
     *
     * @return how many objects were asked for
     */
    public int checkDue() {
        if (destinations.isEmpty()) {
            return 0;
        }
        List<Arrival> due = ledger.dueArrivals(destinations.keySet(), policy.first(), BATCH, LEASE);
        due.stream()
                .collect(Collectors.groupingBy(Arrival::destination, LinkedHashMap::new, Collectors.toList()))
                .forEach(this::check);
        return due.size();
    }

    private void check(String name, List<Arrival> arrivals) {
        Destination destination = destinations.get(name);
        if (destination == null) {
            return;
        }
        List<Arrival> open = new ArrayList<>(arrivals);
        try (Archive archive = open(destination)) {
            while (!open.isEmpty()) {
                settle(open.get(0), archive.has(open.get(0)));
                open.remove(0);
            }
        } catch (IOException | DicomException e) {
            open.forEach(arrival -> notFound(arrival, "cannot be asked for: " + e.getMessage()));
        }
    }

    /** What can be asked for an instance. */
    private interface Archive extends AutoCloseable {
        boolean has(Arrival arrival) throws IOException;

        @Override
        default void close() {}
    }

    private Archive open(Destination destination) throws IOException {
        if (destination.endpoint() instanceof Endpoint.Web web) {
            DicomWebClient client = new DicomWebClient(web.service());
            return arrival ->
                    client.has(arrival.revision().studyUid(), arrival.object().sopInstanceUid());
        }
        Association association =
                Association.open(reach.apply(destination), QueryRetrieve.finding(InformationModel.STUDY_ROOT));
        QueryRetrieve query = new QueryRetrieve(association);
        return new Archive() {
            @Override
            public boolean has(Arrival arrival) throws IOException {
                String uid = arrival.object().sopInstanceUid();
                String series =
                        Part10.readHeader(arrival.object().file()).dataSet().requireText(Tag.SeriesInstanceUID);
                return query.find(Query.instance(arrival.revision().studyUid(), series, uid)).stream()
                        .anyMatch(match -> match.text(Tag.SOPInstanceUID)
                                .filter(uid::equals)
                                .isPresent());
            }

            @Override
            public void close() {
                association.close();
            }
        };
    }

    private void settle(Arrival arrival, boolean found) {
        if (found) {
            ledger.arrived(arrival);
        } else {
            notFound(arrival, "not found");
        }
    }

    private void notFound(Arrival arrival, String reason) {
        if (arrival.checks() < policy.checks()) {
            Instant next = clock.instant().plus(policy.after(arrival.checks()));
            log.info(
                    "study={} {} at {}: {}; asked for again at {}",
                    arrival.revision(),
                    arrival.object().kind(),
                    arrival.destination(),
                    reason,
                    next);
            ledger.notArrived(arrival, reason, Optional.of(next));
        } else {
            log.error(
                    "ALARM study={} {} was accepted by {} and is not there: {}",
                    arrival.revision(),
                    arrival.object().kind(),
                    arrival.destination(),
                    reason);
            ledger.notArrived(arrival, reason, Optional.empty());
        }
    }
}
