package org.myonode.dicom.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A presentation context as the requestor proposes it: one SOP class with the transfer syntaxes it could use, the
 * preferred one first. Its number is given when the association is opened.
 *
 * @param roles what the requestor wants to be for the SOP class; anything but user alone is negotiated by role selection
 */
public record PresentationContext(String sopClassUid, List<String> transferSyntaxes, Set<Role> roles) {
    public PresentationContext {
        transferSyntaxes = List.copyOf(transferSyntaxes);
        roles = Set.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " has no role");
        }
        if (transferSyntaxes.isEmpty()) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " has no transfer syntax");
        }
    }

    /** The requestor as user. */
    public PresentationContext(String sopClassUid, List<String> transferSyntaxes) {
        this(sopClassUid, transferSyntaxes, Set.of(Role.USER));
    }

    /** The same with other roles for the requestor. */
    public PresentationContext as(Role... wanted) {
        return new PresentationContext(sopClassUid, transferSyntaxes, Set.of(wanted));
    }

    /** What C-ECHO needs. */
    public static PresentationContext verification() {
        return new PresentationContext(TransferCapabilities.VERIFICATION, List.of(TransferSyntaxes.IMPLICIT_LE));
    }

    /**
     * What C-STORE needs for instances of one SOP class in these transfer syntaxes: one context with the two plain little
     * endian syntaxes, and one of its own for every other syntax, because the acceptor picks just one per context.
     * Implicit VR also has one of its own: where the acceptor prefers Explicit, such files need not be written anew.
     * RTSTRUCT is proposed in Implicit VR only: several planning systems misread it otherwise.
     */
    public static List<PresentationContext> storage(String sopClassUid, Collection<String> transferSyntaxes) {
        List<PresentationContext> contexts = new ArrayList<>();
        Set<String> wanted = new LinkedHashSet<>(transferSyntaxes);
        boolean transcodable = wanted.stream().anyMatch(TransferSyntaxes::isUncompressed);
        if (transcodable || wanted.isEmpty()) {
            contexts.add(new PresentationContext(
                    sopClassUid,
                    sopClassUid.equals(TransferCapabilities.RT_STRUCTURE_SET)
                            ? List.of(TransferSyntaxes.IMPLICIT_LE)
                            : List.of(TransferSyntaxes.EXPLICIT_LE, TransferSyntaxes.IMPLICIT_LE)));
        }
        if (!sopClassUid.equals(TransferCapabilities.RT_STRUCTURE_SET)) {
            wanted.remove(TransferSyntaxes.EXPLICIT_LE);
            wanted.forEach(syntax -> contexts.add(new PresentationContext(sopClassUid, List.of(syntax))));
        }
        return contexts;
    }

    /** The contexts that these Part 10 files need; reads only their file meta information. */
    public static List<PresentationContext> forFiles(Collection<Path> files) throws IOException {
        Map<String, Set<String>> syntaxesBySopClass = new LinkedHashMap<>();
        for (Path file : files) {
            Part10Header header = Part10Header.read(file);
            syntaxesBySopClass
                    .computeIfAbsent(header.sopClassUid(), sopClass -> new LinkedHashSet<>())
                    .add(header.transferSyntax());
        }
        List<PresentationContext> contexts = new ArrayList<>();
        syntaxesBySopClass.forEach((sopClass, syntaxes) -> contexts.addAll(storage(sopClass, syntaxes)));
        return contexts;
    }
}
