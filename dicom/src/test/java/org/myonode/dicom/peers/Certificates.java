package org.myonode.dicom.peers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.myonode.dicom.net.Tls;

/** A certification authority for tests: issues X.509 certificates (RFC 5280) on elliptic curve keys, as PEM files. */
public final class Certificates {
    private static final byte[] ECDSA_WITH_SHA256 = {0x30, 10, 6, 8, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2
    };
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final String name;
    private final KeyPair keys;
    private final Path folder;

    /** An authority of this name; its own certificate lies in {@code folder/NAME.pem}. */
    public Certificates(Path folder, String name) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.name = name;
        this.keys = newKeys();
        Instant now = Instant.now();
        Files.writeString(
                authority(), pem("CERTIFICATE", certificate(name, keys, now, now.plus(1, ChronoUnit.DAYS), true)));
    }

    /** The file that those who trust this authority need. */
    public Path authority() {
        return folder.resolve(name + ".pem");
    }

    /** The same as a store. */
    public Tls.Store trusted() {
        return new Tls.Store(authority(), "");
    }

    /** Key and certificate in one PEM file, valid now, for 127.0.0.1 and localhost. */
    public Tls.Store issue(String subject) throws IOException {
        Instant now = Instant.now();
        return issue(subject, now.minus(1, ChronoUnit.HOURS), now.plus(1, ChronoUnit.DAYS));
    }

    /** As {@link #issue(String)}, with other limits of validity; the host named is 127.0.0.1, or the subject if it has a dot. */
    public Tls.Store issue(String subject, Instant from, Instant to) throws IOException {
        KeyPair own = newKeys();
        Path file = folder.resolve(subject + ".pem");
        String key = pem("PRIVATE KEY", own.getPrivate().getEncoded());
        String certificate = pem("CERTIFICATE", certificate(subject, own, from, to, false));
        Files.writeString(file, key + certificate);
        Files.writeString(folder.resolve(subject + ".key"), key);
        Files.writeString(folder.resolve(subject + ".crt"), certificate);
        return new Tls.Store(file, "");
    }

    /** The key alone, for programs that want it so. */
    public Path key(String subject) {
        return folder.resolve(subject + ".key");
    }

    /** The certificate alone. */
    public Path certificate(String subject) {
        return folder.resolve(subject + ".crt");
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] certificate(String subject, KeyPair own, Instant from, Instant to, boolean isAuthority) {
        byte[] version = der(0xA0, der(2, new byte[] {2}));
        byte[] serial = der(2, new BigInteger(63, new SecureRandom()).toByteArray());
        byte[] validity = der(0x30, join(time(from), time(to)));
        byte[] extensions = der(0xA3, der(0x30, isAuthority ? authorityExtension() : hosts(subject)));
        byte[] body = der(
                0x30,
                join(
                        version,
                        serial,
                        ECDSA_WITH_SHA256,
                        distinguishedName(name),
                        validity,
                        distinguishedName(subject),
                        own.getPublic().getEncoded(),
                        extensions));
        byte[] signature = sign(body, keys.getPrivate());
        byte[] encoded = der(0x30, join(body, ECDSA_WITH_SHA256, der(3, join(new byte[] {0}, signature))));
        try {
            return ((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(encoded)))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(byte[] body, PrivateKey key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(body);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Basic constraints, critical: an authority. */
    private static byte[] authorityExtension() {
        return der(0x30, join(new byte[] {6, 3, 0x55, 0x1D, 0x13, 1, 1, (byte) 0xFF}, der(4, der(0x30, new byte[] {
            1, 1, (byte) 0xFF
        }))));
    }

    /** Subject alternative names. */
    private static byte[] hosts(String subject) {
        byte[] names = subject.contains(".")
                ? der(0x82, subject.getBytes(StandardCharsets.US_ASCII))
                : join(
                        der(0x87, new byte[] {127, 0, 0, 1}),
                        der(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)));
        return der(0x30, join(new byte[] {6, 3, 0x55, 0x1D, 0x11}, der(4, der(0x30, names))));
    }

    /** One relative name: the common name. */
    private static byte[] distinguishedName(String commonName) {
        byte[] attribute = join(new byte[] {6, 3, 0x55, 4, 3}, der(0x0C, commonName.getBytes(StandardCharsets.UTF_8)));
        return der(0x30, der(0x31, der(0x30, attribute)));
    }

    private static byte[] time(Instant instant) {
        return der(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >>> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (byte[] part : parts) {
                out.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String pem(String type, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }
}
