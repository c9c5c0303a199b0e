package org.myonode.dicom.net;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Associations over TLS by the BCP 195 profile (PS3.15 section B.12, RFC 9325): versions 1.3 and 1.2 and nothing older, for
 * 1.2 only suites with forward secrecy and authenticated encryption. Revocation is not checked. Thread-safe.
 */
public final class Tls {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /** RFC 8446 section 9.1 and RFC 9325 section 4.2. */
    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final Pattern PEM_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern PEM_CERTIFICATES =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

    /** What a peer says by an alert (RFC 8446 section 6.2) about us, in words for the person who has to mend it. */
    private static final Map<String, String> ALERTS = Map.ofEntries(
            Map.entry("certificate_required", "the peer wants a certificate from us, and we have none to show"),
            Map.entry("unknown_ca", "the peer does not know the authority that signed our certificate"),
            Map.entry("certificate_expired", "the peer says that our certificate has expired"),
            Map.entry("certificate_revoked", "the peer says that our certificate has been revoked"),
            Map.entry("bad_certificate", "the peer takes no such certificate, or misses one"),
            Map.entry("certificate_unknown", "the peer takes no such certificate"),
            Map.entry("unsupported_certificate", "the peer does not take certificates of the kind of ours"),
            Map.entry("access_denied", "the peer takes our certificate, and denies access all the same"),
            Map.entry("protocol_version", "the peer speaks neither TLS 1.3 nor 1.2"),
            Map.entry("insufficient_security", "no cipher suite that both sides allow"),
            Map.entry("handshake_failure", "no cipher suite that both sides allow, or the peer wants a certificate"),
            Map.entry("unrecognized_name", "the peer has no certificate for the host that we called"));

    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    private final SSLContext context;
    private final Optional<X509Certificate> own;
    private final boolean clientCertificateRequired;
    private final boolean hostNameVerified;

    private Tls(SSLContext context, Optional<X509Certificate> own, Settings settings) {
        this.context = context;
        this.own = own;
        this.clientCertificateRequired = settings.clientCertificateRequired();
        this.hostNameVerified = settings.hostNameVerified();
    }

    /**
     * A file with keys or certificates: PKCS #12, JKS, or PEM (certificates, and a key that is not encrypted).
     *
     * @param password of the store and of its key; not used for PEM
     */
    public record Store(Path file, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /**
     * What a site decides.
     *
     * @param identity our private key with its certificates; a listener must have one, on associations of ours it is what
     *     we show when asked
     * @param trusted certificates of authorities, or of peers; without it what the Java installation trusts
     * @param clientCertificateRequired whether a listener refuses peers without a trusted certificate (mutual
     *     authentication)
     * @param hostNameVerified whether the certificate of a peer that we call must name the host that we called
     */
    public record Settings(
            Optional<Store> identity,
            Optional<Store> trusted,
            boolean clientCertificateRequired,
            boolean hostNameVerified) {}

    /**
     * Reads the files.
     *
     * @throws IOException naming the file that cannot be used, and why
     */
    public static Tls load(Settings settings) throws IOException {
        try {
            KeyStore identity = settings.identity().isPresent()
                    ? identity(settings.identity().get())
                    : null;
            KeyManager @Nullable [] keys = identity == null
                    ? null
                    : keyManagers(identity, settings.identity().get());
            TrustManager @Nullable [] trust = settings.trusted().isPresent()
                    ? trustManagers(settings.trusted().get())
                    : null;
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return new Tls(context, identity == null ? Optional.empty() : certificate(identity), settings);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** True if a listener can use it. */
    public boolean hasIdentity() {
        return own.isPresent();
    }

    /** Why a handshake that we began failed. */
    String explain(IOException failure) {
        return isBreak(failure) ? reason(failure) + "; " + suspicion() : reason(failure);
    }

    /**
     * Our part in a connection that broke where certificates are looked at. With TLS 1.3 a peer refuses ours after our side
     * of the handshake, and its alert may be lost.
     */
    String suspicion() {
        return own.map(certificate -> {
                    Date now = new Date();
                    String subject = certificate.getSubjectX500Principal().getName();
                    String until = DateTimeFormatter.ISO_LOCAL_DATE.format(
                            certificate.getNotAfter().toInstant().atOffset(ZoneOffset.UTC));
                    return now.after(certificate.getNotAfter())
                            ? "our certificate " + subject + " has expired on " + until
                            : "does the peer take our certificate " + subject + ", valid until " + until + "?";
                })
                .orElse("does the peer want a certificate? we have none to show");
    }

    /** Speaks TLS as client on a connected socket. */
    Connection connect(Socket connected, String host, int port, Duration handshake) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true);
        SSLParameters parameters = profile(socket);
        if (hostNameVerified) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        return Connection.secure(connected, socket, handshake);
    }

    /** Speaks TLS as server on an accepted socket. */
    Connection accept(Socket accepted, Duration handshake) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, true);
        SSLParameters parameters = profile(socket);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNeedClientAuth(clientCertificateRequired);
        socket.setSSLParameters(parameters);
        socket.setUseClientMode(false);
        return Connection.secure(accepted, socket, handshake);
    }

    /** Why TLS failed, in words for the person who has to mend it. */
    static String reason(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return "the peer's certificate has expired, " + cause.getMessage();
            } else if (cause instanceof CertificateNotYetValidException) {
                return "the peer's certificate is not valid yet, " + cause.getMessage();
            } else if (cause instanceof CertPathBuilderException) {
                return "the peer's certificate is not trusted: our trusted certificates have none of who signed it";
            } else if (cause instanceof CertificateException && isAboutHost(String.valueOf(cause.getMessage()))) {
                return "the peer's certificate does not name the host that we called: " + cause.getMessage();
            }
        }
        String message = String.valueOf(failure.getMessage());
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            return ALERTS.getOrDefault(alert.group(1), "the peer ended TLS") + " (alert " + alert.group(1) + ")";
        } else if (message.contains("Unsupported or unrecognized SSL message")) {
            return "the peer does not speak TLS";
        } else if (message.contains("Empty client certificate chain")) {
            return "the peer showed no certificate";
        }
        return isBreak(failure) ? "the peer broke off, as one that speaks no TLS does: " + message : message;
    }

    private static boolean isBreak(IOException failure) {
        return failure instanceof SocketException || failure.getCause() instanceof EOFException;
    }

    private static boolean isAboutHost(String message) {
        return message.startsWith("No subject alternative") || message.startsWith("No name matching");
    }

    private static SSLParameters profile(SSLSocket socket) {
        SSLParameters parameters = socket.getSSLParameters();
        List<String> supported = Arrays.asList(socket.getSupportedCipherSuites());
        parameters.setProtocols(VERSIONS.clone());
        parameters.setCipherSuites(SUITES.stream().filter(supported::contains).toArray(String[]::new));
        return parameters;
    }

    private static KeyStore identity(Store store) throws IOException, GeneralSecurityException {
        KeyStore keys = read(store);
        if (certificate(keys).isEmpty()) {
            throw new IOException("key store " + store + " holds no private key with a certificate");
        }
        return keys;
    }

    /** The certificate of the first private key. */
    private static Optional<X509Certificate> certificate(KeyStore keys) throws GeneralSecurityException {
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate certificate) {
                return Optional.of(certificate);
            }
        }
        return Optional.empty();
    }

    private static KeyManager[] keyManagers(KeyStore keys, Store store) throws IOException, GeneralSecurityException {
        char[] password = store.password().toCharArray();
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        try {
            factory.init(keys, password);
        } catch (GeneralSecurityException e) {
            throw new IOException("the private key in " + store + " cannot be read: wrong password?", e);
        }
        return factory.getKeyManagers();
    }

    private static TrustManager[] trustManagers(Store store) throws IOException, GeneralSecurityException {
        KeyStore trusted = read(store);
        boolean hasCertificate = false;
        for (String alias : Collections.list(trusted.aliases())) {
            hasCertificate |= trusted.isCertificateEntry(alias);
        }
        if (!hasCertificate) {
            throw new IOException("trust store " + store + " holds no trusted certificate");
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private static KeyStore read(Store store) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(store.file());
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (text.contains("-----BEGIN ")) {
                return pem(store, text);
            }
            return KeyStore.getInstance(
                    new File(store.file().toString()), store.password().toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("store " + store + " is neither PKCS #12 nor JKS nor PEM: " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new IOException("store " + store + " cannot be read: there is no such file", e);
        } catch (IOException e) {
            throw new IOException("store " + store + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** With a key, the certificates are its chain; without, each is trusted. */
    private static KeyStore pem(Store store, String text) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<String> blocks = PEM_CERTIFICATES
                .matcher(text)
                .results()
                .map(found -> found.group())
                .toList();
        Certificate[] certificates = new Certificate[blocks.size()];
        for (int i = 0; i < certificates.length; i++) {
            certificates[i] = factory.generateCertificate(
                    new ByteArrayInputStream(blocks.get(i).getBytes(StandardCharsets.US_ASCII)));
        }
        Matcher key = PEM_KEY.matcher(text);
        if (key.find()) {
            if (certificates.length == 0) {
                throw new IOException("it holds a private key without a certificate");
            }
            byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
            keys.setKeyEntry(
                    "key",
                    privateKey(encoded, certificates[0].getPublicKey().getAlgorithm()),
                    store.password().toCharArray(),
                    certificates);
        } else if (text.contains("PRIVATE KEY-----")) {
            throw new IOException(
                    "its private key is encrypted or not in PKCS #8: openssl pkcs8 -topk8 -nocrypt converts it");
        } else {
            for (int i = 0; i < certificates.length; i++) {
                keys.setCertificateEntry("certificate-" + i, certificates[i]);
            }
        }
        return keys;
    }

    private static PrivateKey privateKey(byte[] encoded, String algorithm) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }
}
