package org.myonode.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import org.myonode.db.Database;
import org.myonode.db.DatabaseConfig;

/** One embedded PostgreSQL for the whole bench, with an empty database for each start of the receiver. */
final class BenchDatabase implements AutoCloseable {

    private static final String USER = "postgres";

    private final Database server;
    private final long postmaster;
    private int databases;

    private BenchDatabase(Database server, long postmaster) {
        this.server = server;
        this.postmaster = postmaster;
    }

    static BenchDatabase start(Path folder) throws IOException {
        Database server = Database.open(DatabaseConfig.embedded(folder), Clock.systemUTC());
        // PostgreSQL: the first line of postmaster.pid is its process ID
        String pid = Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0);
        return new BenchDatabase(server, Long.parseLong(pid.strip()));
    }

    long postmaster() {
        return postmaster;
    }

    /** Creates an empty database; returns its JDBC URL, user included. */
    String create() throws IOException {
        String name = "bench_" + ++databases;
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
            String url = connection.getMetaData().getURL();
            return url.substring(0, url.lastIndexOf('/') + 1) + name + "?user=" + USER;
        } catch (SQLException e) {
            throw new IOException("no database for the receiver: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
