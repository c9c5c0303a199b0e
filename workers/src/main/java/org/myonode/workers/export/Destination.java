package org.myonode.workers.export;

import java.util.Set;
import org.myonode.db.Route;
import org.myonode.dicom.net.AeAddress;

/**
 * A PACS that results are sent to.
 *
 * @param name its name in the configuration and in the ledger
 * @param address where it listens
 * @param objects the kinds of object it takes: SEG, SR, RTSTRUCT, SC
 * @param commitment whether it is asked for storage commitment
 * @param tls whether it is spoken to by TLS
 */
public record Destination(String name, AeAddress address, Set<String> objects, boolean commitment, boolean tls) {

    /** Keeps its own copy. */
    public Destination {
        objects = Set.copyOf(objects);
    }

    /** For the ledger: what is to be delivered here. */
    public Route route() {
        return new Route(name, objects);
    }
}
