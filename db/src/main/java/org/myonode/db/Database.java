package org.myonode.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one PostgreSQL of this process: an external one by URL, otherwise embedded; one connection pool that everything
 * shares. The schema is brought up to date on opening. Commands may work beside a node that keeps the embedded server.
 *
 * <p>The owner must close it: no shutdown hook is registered, because the receiver has to finish its stores first.
 *
 * <p>Thread-safe.
 */
public final class Database implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    /** More difference between the two clocks and heartbeats and retries no longer mean what they say. */
    static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofSeconds(1);

    private static final String EMBEDDED_USER = "postgres";
    private static final Duration BESIDE = Duration.ofSeconds(60);
    private static final Duration BESIDE_PAUSE = Duration.ofMillis(200);
    private static final int GUEST_POOL = 4;

    private final @Nullable EmbeddedServer server;
    private final HikariDataSource pool;
    private final String version;
    private final boolean guest;

    private Database(@Nullable EmbeddedServer server, HikariDataSource pool, String version, boolean guest) {
        this.server = server;
        this.pool = pool;
        this.version = version;
        this.guest = guest;
    }

    /**
     * Connects (starting the embedded server if there is no URL), compares clocks and migrates.
     *
     * @throws DatabaseException when it cannot be reached, its clock differs by more than a second, or it cannot be
     *     migrated
     */
    public static Database open(DatabaseConfig config, Clock clock) {
        String url = config.url();
        if (url != null) {
            return connect(null, url, config.user(), config.password(), config.poolSize(), clock, false);
        }
        return own(EmbeddedServer.start(config.embeddedDirectory()), config, clock);
    }

    /**
     * Opens for a command that works beside a node, which may be running: when a running process keeps the embedded
     * server, its server is used, otherwise one is started. The schema of a running process is not touched.
     *
     * @throws DatabaseException as {@link #open}, or when the running process is of a version with another schema
     */
    public static Database openBeside(DatabaseConfig config, Clock clock) {
        if (config.url() != null) {
            return open(config, clock);
        }
        long end = System.nanoTime() + BESIDE.toNanos();
        while (true) {
            Optional<EmbeddedServer> started = EmbeddedServer.startUnlessRunning(config.embeddedDirectory());
            if (started.isPresent()) {
                return own(started.get(), config, clock);
            }
            try {
                Optional<String> url = EmbeddedServer.runningUrl(config.embeddedDirectory());
                if (url.isPresent()) {
                    return connect(null, url.get(), EMBEDDED_USER, null, GUEST_POOL, clock, true);
                }
            } catch (IOException e) {
                throw new DatabaseException(
                        "the embedded PostgreSQL in " + config.embeddedDirectory()
                                + " is in use by a running process, and only its user can work beside it: " + e,
                        e);
            }
            if (System.nanoTime() > end) {
                throw new DatabaseException("the embedded PostgreSQL in " + config.embeddedDirectory()
                        + " is in use by a process that did not get it ready in " + BESIDE.toSeconds() + " s");
            }
            pause();
        }
    }

    /** The owner of the directory is just starting or stopping its server. */
    private static void pause() {
        try {
            Thread.sleep(BESIDE_PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("interrupted while waiting for the embedded PostgreSQL", e);
        }
    }

    private static Database own(EmbeddedServer server, DatabaseConfig config, Clock clock) {
        try {
            return connect(server, server.jdbcUrl(), EMBEDDED_USER, null, config.poolSize(), clock, false);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Database connect(
            @Nullable EmbeddedServer server,
            String url,
            @Nullable String user,
            @Nullable String password,
            int poolSize,
            Clock clock,
            boolean guest) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("myonode");
        hikari.setJdbcUrl(url);
        if (user != null) {
            hikari.setUsername(user);
        }
        if (password != null) {
            hikari.setPassword(password);
        }
        hikari.setMaximumPoolSize(poolSize);
        hikari.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
        hikari.addDataSourceProperty("ApplicationName", "myonode");
        hikari.addDataSourceProperty("tcpKeepAlive", "true");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(hikari);
        } catch (RuntimeException e) {
            throw new DatabaseException("no connection to " + withoutParameters(url) + ": " + e.getMessage(), e);
        }
        try {
            compareClocks(pool, clock);
            Database database = new Database(server, pool, serverVersion(pool), guest);
            database.migrate("classpath:org/myonode/db/migration", "schema_history_ledger");
            log.info("database ready: {}", database.describe());
            return database;
        } catch (SQLException e) {
            pool.close();
            throw new DatabaseException("cannot ask " + withoutParameters(url) + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static void compareClocks(DataSource source, Clock clock) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            Instant before = clock.instant();
            Instant there;
            try (ResultSet row = statement.executeQuery("select clock_timestamp()")) {
                row.next();
                there = row.getObject(1, OffsetDateTime.class).toInstant();
            }
            Instant after = clock.instant();
            // The database's time was taken somewhere between the two: only what lies outside counts.
            Duration difference = there.isBefore(before)
                    ? Duration.between(there, before)
                    : there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
            if (difference.compareTo(MAX_CLOCK_DIFFERENCE) > 0) {
                throw new DatabaseException("the database's clock says " + there + ", this machine's says " + after
                        + ": they may differ by " + MAX_CLOCK_DIFFERENCE.toMillis() + " ms at most");
            }
        }
    }

    private static String serverVersion(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    /**
     * Runs the migrations of one module, each module with a history of its own.
     *
     * @param location for instance {@code classpath:org/myonode/db/migration}
     * @param historyTable table that remembers what has run
     */
    public void migrate(String location, String historyTable) {
        try {
            Flyway flyway = Flyway.configure()
                    .dataSource(pool)
                    .locations(location)
                    .table(historyTable)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .failOnMissingLocations(true)
                    .load();
            if (!guest) {
                flyway.migrate();
            } else if (flyway.info().pending().length > 0) {
                throw new DatabaseException("the running node has an older schema than this program (" + location
                        + "): use the node's own program, or stop the node first");
            }
        } catch (FlywayException e) {
            throw new DatabaseException("the schema could not be migrated from " + location + ": " + e.getMessage(), e);
        }
    }

    /** The shared pool. Close connections soon; never close the pool. */
    public DataSource dataSource() {
        return pool;
    }

    /** One line for people: version, embedded or external, where. Never a password. */
    public String describe() {
        String where = server != null
                ? server.describe()
                : (guest ? "embedded, of the running node, at " : "external at ")
                        + withoutParameters(pool.getJdbcUrl());
        return "PostgreSQL " + version + " " + where;
    }

    // Parameters of a JDBC URL may hold a password.
    private static String withoutParameters(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    @Override
    public void close() {
        pool.close();
        if (server != null) {
            server.close();
        }
    }
}
