package org.myonode.db;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the ledger lives.
 *
 * @param url JDBC URL of an external PostgreSQL; null means the embedded one
 * @param user user of the external database, null when the URL or the server's defaults say it
 * @param password its password, never logged
 * @param embeddedDirectory home of the embedded server (binaries, data, log); unused with a URL
 * @param poolSize most connections held at once, shared by everything in this process
 */
public record DatabaseConfig(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        Path embeddedDirectory,
        int poolSize) {

    public DatabaseConfig {
        if (poolSize < 1) {
            throw new IllegalArgumentException("poolSize must be at least 1, not " + poolSize);
        }
    }

    /** The embedded server in a directory of its own, with a pool of ten. */
    public static DatabaseConfig embedded(Path directory) {
        return new DatabaseConfig(null, null, null, directory, 10);
    }

    @Override
    public String toString() {
        return url == null ? "DatabaseConfig[embedded in " + embeddedDirectory + "]" : "DatabaseConfig[external]";
    }
}
