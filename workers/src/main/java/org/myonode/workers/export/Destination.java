package org.myonode.workers.export;

import java.util.Set;
import java.util.stream.Collectors;
import org.myonode.db.Route;
import org.myonode.dicom.net.AeAddress;

/**
 * A PACS that results are sent to.
 *
 * @param name its name in the configuration and in the ledger
 * @param endpoint how it is reached
 * @param objects the kinds of object it takes: SEG, SR, RTSTRUCT, SC; LABELMAP instead of SEG asks for the segmentation in
 *     that form, and for a report and a structure set that reference it
 * @param commitment whether it is asked for storage commitment, which DICOMweb does not have
 * @param arrival whether it is asked if what it accepted is there
 */
public record Destination(String name, Endpoint endpoint, Set<String> objects, boolean commitment, boolean arrival) {

    /** Keeps its own copy. */
    public Destination {
        objects = Set.copyOf(objects);
        if (commitment && endpoint instanceof Endpoint.Web) {
            throw new IllegalArgumentException("destination " + name + ": DICOMweb has no storage commitment");
        }
    }

    /** Reached by C-STORE, and not asked what is there. */
    public Destination(String name, AeAddress address, Set<String> objects, boolean commitment, boolean tls) {
        this(name, new Endpoint.Dimse(address, tls), objects, commitment, false);
    }

    /** Where it listens; only for one that is reached by C-STORE. */
    public Endpoint.Dimse dimse() {
        if (endpoint instanceof Endpoint.Dimse dimse) {
            return dimse;
        }
        throw new IllegalStateException("destination " + name + " is not reached by C-STORE");
    }

    /** Whether it is a DICOM node that is spoken to by TLS. */
    public boolean tls() {
        return endpoint instanceof Endpoint.Dimse dimse && dimse.tls();
    }

    /** Asks for the segmentation as a label map. */
    public static final String LABELMAP = "LABELMAP";

    /** What objects of a result with a label map are called: kind and this. */
    static final String LABELMAP_SUFFIX = "." + LABELMAP;

    /** Whether it wants label maps; one that refuses them after all gets the binary form. */
    public boolean wantsLabelmaps() {
        return objects.contains(LABELMAP);
    }

    /** For the ledger: what is to be delivered here. */
    public Route route() {
        return new Route(name, objects.stream().map(this::kind).collect(Collectors.toSet()), commitment);
    }

    private String kind(String object) {
        return switch (object) {
            case LABELMAP -> "SEG" + LABELMAP_SUFFIX;
            case "SR", "RTSTRUCT" -> wantsLabelmaps() ? object + LABELMAP_SUFFIX : object;
            default -> object;
        };
    }
}
