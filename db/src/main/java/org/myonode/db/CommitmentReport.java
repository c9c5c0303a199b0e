package org.myonode.db;

import java.util.List;

/**
 * What a destination said to a {@link CommitmentRequest}.
 *
 * @param committed SOP Instance UIDs that it vouches for
 * @param refused the others
 */
public record CommitmentReport(String transactionUid, List<String> committed, List<Refusal> refused) {

    public CommitmentReport {
        committed = List.copyOf(committed);
        refused = List.copyOf(refused);
    }

    /**
     * An instance that the destination does not vouch for.
     *
     * @param reason in words, with its code
     * @param forGood sending it again cannot help
     */
    public record Refusal(String sopInstanceUid, String reason, boolean forGood) {}
}
