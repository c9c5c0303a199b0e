package org.myonode.dicom.net;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.myonode.dicom.net.Pdu.AssociateAccept;
import org.myonode.dicom.net.Pdu.AssociateRequest;
import org.myonode.dicom.net.Pdu.AsynchronousOperations;
import org.myonode.dicom.net.Pdu.ContextResult;
import org.myonode.dicom.net.Pdu.ProposedContext;
import org.myonode.dicom.net.Pdu.RoleSelection;
import org.myonode.dicom.net.Pdu.UserIdentity;
import org.myonode.dicom.net.Pdu.UserIdentityResponse;
import org.myonode.dicom.net.Pdu.UserInformation;

/** The acceptor's answer to a request: contexts by our preference, and the user information we can promise. */
final class Negotiation {
    private final Map<String, TransferCapability> capabilities = new LinkedHashMap<>();
    private final int maxPdu;
    private final int maxOperations;

    Negotiation(List<TransferCapability> capabilities, int maxPdu, int maxOperations) {
        TransferCapabilities.withVerification(capabilities)
                .forEach(capability -> this.capabilities.put(capability.sopClassUid(), capability));
        this.maxPdu = maxPdu;
        this.maxOperations = maxOperations;
    }

    AssociateAccept answer(AssociateRequest request) {
        UserInformation offered = request.user();
        UserInformation own = UserInformation.of(maxPdu);
        UserInformation user = new UserInformation(
                own.maxLength(),
                own.implementationClassUid(),
                own.implementationVersionName(),
                offered.asynchronousOperations().map(this::limit),
                offered.roles().stream()
                        .filter(role -> capabilities.containsKey(role.sopClassUid()))
                        .map(this::grant)
                        .toList(),
                List.of(),
                Optional.empty(),
                offered.userIdentity()
                        .filter(Negotiation::wantsPlainAnswer)
                        .map(identity -> new UserIdentityResponse(new byte[0])));
        return new AssociateAccept(
                1,
                request.calledAeTitle(),
                request.callingAeTitle(),
                Pdu.APPLICATION_CONTEXT,
                request.contexts().stream()
                        .map(proposed -> decide(proposed, offered.roles()))
                        .toList(),
                user);
    }

    /**
     * What the requestor may invoke is what we perform at the same time, at most; we invoke one operation at a time, whatever
     * it could perform (PS3.7 section D.3.3.3).
     */
    private AsynchronousOperations limit(AsynchronousOperations offered) {
        return new AsynchronousOperations(smaller(offered.invoked(), maxOperations), 1);
    }

    /** What both ends can be told to allow; 0, which is no limit, is not for us. */
    static void requireOperations(int maxOperations) {
        if (maxOperations < 1 || maxOperations > 0xFFFF) {
            throw new IllegalArgumentException("maxOperations is " + maxOperations + ", not 1 to 65535");
        }
    }

    /** What we offer as a requestor: to invoke so many at once, to perform one at a time. */
    static Optional<AsynchronousOperations> offer(int operations) {
        return operations == 1 ? Optional.empty() : Optional.of(new AsynchronousOperations(operations, 1));
    }

    /** The size of the window in which the requestor may invoke operations: none offered or none answered is 1. */
    static int window(UserInformation request, UserInformation answer) {
        int offered = request.asynchronousOperations()
                .map(AsynchronousOperations::invoked)
                .orElse(1);
        int answered = answer.asynchronousOperations()
                .map(AsynchronousOperations::invoked)
                .orElse(1);
        return smaller(offered, answered);
    }

    /** Of two numbers of operations, where 0 is no limit. */
    private static int smaller(int one, int other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }

    /** The response to a user name is empty; to a ticket or assertion it would be a proof that we do not have. */
    private static boolean wantsPlainAnswer(UserIdentity identity) {
        return identity.responseRequested()
                && (identity.type() == UserIdentity.USER_NAME
                        || identity.type() == UserIdentity.USER_NAME_AND_PASSCODE);
    }

    /** A requestor may be user of what we provide, and provider of what we use. */
    private RoleSelection grant(RoleSelection asked) {
        Set<Role> own = required(asked.sopClassUid()).roles();
        return new RoleSelection(
                asked.sopClassUid(),
                asked.user() && own.contains(Role.PROVIDER),
                asked.provider() && own.contains(Role.USER));
    }

    private TransferCapability required(String sopClassUid) {
        TransferCapability capability = capabilities.get(sopClassUid);
        if (capability == null) {
            throw new IllegalArgumentException("SOP class " + sopClassUid + " is not among the capabilities");
        }
        return capability;
    }

    private ContextResult decide(ProposedContext proposed, List<RoleSelection> roles) {
        TransferCapability capability = capabilities.get(proposed.abstractSyntax());
        if (capability == null) {
            return refused(proposed, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED);
        }
        // Without role selection the requestor is the user (PS3.7 section D.3.3.4). Archives that report a storage
        // commitment often omit it although they are the provider: such a context is accepted all the same.
        boolean without = roles.stream()
                .filter(role -> role.sopClassUid().equals(proposed.abstractSyntax()))
                .map(this::grant)
                .anyMatch(granted -> !granted.user() && !granted.provider());
        if (without) {
            return refused(proposed, ContextResult.USER_REJECTION);
        }
        return capability.transferSyntaxes().stream()
                .filter(proposed.transferSyntaxes()::contains)
                .findFirst()
                .map(syntax -> new ContextResult(proposed.id(), ContextResult.ACCEPTANCE, syntax))
                .orElseGet(() -> refused(proposed, ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED));
    }

    /** The transfer syntax of a refused context means nothing, but the item must be there. */
    private static ContextResult refused(ProposedContext proposed, int result) {
        return new ContextResult(
                proposed.id(),
                result,
                proposed.transferSyntaxes().stream().findFirst().orElse(TransferSyntaxes.IMPLICIT_LE));
    }

    /** The contexts of a request that an answer accepts, by their number. */
    static Map<Integer, AcceptedContext> accepted(List<ProposedContext> proposed, AssociateAccept answer) {
        Map<Integer, String> sopClasses = new LinkedHashMap<>();
        proposed.forEach(context -> sopClasses.put(context.id(), context.abstractSyntax()));
        Map<Integer, AcceptedContext> accepted = new LinkedHashMap<>();
        for (ContextResult result : answer.contexts()) {
            String sopClass = sopClasses.get(result.id());
            if (result.result() == ContextResult.ACCEPTANCE && sopClass != null) {
                accepted.put(
                        result.id(),
                        new AcceptedContext(
                                result.id(), sopClass, result.transferSyntax(), requestorRoles(sopClass, answer)));
            }
        }
        return accepted;
    }

    private static Set<Role> requestorRoles(String sopClass, AssociateAccept answer) {
        return answer.user().roles().stream()
                .filter(role -> role.sopClassUid().equals(sopClass))
                .findFirst()
                .map(Negotiation::roles)
                .orElse(Set.of(Role.USER));
    }

    private static Set<Role> roles(RoleSelection granted) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (granted.user()) {
            roles.add(Role.USER);
        }
        if (granted.provider()) {
            roles.add(Role.PROVIDER);
        }
        return Set.copyOf(roles);
    }

    /** Role selection for every SOP class for which the requestor would be more, or other, than a user. */
    static List<RoleSelection> roleSelections(List<PresentationContext> contexts) {
        Map<String, Set<Role>> roles = new LinkedHashMap<>();
        for (PresentationContext context : contexts) {
            roles.computeIfAbsent(context.sopClassUid(), sopClass -> EnumSet.noneOf(Role.class))
                    .addAll(context.roles());
        }
        return roles.entrySet().stream()
                .filter(entry -> entry.getValue().contains(Role.PROVIDER))
                .map(entry -> new RoleSelection(entry.getKey(), entry.getValue().contains(Role.USER), true))
                .toList();
    }

    /** Numbers proposals 1, 3, 5 and so on. */
    static List<ProposedContext> numbered(List<PresentationContext> contexts) {
        if (contexts.isEmpty() || contexts.size() > 128) {
            throw new IllegalArgumentException(contexts.size() + " presentation contexts, not 1 to 128");
        }
        List<ProposedContext> numbered = new ArrayList<>();
        for (PresentationContext context : contexts) {
            numbered.add(
                    new ProposedContext(2 * numbered.size() + 1, context.sopClassUid(), context.transferSyntaxes()));
        }
        return numbered;
    }
}
