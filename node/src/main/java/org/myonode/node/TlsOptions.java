package org.myonode.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.Tls;
import picocli.CommandLine.Option;

/**
 * TLS on the command line. Passwords of stores come from the environment alone, where other users of the machine cannot
 * read them.
 */
final class TlsOptions {

    @Option(names = "--tls", description = "speak TLS 1.3 or 1.2")
    private boolean tls;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description =
                    "trusted certificates as PEM, PKCS #12 or JKS (default: MYONODE_TLS_TRUST_STORE, or else what Java"
                            + " trusts; password in MYONODE_TLS_TRUST_STORE_PASSWORD)")
    private @Nullable Path trust;

    @Option(
            names = "--tls-identity",
            paramLabel = "FILE",
            description =
                    "own key and certificate, for a peer that asks for one (default: MYONODE_TLS_KEY_STORE; password in"
                            + " MYONODE_TLS_KEY_STORE_PASSWORD)")
    private @Nullable Path identity;

    @Option(names = "--tls-any-host", description = "take a certificate that does not name the host")
    private boolean anyHost;

    /** The same association, over TLS if that was asked for. */
    AssociationConfig apply(AssociationConfig plain) throws IOException {
        return load().map(plain::with).orElse(plain);
    }

    /** Empty when TLS was not asked for. */
    Optional<Tls> load() throws IOException {
        if (!tls) {
            if (trust != null || identity != null || anyHost) {
                throw new ConfigurationException("--tls-trust, --tls-identity and --tls-any-host go with --tls");
            }
            return Optional.empty();
        }
        Tls.Settings environment = NodeConfig.ofDefaults().tls().settings();
        return Optional.of(Tls.load(new Tls.Settings(
                store(identity, environment.identity(), "MYONODE_TLS_KEY_STORE_PASSWORD"),
                store(trust, environment.trusted(), "MYONODE_TLS_TRUST_STORE_PASSWORD"),
                true,
                environment.hostNameVerified() && !anyHost)));
    }

    private static Optional<Tls.Store> store(@Nullable Path file, Optional<Tls.Store> otherwise, String password) {
        return file == null
                ? otherwise
                : Optional.of(new Tls.Store(
                        file, Optional.ofNullable(System.getenv(password)).orElse("")));
    }
}
