package org.myonode.workers.export;

import java.util.Set;
import java.util.stream.Collectors;
import org.myonode.db.Route;
import org.myonode.dicom.net.AeAddress;

/**
 * A PACS that results are sent to.
 *
 * @param name its name in the configuration and in the ledger
 * @param address where it listens
 * @param objects the kinds of object it takes: SEG, SR, RTSTRUCT, SC; LABELMAP instead of SEG asks for the segmentation in
 *     that form, and for a report and a structure set that reference it
 * @param commitment whether it is asked for storage commitment
 * @param tls whether it is spoken to by TLS
 */
public record Destination(String name, AeAddress address, Set<String> objects, boolean commitment, boolean tls) {

    /** Keeps its own copy. */
    public Destination {
        objects = Set.copyOf(objects);
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
