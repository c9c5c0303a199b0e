package org.myonode.dicom.net;

import java.util.List;

/**
 * A SOP class that the node accepts as provider, with its transfer syntaxes, the preferred one first.
 *
 * @param sopClassUid the abstract syntax of a presentation context
 */
public record TransferCapability(String sopClassUid, List<String> transferSyntaxes) {
    public TransferCapability {
        transferSyntaxes = List.copyOf(transferSyntaxes);
        if (transferSyntaxes.isEmpty()) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " has no transfer syntax");
        }
    }
}
