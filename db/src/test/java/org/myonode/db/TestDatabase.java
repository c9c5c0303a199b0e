package org.myonode.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A fresh database on a real PostgreSQL that is started once for the test run and stopped with it. The session's time
 * zone is deliberately far from the JVM's, so that a time stamp which depends on either is noticed.
 */
public final class TestDatabase implements AutoCloseable {

    private static final String TIME_ZONE = "Pacific/Chatham";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DatabaseConfig config;
    private final Database database;

    private TestDatabase(DatabaseConfig config) {
        this.config = config;
        this.database = Database.open(config, Clock.systemUTC());
    }

    public static TestDatabase create() {
        String name = "test" + NUMBER.incrementAndGet();
        Shared shared = Shared.INSTANCE;
        String url = shared.server.jdbcUrl(name);
        try (Connection connection = DriverManager.getConnection(shared.server.jdbcUrl(), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
            statement.execute("alter database " + name + " set timezone = '" + TIME_ZONE + "'");
        } catch (SQLException e) {
            throw new DatabaseException("no test database", e);
        }
        return new TestDatabase(new DatabaseConfig(url, "postgres", null, shared.directory, 10));
    }

    public Database database() {
        return database;
    }

    /** For a second {@link Database} on the same data, as another process would have. */
    public DatabaseConfig config() {
        return config;
    }

    @Override
    public void close() {
        database.close();
    }

    private static final class Shared {
        static final Shared INSTANCE = new Shared();

        final Path directory;
        final EmbeddedServer server;

        private Shared() {
            try {
                directory = Files.createTempDirectory("myonode-db-test");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server = EmbeddedServer.start(directory);
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "test-database-stop"));
        }

        private void stop() {
            server.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
