package org.myonode.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as a child process: binaries from a jar, data in a directory of ours. The only class that knows
 * the embedding library, whose defaults are made for throw-away test databases. What is done about them:
 *
 * <ul>
 *   <li>fsync and synchronous commit are off by default: both are switched on, and asked for after the start.
 *   <li>Data below the library's working directory is deleted by a later start: refused.
 *   <li>After a hard kill of this process the postmaster lives on and blocks the next start: it is found by
 *       postmaster.pid, proved to be ours by its data directory, and stopped.
 *   <li>Another server could take the chosen port first and, with trust authentication, answer in its place: the
 *       data directory is asked back after the start.
 *   <li>PostgreSQL refuses to run as root: the library then runs it in a user namespace without capabilities, so
 *       every directory above the data must be open to a root that obeys permissions. Checked beforehand.
 * </ul>
 *
 * Authentication is {@code trust} on the loopback interface, no Unix sockets: every user of this machine is trusted.
 *
 * <p>Thread-safe once started.
 */
final class EmbeddedServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);

    private static final String DATABASE = "myonode";
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration ORPHAN_STOP = Duration.ofSeconds(30);
    private static final int PORT_TRIES = 3;

    // Lines of postmaster.pid, counted from 1.
    private static final int PORT_LINE = 4;
    private static final int STATUS_LINE = 8;

    /** Directories that this process holds the lock of. */
    private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

    private final Path data;
    private final Path directory;
    private final FileChannel lock;
    private final EmbeddedPostgres server;

    private EmbeddedServer(Path data, Path directory, FileChannel lock, EmbeddedPostgres server) {
        this.data = data;
        this.directory = directory;
        this.lock = lock;
        this.server = server;
    }

    /**
     * Starts the server, creating its data on the first start.
     *
     * @throws DatabaseException when another process uses the directory, or the server does not start
     */
    static EmbeddedServer start(Path home) {
        return startUnlessRunning(home)
                .orElseThrow(() -> new DatabaseException(
                        "the embedded PostgreSQL in " + home + " is in use by a running process"));
    }

    /**
     * As {@link #start}; empty when another process, or another part of this one, keeps a server on the directory.
     *
     * @throws DatabaseException when the server does not start
     */
    static Optional<EmbeddedServer> startUnlessRunning(Path home) {
        Path directory = null;
        FileChannel lock = null;
        try {
            directory = prepare(home);
            lock = lock(directory);
            if (lock == null) {
                return Optional.empty();
            }
            Path data = directory.resolve("data");
            stopOrphan(data);
            refuseOtherVersion(data);
            EmbeddedPostgres server = launch(directory, data);
            try {
                verify(server, data);
                createDatabase(server);
            } catch (SQLException | RuntimeException e) {
                server.close();
                throw e;
            }
            return Optional.of(new EmbeddedServer(data, directory, lock, server));
        } catch (IOException | SQLException | RuntimeException e) {
            release(directory, lock);
            if (e instanceof DatabaseException known) {
                throw known;
            }
            throw new DatabaseException(
                    "the embedded PostgreSQL in " + home + " did not start: " + e.getMessage() + " (its log: "
                            + home.resolve("postgresql.log") + "); an external one can be configured by database.url",
                    e);
        }
    }

    private static Path prepare(Path home) throws IOException {
        Files.createDirectories(home);
        Path directory = home.toRealPath();
        Path library = Path.of(
                System.getProperty("ot.epg.working-dir", System.getProperty("java.io.tmpdir") + "/embedded-pg"));
        if (directory.startsWith(library.toAbsolutePath().normalize())) {
            throw new DatabaseException(directory + " lies in the embedding library's own directory " + library
                    + ", which it clears: choose another place");
        }
        if (!Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            return directory;
        }
        if ("root".equals(System.getProperty("user.name"))) {
            if (!LinuxUtils.isUnshareAvailable()) {
                throw new DatabaseException("PostgreSQL refuses to run as root, and user namespaces, which would hide"
                        + " that, are not available here (usual in containers): run as a normal user or configure"
                        + " database.url");
            }
            refuseClosedParents(directory);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        return directory;
    }

    private static void refuseClosedParents(Path directory) throws IOException {
        for (Path path = directory; path != null; path = path.getParent()) {
            int owner = (Integer) Files.getAttribute(path, "unix:uid");
            boolean open = Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_EXECUTE);
            if (owner != 0 && !open) {
                throw new DatabaseException("as root the embedded PostgreSQL runs without root's privileges and cannot"
                        + " enter " + path + ", which belongs to another user: choose another directory, run as"
                        + " that user, or configure database.url");
            }
        }
    }

    /**
     * Address of the server that a running process keeps on this directory, for another process that works beside it.
     * PostgreSQL writes where it listens into {@code postmaster.pid}, which only the owner of the directory can read.
     *
     * @return empty when none runs, or it does not take connections yet
     */
    static Optional<String> runningUrl(Path home) throws IOException {
        Path pidFile = home.resolve("data").resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        boolean ready = lines.size() >= STATUS_LINE
                && lines.get(STATUS_LINE - 1).strip().equals("ready");
        return ready && postmasterOf(home.resolve("data").toRealPath(), lines).isPresent()
                ? Optional.of(jdbcUrl(Integer.parseInt(lines.get(PORT_LINE - 1).strip()), DATABASE))
                : Optional.empty();
    }

    /** Null when another has it. */
    private static @Nullable FileChannel lock(Path directory) throws IOException {
        // Closing a second channel on the file would give up the lock that this process holds by the first (POSIX).
        if (!OWNED.add(directory)) {
            return null;
        }
        FileChannel channel =
                FileChannel.open(directory.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() != null) {
            return channel;
        }
        OWNED.remove(directory);
        channel.close();
        return null;
    }

    private static void release(@Nullable Path directory, @Nullable FileChannel lock) {
        if (directory == null || lock == null) {
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("could not release the lock of the embedded PostgreSQL", e);
        } finally {
            OWNED.remove(directory);
        }
    }

    /**
     * Stops a postmaster that outlived its parent. The caller holds the directory's lock, so a postmaster that still
     * serves it has no living owner.
     */
    static void stopOrphan(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        Optional<ProcessHandle> orphan = postmasterOf(data, Files.readAllLines(pidFile));
        if (orphan.isEmpty()) {
            log.warn("{} is left over from a server that is gone; removed", pidFile);
            Files.deleteIfExists(pidFile);
            return;
        }
        ProcessHandle postmaster = orphan.get();
        log.warn("stopping the postmaster {} that outlived its node", postmaster.pid());
        // SIGINT is PostgreSQL's fast shutdown; Java can only send SIGTERM (waits for clients) and SIGKILL.
        new ProcessBuilder("sh", "-c", "kill -INT " + postmaster.pid()).start();
        try {
            postmaster.onExit().get(ORPHAN_STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("the postmaster {} did not stop in {}; killed", postmaster.pid(), ORPHAN_STOP, e);
            postmaster.destroyForcibly();
            postmaster
                    .onExit()
                    .orTimeout(ORPHAN_STOP.toSeconds(), TimeUnit.SECONDS)
                    .join();
            Files.deleteIfExists(pidFile);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stopping postmaster " + postmaster.pid(), e);
        }
    }

    /** The living process of a postmaster.pid, if it really is the postmaster of this data directory. */
    private static Optional<ProcessHandle> postmasterOf(Path data, List<String> pidFile) {
        try {
            ProcessHandle process = ProcessHandle.of(
                            Long.parseLong(pidFile.get(0).strip()))
                    .filter(ProcessHandle::isAlive)
                    .orElseThrow();
            // A postmaster makes its data directory the current one; process ids are reused, directories are not.
            Path workingDirectory = Path.of("/proc", Long.toString(process.pid()), "cwd");
            if (Files.exists(Path.of("/proc/self"))) {
                return Files.exists(workingDirectory) && Files.isSameFile(workingDirectory, data)
                        ? Optional.of(process)
                        : Optional.empty();
            }
            boolean named = process.info().commandLine().orElse("").contains(data.toString());
            return named ? Optional.of(process) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            log.debug("no living postmaster behind {}/postmaster.pid", data, e);
            return Optional.empty();
        }
    }

    private static void refuseOtherVersion(Path data) throws IOException {
        Path version = data.resolve("PG_VERSION");
        if (Files.exists(version) && !Files.readString(version).strip().equals("18")) {
            throw new DatabaseException(data + " was written by PostgreSQL "
                    + Files.readString(version).strip() + ", the embedded one is 18: dump and restore it first");
        }
    }

    private static EmbeddedPostgres launch(Path directory, Path data) throws IOException {
        IOException last = null;
        for (int i = 0; i < PORT_TRIES; i++) {
            try {
                var logFile = ProcessBuilder.Redirect.appendTo(
                        directory.resolve("postgresql.log").toFile());
                return EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(
                                directory.resolve("binaries").toFile())
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setRegisterShutdownHook(false)
                        .setPGStartupWait(STARTUP)
                        .setLocaleConfig("locale", "C")
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("listen_addresses", "localhost")
                        .setServerConfig("unix_socket_directories", "")
                        .setServerConfig("max_connections", "100")
                        .setOutputRedirector(logFile)
                        .setErrorRedirector(logFile)
                        .start();
            } catch (IOException e) {
                log.warn("start {} of the embedded PostgreSQL failed: {}", i + 1, e.getMessage());
                last = e;
            }
        }
        throw last == null ? new IOException("never tried") : last;
    }

    private static void verify(EmbeddedPostgres server, Path data) throws SQLException, IOException {
        Path served = Path.of(ask(server, "show data_directory"));
        if (!Files.exists(served, LinkOption.NOFOLLOW_LINKS) || !Files.isSameFile(served, data)) {
            throw new DatabaseException(
                    "port " + server.getPort() + " is answered by another PostgreSQL, serving " + served);
        }
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (!ask(server, "show " + setting).equals("on")) {
                throw new DatabaseException("the embedded PostgreSQL runs with " + setting + " off");
            }
        }
    }

    private static String ask(EmbeddedPostgres server, String question) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }

    private static void createDatabase(EmbeddedPostgres server) throws SQLException {
        if (ask(server, "select count(*) from pg_database where datname = '" + DATABASE + "'")
                .equals("0")) {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + DATABASE);
            }
        }
    }

    String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    String jdbcUrl(String database) {
        return jdbcUrl(server.getPort(), database);
    }

    private static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database;
    }

    String describe() {
        return "embedded on port " + server.getPort() + ", data in " + data;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            log.warn("the embedded PostgreSQL did not stop cleanly", e);
        } finally {
            release(directory, lock);
        }
    }
}
