package org.myonode.workers.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.myonode.db.CommitmentReport;
import org.myonode.db.CommitmentRequest;
import org.myonode.db.Delivery;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.NoPresentationContextException;
import org.myonode.dicom.net.Performers;
import org.myonode.dicom.net.PresentationContext;
import org.myonode.dicom.net.StorageCommitment;
import org.myonode.dicom.net.Tls;
import org.myonode.dicom.web.DicomWebClient;
import org.myonode.dicom.web.DicomWebException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends output objects to their destinations by C-STORE (PS3.4 annex B) or DICOMweb Store (PS3.18 section 10.5), whose
 * outcomes are the same, and tells the ledger what the peer answered: an
 * object counts as delivered only on success or a warning (B.2.3). Out of resources, processing failure, a lost or
 * rejected association are tried again with growing pauses. A peer that does not know the SOP class of a report or of a
 * label map gets the same content in one that it knows. What the peer will never take (A9xx, Cxxx, 0122, 0124, no
 * presentation context) becomes a dead letter and an alarm in the log.
 *
 * <p>A destination with storage commitment (PS3.4 annex J) is asked, after all of a revision has been delivered, to vouch
 * for it. Its report may come on the same association or on one of its own, to {@link #reported}; without a report in time
 * the same files are sent again.
 *
 * <p>Thread-safe: the ledger leases each delivery to one caller.
 */
public final class Deliverer {
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

    private static final String LABELMAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7";

    /** Failure reasons that another try cannot mend: class-instance conflict, SOP class not supported. */
    private static final Set<Integer> FOR_GOOD = Set.of(0x0119, 0x0122);

    private final Ledger ledger;
    private final String callingAeTitle;
    private final Map<String, Destination> destinations;
    private final Timeouts timeouts;
    private final Map<String, DicomWebClient> web = new HashMap<>();
    private final Optional<Tls> tls;
    /** Transactions asked for by this process and not reported yet. */
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();

    /**
     * How long to wait for a destination.
     *
     * @param connect for the TCP connection
     * @param response for each answer
     * @param report how long an association stays open for a commitment report to come on it
     * @param commitment after this time without a report the objects are sent again
     */
    public record Timeouts(Duration connect, Duration response, Duration report, Duration commitment) {
        /** Ten seconds to connect, a minute to answer, two seconds for a report at once, an hour for one at all. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofHours(1));

        /** The defaults with another wait for the report of a storage commitment. */
        public static Timeouts withCommitment(Duration commitment) {
            return new Timeouts(DEFAULT.connect, DEFAULT.response, DEFAULT.report, commitment);
        }
    }

    /** A deliverer that calls itself by this AE title, without TLS. */
    public Deliverer(Ledger ledger, String callingAeTitle, List<Destination> destinations, Timeouts timeouts) {
        this(ledger, callingAeTitle, destinations, timeouts, Optional.empty());
    }

    /** As above; with TLS for the destinations that want it. */
    public Deliverer(
            Ledger ledger,
            String callingAeTitle,
            List<Destination> destinations,
            Timeouts timeouts,
            Optional<Tls> tls) {
        destinations.stream()
                .filter(destination -> destination.tls() && tls.isEmpty())
                .findFirst()
                .ifPresent(destination -> {
                    throw new IllegalArgumentException("destination " + destination.name() + " needs TLS");
                });
        this.ledger = ledger;
        this.callingAeTitle = callingAeTitle;
        this.destinations =
                destinations.stream().collect(Collectors.toUnmodifiableMap(Destination::name, Function.identity()));
        this.timeouts = timeouts;
        this.tls = tls;
        for (Destination destination : destinations) {
            if (destination.endpoint() instanceof Endpoint.Web endpoint) {
                web.put(destination.name(), new DicomWebClient(endpoint.service()));
            }
        }
    }

    /**
     * One round: takes what is due and tries each once, one association for each destination; then asks for the storage
     * commitments that could not be asked for on the association of the delivery.
     *
     * @return how many deliveries were tried
     */
    public int deliverDue() {
        int overdue = ledger.giveUpOverdue();
        if (overdue > 0) {
            log.warn("{} storage commitment requests without a report in time; their objects are sent again", overdue);
        }
        List<Delivery> due = ledger.dueDeliveries();
        Map<String, List<Delivery>> byDestination = due.stream()
                .collect(Collectors.groupingBy(Delivery::destination, LinkedHashMap::new, Collectors.toList()));
        int replaced = 0;
        for (Map.Entry<String, List<Delivery>> entry : byDestination.entrySet()) {
            String name = entry.getKey();
            Destination destination = destinations.get(name);
            if (destination == null) {
                entry.getValue().forEach(delivery -> later(delivery, "destination " + name + " is not configured"));
            } else {
                replaced += destination.endpoint() instanceof Endpoint.Web
                        ? sendByWeb(destination, entry.getValue())
                        : send(destination, entry.getValue());
            }
        }
        // What stands in for label maps is due at once, and is never replaced again.
        int more = replaced > 0 ? deliverDue() : 0;
        for (String name : ledger.destinationsToAsk()) {
            Destination destination = destinations.get(name);
            if (destination != null && destination.commitment()) {
                ask(destination);
            }
        }
        return due.size() + more;
    }

    /** @return how many deliveries were replaced by others, which are due now */
    private int send(Destination destination, List<Delivery> deliveries) {
        List<Delivery> sendable = sendable(deliveries);
        if (sendable.isEmpty()) {
            return 0;
        }
        int replaced = 0;
        List<Delivery> open = new ArrayList<>(sendable);
        try (Association association = open(destination, contexts(sendable))) {
            if (sendable.stream().anyMatch(Deliverer::isOfLabelmap) && !takes(association, LABELMAP_STORAGE)) {
                log.info("destination={} does not take label maps, sending the binary form", destination.name());
                replaced = replaceLabelmaps(open);
            }
            for (Delivery delivery : List.copyOf(open)) {
                settle(delivery, store(association, delivery));
                open.remove(delivery);
            }
            if (destination.commitment()) {
                requestCommitment(destination, association);
            }
        } catch (NoPresentationContextException e) {
            // Only thrown for the first of the open ones, and the association can go on; the rest has its turn at once.
            never(open.remove(0), String.valueOf(e.getMessage()));
            replaced += send(destination, open);
        } catch (AssociationException e) {
            if (!e.isRetryable()) {
                log.error("ALARM destination={} {}", destination.name(), e.getMessage());
            }
            open.forEach(delivery -> later(delivery, String.valueOf(e.getMessage())));
        } catch (IOException | DicomException e) {
            open.forEach(delivery -> later(delivery, "cannot be read: " + e.getMessage()));
        }
        return replaced;
    }

    private List<Delivery> sendable(List<Delivery> deliveries) {
        List<Delivery> sendable = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            String trouble = trouble(delivery);
            if (trouble.isEmpty()) {
                sendable.add(namingWhatIsThere(delivery));
            } else {
                never(delivery, trouble);
            }
        }
        return sendable;
    }

    /**
     * A report names the one that it supersedes in the class in which this destination has got that. Asked once, before the
     * first try: what may have been sent stays as it was.
     */
    private Delivery namingWhatIsThere(Delivery delivery) {
        OutputObject object = delivery.object();
        if (delivery.attempts() > 1
                || SrClasses.alternatives(object.sopClassUid()).size() < 2) {
            return delivery;
        }
        try {
            Map<String, String> others = new HashMap<>();
            SrClasses.predecessors(object)
                    .forEach((uid, sopClass) -> ledger.storedClass(uid, delivery.destination())
                            .filter(stored -> !stored.equals(sopClass))
                            .ifPresent(stored -> others.put(uid, stored)));
            if (others.isEmpty()) {
                return delivery;
            }
            OutputObject form = SrClasses.naming(object, others);
            ledger.deliverAs(delivery, form);
            return new Delivery(delivery.id(), delivery.revision(), form, delivery.destination(), delivery.attempts());
        } catch (IOException | DicomException e) {
            log.warn("study={} the report is sent as it is: {}", delivery.revision(), e.getMessage());
            return delivery;
        }
    }

    /**
     * By DICOMweb Store, one request for each object: what became of it is then beyond doubt.
     *
     * @return how many deliveries were replaced by others, which are due now
     */
    private int sendByWeb(Destination destination, List<Delivery> deliveries) {
        DicomWebClient client = Objects.requireNonNull(web.get(destination.name()));
        List<Delivery> open = sendable(deliveries);
        // A label map first: whether it is taken decides what becomes of those that reference it.
        open.sort(Comparator.comparing(
                delivery -> !delivery.object().sopClassUid().equals(LABELMAP_STORAGE)));
        int replaced = 0;
        while (!open.isEmpty()) {
            Delivery delivery = open.get(0);
            try {
                DimseStatus status = client.store(delivery.object().file());
                if (status.code() != DimseStatus.SOP_CLASS_NOT_SUPPORTED.code()) {
                    settle(delivery, status);
                    open.remove(0);
                } else if (isOfLabelmap(delivery)) {
                    log.info("destination={} does not take label maps, sending the binary form", destination.name());
                    replaced += replaceLabelmaps(open);
                } else {
                    settle(delivery, storeAsOlder(client, delivery, status));
                    open.remove(0);
                }
            } catch (DicomWebException e) {
                if (!e.isRetryable() && !e.isConfiguration()) {
                    never(delivery, String.valueOf(e.getMessage()));
                    open.remove(0);
                    continue;
                }
                if (e.isConfiguration()) {
                    log.error("ALARM destination={} {}", destination.name(), e.getMessage());
                }
                open.forEach(left -> later(left, String.valueOf(e.getMessage())));
                open.clear();
            } catch (IOException | DicomException e) {
                later(delivery, "cannot be read: " + e.getMessage());
                open.remove(0);
            }
        }
        return replaced;
    }

    private DimseStatus storeAsOlder(DicomWebClient client, Delivery delivery, DimseStatus refusal) throws IOException {
        OutputObject object = delivery.object();
        List<String> alternatives = SrClasses.alternatives(object.sopClassUid());
        for (String older : alternatives.subList(1, alternatives.size())) {
            OutputObject form = SrClasses.stored(object, older);
            ledger.deliverAs(delivery, form);
            DimseStatus status = client.store(form.file());
            if (status.code() != DimseStatus.SOP_CLASS_NOT_SUPPORTED.code()) {
                return status;
            }
        }
        return refusal;
    }

    /** The label map, and the report and structure set that reference it: one refused, all replaced. */
    private int replaceLabelmaps(List<Delivery> open) {
        List<Delivery> labelmaps = open.stream().filter(Deliverer::isOfLabelmap).toList();
        for (Delivery delivery : labelmaps) {
            String kind = delivery.object().kind();
            ledger.deliverInstead(delivery, kind.substring(0, kind.length() - Destination.LABELMAP_SUFFIX.length()));
            open.remove(delivery);
        }
        return labelmaps.size();
    }

    private static boolean isOfLabelmap(Delivery delivery) {
        return delivery.object().kind().endsWith(Destination.LABELMAP_SUFFIX);
    }

    private static boolean takes(Association association, String sopClass) {
        return association.accepts(sopClass, UID.ExplicitVRLittleEndian)
                || association.accepts(sopClass, UID.ImplicitVRLittleEndian);
    }

    private Association open(Destination destination, List<PresentationContext> storage) throws AssociationException {
        List<PresentationContext> contexts = new ArrayList<>(storage);
        if (destination.commitment()) {
            contexts.add(StorageCommitment.context());
        }
        return Association.open(
                reach(destination), contexts, Performers.none().with(StorageCommitment.user(this::reported)));
    }

    private void ask(Destination destination) {
        try (Association association = open(destination, List.of())) {
            requestCommitment(destination, association);
        } catch (AssociationException e) {
            refused(destination, String.valueOf(e.getMessage()));
        }
    }

    /** The peer cannot be asked at all: every revision that waits is put off. */
    private void refused(Destination destination, String reason) {
        for (Optional<CommitmentRequest> request = nextRequest(destination);
                request.isPresent();
                request = nextRequest(destination)) {
            notRequested(request.get(), reason);
        }
    }

    private Optional<CommitmentRequest> nextRequest(Destination destination) {
        return ledger.requestCommitment(destination.name(), Uids.random(), timeouts.commitment());
    }

    private void requestCommitment(Destination destination, Association association) {
        List<String> asked = new ArrayList<>();
        try {
            for (Optional<CommitmentRequest> request = nextRequest(destination);
                    request.isPresent();
                    request = nextRequest(destination)) {
                if (request(association, request.get())) {
                    asked.add(request.get().transactionUid());
                }
            }
            association.attend(timeouts.report(), () -> asked.stream().noneMatch(awaited::contains));
        } catch (AssociationException e) {
            // What was asked for is on record; the report comes on another association, or the time-out does.
            log.warn("destination={} broke off after the delivery: {}", destination.name(), e.getMessage());
        } finally {
            asked.forEach(awaited::remove);
        }
    }

    private boolean request(Association association, CommitmentRequest request) throws AssociationException {
        List<StorageCommitment.Reference> references = request.instances().stream()
                .map(instance -> new StorageCommitment.Reference(instance.sopClassUid(), instance.sopInstanceUid()))
                .toList();
        awaited.add(request.transactionUid());
        try {
            DimseStatus status = association.invoke(
                    StorageCommitment.action(new StorageCommitment.Request(request.transactionUid(), references)));
            if (status.isSuccess() || status.isWarning()) {
                return true;
            }
            notRequested(request, status.toString());
        } catch (NoPresentationContextException e) {
            notRequested(request, "it does not offer storage commitment");
        } catch (AssociationException e) {
            notRequested(request, String.valueOf(e.getMessage()));
            throw e;
        }
        return false;
    }

    private void notRequested(CommitmentRequest request, String reason) {
        awaited.remove(request.transactionUid());
        log.error(
                "ALARM study={} no storage commitment from {}: {}; next try {}",
                request.revision(),
                request.destination(),
                reason,
                ledger.commitmentNotRequested(request.transactionUid(), reason)
                        .map(Instant::toString)
                        .orElse("none"));
    }

    /**
     * Takes the report of a destination, on whichever association it came (PS3.4 section J.3.3).
     *
     * @return success once the ledger has it; 0115 when the transaction is none of ours
     */
    public DimseStatus reported(AssociationInfo association, StorageCommitment.Report report) {
        List<CommitmentReport.Refusal> refused = report.failed().stream()
                .map(failure -> new CommitmentReport.Refusal(
                        failure.reference().sopInstanceUid(), failure.meaning(), FOR_GOOD.contains(failure.reason())))
                .toList();
        boolean known = ledger.commitmentReported(new CommitmentReport(
                report.transactionUid(),
                report.committed().stream()
                        .map(StorageCommitment.Reference::sopInstanceUid)
                        .toList(),
                refused));
        awaited.remove(report.transactionUid());
        if (!known) {
            log.warn("commitment report from {} for an unknown transaction", association.callingAeTitle());
            return DimseStatus.INVALID_ARGUMENT_VALUE.with("unknown Transaction UID");
        }
        refused.forEach(refusal -> log.error(
                "ALARM instance={} not committed: {}{}",
                refusal.sopInstanceUid(),
                refusal.reason(),
                refusal.forGood() ? "" : "; it is sent again"));
        return DimseStatus.SUCCESS;
    }

    /** How a destination is reached by C-STORE, for others that have something to ask there. */
    public AssociationConfig reach(Destination destination) {
        AssociationConfig plain = new AssociationConfig(
                destination.dimse().address(), callingAeTitle, timeouts.connect(), timeouts.response());
        return destination.tls() ? plain.with(tls.orElseThrow()) : plain;
    }

    private static List<PresentationContext> contexts(List<Delivery> deliveries) throws IOException {
        Map<String, Set<String>> syntaxes = new LinkedHashMap<>();
        for (Delivery delivery : deliveries) {
            String syntax = Part10.readHeader(delivery.object().file()).transferSyntax();
            for (String sopClass : SrClasses.alternatives(delivery.object().sopClassUid())) {
                syntaxes.computeIfAbsent(sopClass, ignored -> new LinkedHashSet<>())
                        .add(syntax);
            }
        }
        if (deliveries.stream().anyMatch(Deliverer::isOfLabelmap)) {
            // Also when only what references one is due: whether the peer takes it decides what it gets.
            syntaxes.putIfAbsent(LABELMAP_STORAGE, Set.of(UID.ExplicitVRLittleEndian));
        }
        List<PresentationContext> contexts = new ArrayList<>();
        syntaxes.forEach((sopClass, wanted) -> contexts.addAll(PresentationContext.storage(sopClass, wanted)));
        return contexts;
    }

    /** In its own class, or in the best older one that the peer takes; which one is on record before it is sent. */
    private DimseStatus store(Association association, Delivery delivery) throws IOException {
        OutputObject object = delivery.object();
        if (!takes(association, object.sopClassUid())) {
            for (String older : SrClasses.alternatives(object.sopClassUid())) {
                if (takes(association, older)) {
                    log.info(
                            "destination={} does not take {}, sending {}",
                            delivery.destination(),
                            UID.nameOf(object.sopClassUid()),
                            UID.nameOf(older));
                    OutputObject form = SrClasses.stored(object, older);
                    ledger.deliverAs(delivery, form);
                    return association.store(form.file());
                }
            }
        }
        return association.store(object.file());
    }

    private void settle(Delivery delivery, DimseStatus status) {
        if (status.isSuccess() || status.isWarning()) {
            if (status.isWarning()) {
                log.warn(
                        "study={} {} accepted by {} with {}",
                        delivery.revision(),
                        delivery.object().kind(),
                        delivery.destination(),
                        status);
            }
            ledger.delivered(delivery);
        } else if (status.isRetryable()) {
            later(delivery, status.toString());
        } else {
            never(delivery, status.toString());
        }
    }

    private void later(Delivery delivery, String reason) {
        log.warn(
                "study={} {} not delivered to {}, try {}: {}; next at {}",
                delivery.revision(),
                delivery.object().kind(),
                delivery.destination(),
                delivery.attempts(),
                reason,
                ledger.deliveryFailed(delivery, reason));
    }

    private void never(Delivery delivery, String reason) {
        log.error(
                "ALARM study={} {} is a dead letter for {}: {}",
                delivery.revision(),
                delivery.object().kind(),
                delivery.destination(),
                reason);
        ledger.deadLetter(delivery, reason);
    }

    /** Only the bytes that were recorded are sent: a UID must never travel with other bytes. Empty when all is well. */
    private static String trouble(Delivery delivery) {
        Path file = delivery.object().file();
        if (!Files.isRegularFile(file)) {
            return "file " + file + " is gone";
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            String found = HexFormat.of()
                    .formatHex(((DigestInputStream) in).getMessageDigest().digest());
            return found.equalsIgnoreCase(delivery.object().sha256())
                    ? ""
                    : "file " + file + " is not the one that was recorded";
        } catch (IOException e) {
            return "file " + file + " cannot be read: " + e.getMessage();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
