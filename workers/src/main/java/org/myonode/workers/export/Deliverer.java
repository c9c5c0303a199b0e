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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.myonode.db.Delivery;
import org.myonode.db.Ledger;
import org.myonode.db.OutputObject;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.UID;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.AssociationException;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.ListenerConfig;
import org.myonode.dicom.net.NoPresentationContextException;
import org.myonode.dicom.net.PresentationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends output objects to their destinations by C-STORE (PS3.4 annex B) and tells the ledger what the peer answered: an
 * object counts as delivered only on success or a warning (B.2.3). Out of resources, processing failure, a lost or
 * rejected association are tried again with growing pauses. A peer that does not know the SOP class of a report or of a
 * label map gets the same content in one that it knows. What the peer will never take (A9xx, Cxxx, 0122, 0124, no
 * presentation context) becomes a dead letter and an alarm in the log.
 *
 * <p>Thread-safe: the ledger leases each delivery to one caller.
 */
public final class Deliverer {
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);

    private static final String LABELMAP_STORAGE = "1.2.840.10008.5.1.4.1.1.66.7";

    private final Ledger ledger;
    private final String callingAeTitle;
    private final Map<String, Destination> destinations;
    private final Timeouts timeouts;

    /**
     * How long to wait for a destination.
     *
     * @param connect for the TCP connection
     * @param response for each answer
     */
    public record Timeouts(Duration connect, Duration response) {
        /** Ten seconds to connect, a minute to answer. */
        public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(10), Duration.ofMinutes(1));
    }

    /** A deliverer that calls itself by this AE title. */
    public Deliverer(Ledger ledger, String callingAeTitle, List<Destination> destinations, Timeouts timeouts) {
        this.ledger = ledger;
        this.callingAeTitle = callingAeTitle;
        this.destinations =
                destinations.stream().collect(Collectors.toUnmodifiableMap(Destination::name, Function.identity()));
        this.timeouts = timeouts;
    }

    /**
     * One round: takes what is due and tries each once, one association for each destination.
     *
     * @return how many deliveries were tried
     */
    public int deliverDue() {
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
                replaced += send(destination, entry.getValue());
            }
        }
        // What stands in for label maps is due at once, and is never replaced again.
        return due.size() + (replaced > 0 ? deliverDue() : 0);
    }

    /** @return how many deliveries were replaced by others, which are due now */
    private int send(Destination destination, List<Delivery> deliveries) {
        List<Delivery> sendable = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            String trouble = trouble(delivery);
            if (trouble.isEmpty()) {
                sendable.add(delivery);
            } else {
                never(delivery, trouble);
            }
        }
        if (sendable.isEmpty()) {
            return 0;
        }
        int replaced = 0;
        List<Delivery> open = new ArrayList<>(sendable);
        try (Association association = Association.open(config(destination), contexts(sendable))) {
            if (sendable.stream().anyMatch(Deliverer::isOfLabelmap) && !takes(association, LABELMAP_STORAGE)) {
                log.info("destination={} does not take label maps, sending the binary form", destination.name());
                replaced = replaceLabelmaps(open);
            }
            for (Delivery delivery : List.copyOf(open)) {
                settle(delivery, store(association, delivery));
                open.remove(delivery);
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

    private AssociationConfig config(Destination destination) {
        return new AssociationConfig(
                destination.address(),
                callingAeTitle,
                ListenerConfig.DEFAULT_MAX_PDU,
                timeouts.connect(),
                timeouts.response(),
                destination.tls() ? SSLSocketFactory.getDefault() : SocketFactory.getDefault());
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
