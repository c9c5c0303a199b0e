package org.myonode.dicom.peers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.myonode.dicom.net.AeAddress;

/** Orthanc as a PACS of its own: free ports, storage in a given folder; needs the program {@code Orthanc}. */
public final class Orthanc implements AutoCloseable {
    public static final String AE_TITLE = "ORTHANC";

    private final Process process;
    private final int dicomPort;
    private final int httpPort;
    private final Path log;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Orthanc(Process process, int dicomPort, int httpPort, Path log) {
        this.process = process;
        this.dicomPort = dicomPort;
        this.httpPort = httpPort;
        this.log = log;
    }

    /** True if Orthanc is installed; the program of the package stands outside the PATH of a normal user. */
    public static boolean isInstalled() {
        return Peers.onPath("Orthanc");
    }

    /** The DICOMweb plugin of the package {@code orthanc-dicomweb}. */
    public static Optional<Path> dicomWebPlugin() {
        return Stream.of(
                        "/usr/share/orthanc/plugins/libOrthancDicomWeb.so",
                        "/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
    }

    /** Starts it with the DICOMweb service at {@code /dicom-web}. */
    public static Orthanc startWithDicomWeb(Path folder) throws IOException, InterruptedException {
        return startWithDicomWeb(folder, Map.of());
    }

    /** As above, with modalities. */
    public static Orthanc startWithDicomWeb(Path folder, Map<String, AeAddress> modalities)
            throws IOException, InterruptedException {
        return start(folder, modalities, dicomWebPlugin().stream().toList(), "");
    }

    /** Starts it without modalities. */
    public static Orthanc start(Path folder) throws IOException, InterruptedException {
        return start(folder, Map.of());
    }

    /**
     * Starts it.
     *
     * @param modalities AE titles and addresses that it may send to and answers, by symbolic name
     */
    public static Orthanc start(Path folder, Map<String, AeAddress> modalities)
            throws IOException, InterruptedException {
        return start(folder, modalities, List.of(), "");
    }

    /**
     * Starts it with TLS for every association in both directions, certificates on both sides.
     *
     * @param subject whose key and certificate of {@code authority} it shows; it takes no others than of this authority
     */
    public static Orthanc startSecure(
            Path folder, Map<String, AeAddress> modalities, Certificates authority, String subject)
            throws IOException, InterruptedException {
        return start(folder, modalities, List.of(), """
                  "DicomTlsEnabled": true,
                  "DicomTlsRemoteCertificateRequired": true,
                  "DicomTlsPrivateKey": "%s",
                  "DicomTlsCertificate": "%s",
                  "DicomTlsTrustedCertificates": "%s",
                """.formatted(
                        authority.key(subject), authority.certificate(subject), authority.authority()));
    }

    private static Orthanc start(Path folder, Map<String, AeAddress> modalities, List<Path> plugins, String tls)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int dicomPort = Peers.freePort();
        int httpPort = Peers.freePort();
        Path log = folder.resolve("orthanc.log");
        Path config = folder.resolve("orthanc.json");
        String known = modalities.entrySet().stream()
                .map(entry -> "\"%s\": {\"AET\": \"%s\", \"Host\": \"%s\", \"Port\": %d, \"UseDicomTls\": %b}"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().aeTitle(),
                                entry.getValue().host(),
                                entry.getValue().port(),
                                !tls.isEmpty()))
                .collect(Collectors.joining(", "));
        Files.writeString(config, """
                {
                  "Name": "test",
                  "StorageDirectory": "%s",
                  "IndexDirectory": "%s",
                  "Plugins": [%s],
                  "HttpServerEnabled": true,
                  "HttpPort": %d,
                  "RemoteAccessAllowed": true,
                  "AuthenticationEnabled": false,
                  "DicomServerEnabled": true,
                  "DicomAet": "%s",
                  "DicomPort": %d,
                  "DicomCheckCalledAet": true,
                  "DicomAlwaysAllowEcho": true,
                  "DicomAlwaysAllowStore": true,
                  "UnknownSopClassAccepted": true,
                %s\
                  "SaveJobs": false,
                  "DicomModalities": {%s}
                }
                """.formatted(
                        folder.resolve("storage"),
                        folder.resolve("index"),
                        plugins.stream().map(plugin -> "\"" + plugin + "\"").collect(Collectors.joining(", ")),
                        httpPort,
                        AE_TITLE,
                        dicomPort,
                        tls,
                        known));
        Path program = Peers.find("Orthanc").orElseThrow(() -> new IOException("Orthanc is not installed"));
        Process process = Peers.builder(List.of(program.toString(), config.toString()))
                .redirectOutput(log.toFile())
                .start();
        Peers.awaitPort(process, httpPort, log, Duration.ofSeconds(20));
        Peers.awaitPort(process, dicomPort, log, Duration.ofSeconds(20));
        return new Orthanc(process, dicomPort, httpPort, log);
    }

    public AeAddress address() {
        return new AeAddress(AE_TITLE, "127.0.0.1", dicomPort);
    }

    /** Base of the REST interface, ends without a slash. */
    public URI rest() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /** The body of a GET, which must succeed; {@code path} begins with a slash. */
    public String get(String path) throws IOException, InterruptedException {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    /** As {@link #get}, for files: {@code /instances/ID/file}. */
    public byte[] bytes(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(rest() + path)).GET().build());
    }

    /** The answer to a POST, which must succeed. */
    public String post(String path, String body) throws IOException, InterruptedException {
        return post(path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** As above, for files. */
    public String post(String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(rest() + path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return new String(send(request), StandardCharsets.UTF_8);
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(request.uri() + " answered " + response.statusCode() + "\n" + log());
        }
        return response.body();
    }

    /** What it printed. */
    public String log() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        Peers.stop(process);
    }
}
