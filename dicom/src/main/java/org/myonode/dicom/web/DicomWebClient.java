package org.myonode.dicom.web;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.DicomJson;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.DimseStatus;

/**
 * DICOMweb as user agent: Store (STOW-RS, PS3.18 section 10.5) and Search (QIDO-RS, section 10.6). Files go from the disk
 * to the socket. An {@code https} address is verified by what the Java trust store trusts. Thread-safe.
 */
public final class DicomWebClient {
    /** An answer longer than this is none that we asked for. */
    private static final int LONGEST_ANSWER = 64 << 20;

    private final Service service;
    private final HttpClient http;

    /**
     * Where and how.
     *
     * @param base such as {@code https://pacs.example/dicom-web}; {@code /studies} is put behind it
     * @param authorization value of the header Authorization, such as {@code Bearer ...}
     * @param connectTimeout for the connection
     * @param responseTimeout for each answer, the time to send included
     */
    public record Service(URI base, Optional<String> authorization, Duration connectTimeout, Duration responseTimeout) {
        public Service {
            String text = base.toString();
            base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            String scheme = String.valueOf(base.getScheme());
            if (base.getHost() == null
                    || !(scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
                    || base.getRawQuery() != null
                    || base.getRawFragment() != null) {
                throw new IllegalArgumentException("not of the form http(s)://host[:port]/path: " + text);
            }
        }
    }

    /** Opens nothing yet: connections are made when they are needed. */
    public DicomWebClient(Service service) {
        this.service = service;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(service.connectTimeout())
                .build();
    }

    /** The base address. */
    public URI base() {
        return service.base();
    }

    /**
     * Stores a Part 10 file: what the answer says of it, in terms of C-STORE.
     *
     * @throws DicomWebException if the service cannot be reached or does not say what became of it
     * @throws IOException if the file cannot be read
     */
    public DimseStatus store(Path file) throws IOException {
        return store(Part10.readHeader(file).sopInstanceUid(), BodyPublishers.ofFile(file));
    }

    /** As above, from memory. */
    public DimseStatus store(DicomFile file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Part10.write(bytes, file);
        return store(file.sopInstanceUid(), BodyPublishers.ofByteArray(bytes.toByteArray()));
    }

    private DimseStatus store(String sopInstanceUid, BodyPublisher file) throws IOException {
        String boundary = UUID.randomUUID().toString();
        HttpRequest request = request("/studies")
                .header("Content-Type", "multipart/related; type=\"application/dicom\"; boundary=" + boundary)
                .POST(BodyPublishers.concat(
                        BodyPublishers.ofString("--" + boundary + "\r\nContent-Type: application/dicom\r\n\r\n"),
                        file,
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
                .build();
        HttpResponse<InputStream> response = send(request);
        int status = response.statusCode();
        byte[] body = body(response);
        if (status == 200 || status == 202 || status == 409 || status == 503) {
            Optional<DimseStatus> outcome = outcome(body, sopInstanceUid);
            if (outcome.isPresent()) {
                return outcome.get();
            }
            if (status == 200) {
                // "All instances stored" it says, by the number if not by the name.
                return DimseStatus.SUCCESS.with("not named in the answer");
            }
        }
        throw failed(status, body);
    }

    private static Optional<DimseStatus> outcome(byte[] body, String sopInstanceUid) {
        try {
            return DicomJson.read(new ByteArrayInputStream(body)).stream()
                    .findFirst()
                    .map(StoreOutcome::of)
                    .flatMap(outcome -> outcome.statusOf(sopInstanceUid));
        } catch (DicomException | IOException notJson) {
            return Optional.empty();
        }
    }

    /**
     * Search: the matches.
     *
     * @param resource such as {@code /instances} or {@code /studies/UID/instances}
     * @param query keys (keyword or tag) and what they must match, {@code includefield}, {@code limit}
     * @throws DicomWebException if the service cannot be reached or refuses
     */
    public List<DataSet> search(String resource, Map<String, String> query) throws IOException {
        String parameters = query.entrySet().stream()
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
        HttpResponse<InputStream> response = send(request(resource + (parameters.isEmpty() ? "" : "?" + parameters))
                .GET()
                .build());
        byte[] body = body(response);
        if (response.statusCode() == 204) {
            return List.of();
        }
        if (response.statusCode() != 200) {
            throw failed(response.statusCode(), body);
        }
        try {
            return DicomJson.read(new ByteArrayInputStream(body));
        } catch (DicomException e) {
            throw new DicomWebException(
                    service.base() + " answered a search with something else: " + e.getMessage(), e);
        }
    }

    /** Asks for this instance by Search; true when the service has it. */
    public boolean has(String studyUid, String sopInstanceUid) throws IOException {
        return search("/studies/" + studyUid + "/instances", Map.of("SOPInstanceUID", sopInstanceUid)).stream()
                .anyMatch(match -> match.text(Tag.SOPInstanceUID)
                        .filter(sopInstanceUid::equals)
                        .isPresent());
    }

    private HttpRequest.Builder request(String resource) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(service.base() + resource))
                .timeout(service.responseTimeout())
                .header("Accept", DicomJson.MEDIA_TYPE);
        service.authorization().ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + service.base() + " was asked");
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new DicomWebException(service.base() + " does not answer (" + reason + ")", e);
        }
    }

    private byte[] body(HttpResponse<InputStream> response) throws IOException {
        try (InputStream in = response.body()) {
            byte[] bytes = in.readNBytes(LONGEST_ANSWER + 1);
            if (bytes.length > LONGEST_ANSWER) {
                throw new DicomWebException(
                        service.base() + " answered with more than " + LONGEST_ANSWER + " bytes", null);
            }
            return bytes;
        } catch (DicomWebException e) {
            throw e;
        } catch (IOException e) {
            throw new DicomWebException(service.base() + " broke off its answer (" + e.getMessage() + ")", e);
        }
    }

    private DicomWebException failed(int status, byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}+", " ")
                .strip();
        return new DicomWebException(
                status, service.base() + " answered " + status + (text.isEmpty() ? "" : ": " + text));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
