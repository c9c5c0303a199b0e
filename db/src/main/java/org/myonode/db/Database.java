package org.myonode.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one PostgreSQL of this process: an external one by URL, otherwise embedded; one connection pool that everything
 * shares. The schema is brought up to date on opening.
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

    private final @Nullable EmbeddedServer server;
    private final HikariDataSource pool;
    private final String version;

    private Database(@Nullable EmbeddedServer server, HikariDataSource pool, String version) {
        this.server = server;
        this.pool = pool;
        this.version = version;
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
            return connect(null, url, config.user(), config.password(), config.poolSize(), clock);
        }
        EmbeddedServer server = EmbeddedServer.start(config.embeddedDirectory());
        try {
            return connect(server, server.jdbcUrl(), EMBEDDED_USER, null, config.poolSize(), clock);
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
            Clock clock) {
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
            Database database = new Database(server, pool, serverVersion(pool));
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
            Flyway.configure()
                    .dataSource(pool)
                    .locations(location)
                    .table(historyTable)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
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
        String where = server == null ? "external at " + withoutParameters(pool.getJdbcUrl()) : server.describe();
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
