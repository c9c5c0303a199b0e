package org.myonode.dicom.net;

import java.util.List;
import java.util.Set;

/**
 * A SOP class that the node accepts on associations that others open, with its transfer syntaxes, the preferred one
 * first.
 *
 * @param sopClassUid the abstract syntax of a presentation context
 * @param roles what the node can be for it
 */
public record TransferCapability(String sopClassUid, List<String> transferSyntaxes, Set<Role> roles) {
    public TransferCapability {
        transferSyntaxes = List.copyOf(transferSyntaxes);
        roles = Set.copyOf(roles);
        if (transferSyntaxes.isEmpty()) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " has no transfer syntax");
        }
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " has no role");
        }
    }

    /** The node as provider. */
    public TransferCapability(String sopClassUid, List<String> transferSyntaxes) {
        this(sopClassUid, transferSyntaxes, Set.of(Role.PROVIDER));
    }
}
