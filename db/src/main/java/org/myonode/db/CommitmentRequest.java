package org.myonode.db;

import java.util.List;

/**
 * What one destination is now asked to vouch for: all that was delivered to it of one revision.
 *
 * @param transactionUid new for each request
 * @param instances in the order of writing
 */
public record CommitmentRequest(
        String transactionUid, Revision revision, String destination, List<Instance> instances) {

    public CommitmentRequest {
        instances = List.copyOf(instances);
    }

    /** An instance as it travelled: its class may be an older one than that of the file. */
    public record Instance(String sopClassUid, String sopInstanceUid) {}
}
