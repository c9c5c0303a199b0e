package org.myonode.dicom.web;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomJson;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.AssociationInfo;
import org.myonode.dicom.net.DimseStatus;
import org.myonode.dicom.net.StoreHandler;
import org.myonode.dicom.net.StoreRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Store transaction of DICOMweb as origin server (STOW-RS, PS3.18 section 10.5), without the web server around it.
 *
 * <p>Each part of a {@code multipart/related} request goes from the socket through the {@link StoreHandler} that also
 * takes C-STORE, so stored means the same on both ways; neither request nor instance is ever in memory. A request is to
 * the handler what an association is: opened, some instances, closed.
 *
 * <p>A request may also bring metadata as DICOM JSON and bulk data in parts of their own, see {@link MetadataMessage}; the
 * XML form is not taken. Its instances are stored when all of it has come.
 *
 * <p>Status (table 10.5.3-1): 200 all stored; 202 some, or with warnings; 409 none; 503 none, but a later attempt may
 * succeed; 400 no multipart message, or cut off; 413 longer than allowed; 406 and 415 for media types. The body says for
 * each instance what DIMSE would have said.
 *
 * <p>Thread-safe.
 */
public final class StoreService {
    /** What the ledger shows as the sender: HTTP has no AE titles. */
    private static final String CALLING_AE_TITLE = "STOW-RS";

    private static final Logger log = LoggerFactory.getLogger(StoreService.class);

    private static final DimseStatus OTHER_STUDY =
            new DimseStatus(0xC002, "the instance does not belong to the study that the request names");

    private static final Pattern UID = Pattern.compile("[0-9]+(\\.[0-9]+)*");
    private static final int RETRY_AFTER_SECONDS = 10;
    /** Study Instance UID comes early: before it stand identification, patient and acquisition. */
    private static final int HEAD = 256 * 1024;

    private final StoreHandler store;
    private final String calledAeTitle;
    private final Limits limits;
    private final Path spool;
    private final Semaphore requests;
    // The listener counts its associations up from 1; these never meet them.
    private final AtomicLong lastId = new AtomicLong();

    /**
     * What a client may ask for.
     *
     * @param requestBytes length of a request
     * @param requests requests served at the same time
     */
    public record Limits(long requestBytes, int requests) {}

    /**
     * One request.
     *
     * @param studyUid the study of the target resource; absent when it is {@code /studies}
     * @param contentType header, empty when absent
     * @param accept header, empty when absent
     * @param contentLength when the client says it
     * @param remoteAddress numeric address of the client
     * @param userAgent header, empty when absent
     */
    public record Request(
            Optional<String> studyUid,
            String contentType,
            String accept,
            OptionalLong contentLength,
            InputStream body,
            String remoteAddress,
            String userAgent) {}

    /**
     * The answer.
     *
     * @param body DICOM JSON when the request was understood, otherwise one sentence
     * @param retryAfterSeconds for 503
     */
    public record Answer(int status, String contentType, String body, OptionalLong retryAfterSeconds) {
        static Answer refusal(int status, String reason) {
            return new Answer(status, "text/plain; charset=utf-8", reason + "\n", OptionalLong.empty());
        }

        Answer later() {
            return new Answer(status, contentType, body, OptionalLong.of(RETRY_AFTER_SECONDS));
        }
    }

    /**
     * Made once for a folder.
     *
     * @param spool folder for bulk data that comes apart from its metadata, only as long as its request lasts; made when
     *     needed, and what a process that was killed has left there is deleted now
     */
    public StoreService(StoreHandler store, String calledAeTitle, Limits limits, Path spool) {
        this.store = store;
        this.calledAeTitle = calledAeTitle;
        this.limits = limits;
        this.spool = spool;
        this.requests = new Semaphore(limits.requests());
        deleteLeftovers();
    }

    private void deleteLeftovers() {
        if (!Files.isDirectory(spool)) {
            return;
        }
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(spool, "bulk-*.tmp")) {
            for (Path file : leftovers) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.warn("leftovers in {} cannot be deleted: {}", spool, e.toString());
        }
    }

    /**
     * Stores what the request brings.
     *
     * @throws IOException if the connection breaks: nobody is there to be answered
     */
    public Answer store(Request request) throws IOException {
        if (request.studyUid().filter(uid -> !isUid(uid)).isPresent()) {
            return Answer.refusal(400, "the study of the target resource is not a UID");
        }
        if (!acceptsJson(request.accept())) {
            return Answer.refusal(406, "the answer is " + DicomJson.MEDIA_TYPE);
        }
        Optional<MediaType> type = MediaType.parse(request.contentType()).filter(StoreService::isSupported);
        if (type.isEmpty()) {
            return Answer.refusal(
                    415,
                    "stored is multipart/related with type=\"application/dicom\" or \"application/dicom+json\", or"
                            + " application/dicom");
        }
        if (request.contentLength().orElse(0) > limits.requestBytes()) {
            return tooLong();
        }
        if (!requests.tryAcquire()) {
            return Answer.refusal(503, "busy with " + limits.requests() + " other requests")
                    .later();
        }
        try {
            return serve(request, type.get());
        } finally {
            requests.release();
        }
    }

    private Answer serve(Request request, MediaType type) throws IOException {
        AssociationInfo session = new AssociationInfo(
                lastId.decrementAndGet(),
                CALLING_AE_TITLE,
                calledAeTitle,
                request.remoteAddress(),
                0,
                "",
                printable(request.userAgent()));
        StoreOutcome outcome = new StoreOutcome();
        boolean whole = false;
        store.associationOpened(session);
        try {
            Answer refusal = take(request, type, session, outcome);
            whole = refusal == null;
            return refusal == null ? answer(outcome) : refusal;
        } finally {
            store.associationClosed(session, !whole);
            log.info(
                    "stow={} from={} stored={} failed={}{} toolkit={}",
                    -session.id(),
                    session.remoteAddress(),
                    outcome.stored(),
                    outcome.failed(),
                    whole ? "" : " broken off",
                    session.implementationVersionName());
        }
    }

    /** Null when the request was read to its end. */
    private @Nullable Answer take(Request request, MediaType type, AssociationInfo session, StoreOutcome outcome)
            throws IOException {
        InputStream body = new LimitedStream(request.body(), limits.requestBytes());
        try {
            if (type.type().equals(MediaType.DICOM)) {
                instance(request, session, body, outcome);
                return null;
            }
            MultipartReader parts =
                    new MultipartReader(body, type.parameter("boundary").orElse(""));
            if (isMetadata(type)) {
                metadata(request, session, parts, outcome);
                return outcome.isEmpty() ? Answer.refusal(400, "the message has no metadata") : null;
            }
            for (var part = parts.next(); part.isPresent(); part = parts.next()) {
                if (part.get()
                        .mediaType()
                        .map(MediaType::type)
                        .orElse(MediaType.DICOM)
                        .equals(MediaType.DICOM)) {
                    instance(request, session, part.get().body(), outcome);
                } else {
                    outcome.otherFailure(DimseStatus.CANNOT_UNDERSTAND);
                }
            }
            return outcome.isEmpty() ? Answer.refusal(400, "the message has no part") : null;
        } catch (MultipartException e) {
            return Answer.refusal(400, String.valueOf(e.getMessage()));
        } catch (TooLongException e) {
            return tooLong();
        } catch (MetadataMessage.SpoolException e) {
            log.error("stow={} {}", -session.id(), e.getMessage());
            return Answer.refusal(503, "no room for bulk data").later();
        }
    }

    private void metadata(Request request, AssociationInfo session, MultipartReader parts, StoreOutcome outcome)
            throws IOException {
        try (MetadataMessage message = new MetadataMessage(spool)) {
            for (var part = parts.next(); part.isPresent(); part = parts.next()) {
                message.add(part.get());
            }
            for (MetadataMessage.Instance instance : message.instances()) {
                described(request, session, instance, outcome);
            }
        }
    }

    private void described(
            Request request, AssociationInfo session, MetadataMessage.Instance instance, StoreOutcome outcome)
            throws IOException {
        DataSet dataSet = instance.dataSet();
        String sopClass =
                dataSet.text(Tag.SOPClassUID).filter(StoreService::isUid).orElse("");
        String sopInstance =
                dataSet.text(Tag.SOPInstanceUID).filter(StoreService::isUid).orElse("");
        if (sopClass.isEmpty() || sopInstance.isEmpty()) {
            log.warn("stow={} metadata without SOP Class or SOP Instance UID", -session.id());
            outcome.otherFailure(DimseStatus.CANNOT_UNDERSTAND);
            return;
        }
        DimseStatus status;
        if (!instance.problem().isEmpty()) {
            status = DimseStatus.CANNOT_UNDERSTAND.with(instance.problem());
        } else if (request.studyUid().isPresent()
                && !dataSet.text(Tag.StudyInstanceUID).equals(request.studyUid())) {
            status = OTHER_STUDY;
        } else {
            status = encoded(
                    new StoreRequest(session, sopClass, sopInstance, instance.transferSyntax(), outcome.size() + 1),
                    dataSet);
        }
        if (!status.isSuccess()) {
            log.warn("stow={} instance={} status={}", -session.id(), sopInstance, status);
        }
        outcome.add(sopClass, sopInstance, status);
    }

    private DimseStatus encoded(StoreRequest request, DataSet dataSet) throws IOException {
        try (InputStream bytes =
                new BufferedInputStream(Part10.encodedDataSet(dataSet, request.transferSyntax()), 1 << 16)) {
            return store(request, bytes);
        } catch (DicomException e) {
            return DimseStatus.CANNOT_UNDERSTAND.with(String.valueOf(e.getMessage()));
        }
    }

    private void instance(Request request, AssociationInfo session, InputStream part, StoreOutcome outcome)
            throws IOException {
        String sopClass;
        String sopInstance;
        String syntax;
        InputStream dataSet;
        try {
            Part10.Opened file = Part10.open(part);
            sopClass = file.meta().requireText(Tag.MediaStorageSOPClassUID);
            sopInstance = file.meta().requireText(Tag.MediaStorageSOPInstanceUID);
            syntax = file.meta().requireText(Tag.TransferSyntaxUID);
            dataSet = new BufferedInputStream(file.dataSet(), 1 << 16);
            if (!isUid(sopClass) || !isUid(sopInstance) || !isUid(syntax)) {
                throw new DicomException("the file meta information has a UID that is none");
            }
        } catch (DicomException e) {
            log.warn("stow={} a part is no DICOM file: {}", -session.id(), e.getMessage());
            outcome.otherFailure(DimseStatus.CANNOT_UNDERSTAND);
            return;
        }
        DimseStatus status = isOfOtherStudy(request, syntax, dataSet)
                ? OTHER_STUDY
                : store(new StoreRequest(session, sopClass, sopInstance, syntax, outcome.size() + 1), dataSet);
        if (!status.isSuccess()) {
            log.warn("stow={} instance={} status={}", -session.id(), sopInstance, status);
        }
        outcome.add(sopClass, sopInstance, status);
    }

    private DimseStatus store(StoreRequest request, InputStream dataSet) throws IOException {
        try {
            return store.store(request, dataSet);
        } catch (RuntimeException e) {
            log.error(
                    "stow={} store handler failed instance={}",
                    -request.association().id(),
                    request.sopInstanceUid(),
                    e);
            return DimseStatus.PROCESSING_FAILURE;
        }
    }

    /** A data set without any study is left to the handler: it says what is wrong with it. */
    private static boolean isOfOtherStudy(Request request, String syntax, InputStream dataSet) throws IOException {
        if (request.studyUid().isEmpty()) {
            return false;
        }
        try {
            return Part10.peek(dataSet, syntax, Tag.StudyInstanceUID, HEAD)
                    .text(Tag.StudyInstanceUID)
                    .filter(uid -> !uid.equals(request.studyUid().get()))
                    .isPresent();
        } catch (DicomException unreadable) {
            // Before the study stands something that nobody can read: it cannot be of this study.
            return true;
        }
    }

    private static Answer answer(StoreOutcome outcome) {
        Answer answer = new Answer(
                outcome.httpStatus(), DicomJson.MEDIA_TYPE, DicomJson.write(outcome.toDataSet()), OptionalLong.empty());
        return answer.status() == 503 ? answer.later() : answer;
    }

    private Answer tooLong() {
        return Answer.refusal(413, "a request may have " + limits.requestBytes() + " bytes");
    }

    private static boolean isSupported(MediaType type) {
        return type.type().equals(MediaType.DICOM)
                || isMetadata(type)
                || (type.type().equals(MediaType.MULTIPART_RELATED)
                        && type.parameter("type").orElse(MediaType.DICOM).equalsIgnoreCase(MediaType.DICOM));
    }

    private static boolean isMetadata(MediaType type) {
        return type.type().equals(MediaType.MULTIPART_RELATED)
                && type.parameter("type")
                        .filter(DicomJson.MEDIA_TYPE::equalsIgnoreCase)
                        .isPresent();
    }

    private static boolean acceptsJson(String accept) {
        return accept.isBlank()
                || Arrays.stream(accept.toLowerCase(Locale.ROOT).split(","))
                        .map(range -> range.split(";")[0].strip())
                        .anyMatch(range -> range.equals("*/*")
                                || range.equals("application/*")
                                || range.equals("application/json")
                                || range.equals(DicomJson.MEDIA_TYPE));
    }

    static boolean isUid(String text) {
        return text.length() <= 64 && UID.matcher(text).matches();
    }

    private static String printable(String text) {
        String safe = text.replaceAll("[^ -~]", "?").strip();
        return safe.length() <= 64 ? safe : safe.substring(0, 64);
    }

    private static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Breaks when more comes than allowed. */
    private static final class LimitedStream extends FilterInputStream {
        private long left;

        LimitedStream(InputStream in, long limit) {
            super(in);
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw new TooLongException();
            }
            return count;
        }
    }
}
