package org.myonode.dicom.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.VR;

/**
 * The Storage Commitment Push Model SOP Class (PS3.4 annex J): a user asks by N-ACTION that instances be kept safely, the
 * provider says by N-EVENT-REPORT which of them it commits to. The report may come on the association of the request or,
 * later, on one that the provider opens, where the roles are reversed by role selection.
 */
public final class StorageCommitment {
    /** Storage Commitment Push Model SOP Class. */
    public static final String SOP_CLASS = "1.2.840.10008.1.20.1";

    /** The well-known instance (PS3.4 section J.3.5). */
    public static final String SOP_INSTANCE = "1.2.840.10008.1.20.1.1";

    private static final int REQUEST_COMMITMENT = 1;
    private static final int ALL_COMMITTED = 1;
    private static final int FAILURES_EXIST = 2;
    private static final List<String> TRANSFER_SYNTAXES =
            List.of(TransferSyntaxes.EXPLICIT_LE, TransferSyntaxes.IMPLICIT_LE);

    /** The values of Failure Reason that PS3.3 section C.14.1.1 lists for this SOP class. */
    private static final Map<Integer, String> FAILURE_REASONS = Map.of(
            0x0110, "processing failure",
            0x0112, "no such object instance",
            0x0119, "class-instance conflict",
            0x0122, "referenced SOP class not supported",
            0x0131, "duplicate transaction UID",
            0x0213, "resource limitation");

    private StorageCommitment() {}

    /** One instance that is to be kept. */
    public record Reference(String sopClassUid, String sopInstanceUid) {}

    /** An N-ACTION: please commit to these. */
    public record Request(String transactionUid, List<Reference> references) {
        public Request {
            references = List.copyOf(references);
        }
    }

    /**
     * An instance that the provider does not commit to.
     *
     * @param reason (0008,1197)
     */
    public record Failure(Reference reference, int reason) {
        /** For example {@code 0112 no such object instance}. */
        public String meaning() {
            return String.format(
                    Locale.ROOT, "%04X %s", reason, FAILURE_REASONS.getOrDefault(reason, "unknown reason"));
        }
    }

    /** An N-EVENT-REPORT: what the provider commits to, and what not. */
    public record Report(String transactionUid, List<Reference> committed, List<Failure> failed) {
        public Report {
            committed = List.copyOf(committed);
            failed = List.copyOf(failed);
        }
    }

    /** Takes reports; called from the thread of the association on which one comes. */
    @FunctionalInterface
    public interface ReportHandler {
        /** The answer to the provider: success, or 0112 if the transaction is none of ours. */
        DimseStatus reported(AssociationInfo association, Report report);
    }

    /** Takes requests, on the provider's side. */
    @FunctionalInterface
    public interface RequestHandler {
        /** Success if a report will follow; the report must not be sent before this has returned. */
        DimseStatus requested(AssociationInfo association, Request request);
    }

    /** The proposal of a user that wants to request commitment. */
    public static PresentationContext context() {
        return new PresentationContext(SOP_CLASS, TRANSFER_SYNTAXES);
    }

    /** The proposal of a provider that wants to report on an association of its own. */
    public static PresentationContext reportingContext() {
        return context().as(Role.PROVIDER);
    }

    /** Lets providers report on associations that they open. */
    public static TransferCapability userCapability() {
        return new TransferCapability(SOP_CLASS, TRANSFER_SYNTAXES, Set.of(Role.USER));
    }

    /** Lets users request commitment. */
    public static TransferCapability providerCapability() {
        return new TransferCapability(SOP_CLASS, TRANSFER_SYNTAXES);
    }

    /** Performs the reports that come in; any other operation is refused. */
    public static NormalizedHandler user(ReportHandler reports) {
        return (association, request) -> request.operation() == NormalizedRequest.Operation.EVENT_REPORT
                ? report(association, request, reports)
                : DimseStatus.UNRECOGNIZED_OPERATION;
    }

    /** Performs the requests that come in; any other operation is refused. */
    public static NormalizedHandler provider(RequestHandler requests) {
        return (association, request) -> request.operation() == NormalizedRequest.Operation.ACTION
                ? request(association, request, requests)
                : DimseStatus.UNRECOGNIZED_OPERATION;
    }

    /** The N-ACTION of a request (PS3.4 table J.3-1). */
    public static NormalizedRequest action(Request request) {
        DataSet information = new DataSet()
                .set(Tag.TransactionUID, request.transactionUid())
                .setItems(
                        Tag.ReferencedSOPSequence,
                        request.references().stream()
                                .map(StorageCommitment::item)
                                .toList());
        return new NormalizedRequest(
                NormalizedRequest.Operation.ACTION,
                SOP_CLASS,
                SOP_INSTANCE,
                REQUEST_COMMITMENT,
                Optional.of(information));
    }

    /** The N-EVENT-REPORT of a report (PS3.4 table J.3-2). */
    public static NormalizedRequest eventReport(Report report) {
        DataSet information = new DataSet().set(Tag.TransactionUID, report.transactionUid());
        if (!report.committed().isEmpty()) {
            information.setItems(
                    Tag.ReferencedSOPSequence,
                    report.committed().stream().map(StorageCommitment::item).toList());
        }
        if (!report.failed().isEmpty()) {
            information.setItems(
                    Tag.FailedSOPSequence,
                    report.failed().stream()
                            .map(failure -> item(failure.reference()).set(Tag.FailureReason, VR.US, failure.reason()))
                            .toList());
        }
        return new NormalizedRequest(
                NormalizedRequest.Operation.EVENT_REPORT,
                SOP_CLASS,
                SOP_INSTANCE,
                report.failed().isEmpty() ? ALL_COMMITTED : FAILURES_EXIST,
                Optional.of(information));
    }

    private static DimseStatus report(AssociationInfo association, NormalizedRequest event, ReportHandler reports) {
        Optional<DimseStatus> wrong = wrong(event, DimseStatus.NO_SUCH_EVENT_TYPE, ALL_COMMITTED, FAILURES_EXIST);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        DataSet information = event.information().orElseThrow();
        List<Failure> failed = new ArrayList<>();
        for (DataSet item : information.items(Tag.FailedSOPSequence)) {
            Optional<Reference> reference = reference(item);
            if (reference.isEmpty()) {
                return DimseStatus.INVALID_ARGUMENT_VALUE.with("Failed SOP Sequence: an item lacks a UID");
            }
            // a reason is required; without one, "processing failure" is the least that is meant
            failed.add(new Failure(
                    reference.get(), item.integer(Tag.FailureReason).orElse(DimseStatus.PROCESSING_FAILURE.code())));
        }
        List<Reference> committed = new ArrayList<>();
        for (DataSet item : information.items(Tag.ReferencedSOPSequence)) {
            Optional<Reference> reference = reference(item);
            if (reference.isEmpty()) {
                return DimseStatus.INVALID_ARGUMENT_VALUE.with("Referenced SOP Sequence: an item lacks a UID");
            }
            committed.add(reference.get());
        }
        return reports.reported(
                association, new Report(information.requireText(Tag.TransactionUID), committed, failed));
    }

    private static DimseStatus request(AssociationInfo association, NormalizedRequest action, RequestHandler requests) {
        Optional<DimseStatus> wrong = wrong(action, DimseStatus.NO_SUCH_ACTION_TYPE, REQUEST_COMMITMENT);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        DataSet information = action.information().orElseThrow();
        List<Optional<Reference>> references = information.items(Tag.ReferencedSOPSequence).stream()
                .map(StorageCommitment::reference)
                .toList();
        if (references.isEmpty() || references.stream().anyMatch(Optional::isEmpty)) {
            return DimseStatus.INVALID_ARGUMENT_VALUE.with("Referenced SOP Sequence lacks an item or a UID");
        }
        return requests.requested(
                association,
                new Request(
                        information.requireText(Tag.TransactionUID),
                        references.stream().flatMap(Optional::stream).toList()));
    }

    private static Optional<DimseStatus> wrong(NormalizedRequest request, DimseStatus unknownType, int... types) {
        if (!request.sopClassUid().equals(SOP_CLASS)) {
            return Optional.of(DimseStatus.NO_SUCH_SOP_CLASS);
        }
        if (!request.sopInstanceUid().equals(SOP_INSTANCE)) {
            return Optional.of(DimseStatus.NO_SUCH_SOP_INSTANCE);
        }
        for (int type : types) {
            if (request.typeId() == type) {
                return request.information()
                                .flatMap(information -> information.text(Tag.TransactionUID))
                                .isPresent()
                        ? Optional.empty()
                        : Optional.of(DimseStatus.INVALID_ARGUMENT_VALUE.with("no Transaction UID"));
            }
        }
        return Optional.of(unknownType);
    }

    private static DataSet item(Reference reference) {
        return new DataSet()
                .set(Tag.ReferencedSOPClassUID, reference.sopClassUid())
                .set(Tag.ReferencedSOPInstanceUID, reference.sopInstanceUid());
    }

    private static Optional<Reference> reference(DataSet item) {
        Optional<String> instance = item.text(Tag.ReferencedSOPInstanceUID);
        return instance.map(
                uid -> new Reference(item.text(Tag.ReferencedSOPClassUID).orElse(""), uid));
    }
}
