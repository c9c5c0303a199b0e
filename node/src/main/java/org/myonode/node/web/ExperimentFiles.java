package org.myonode.node.web;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.myonode.crossvalidation.report.Style;

/**
 * Reports of experiments and benchmarks, read only. A report gets a policy of its own: its one style sheet by digest and
 * the pictures written into it, no script. Names that could lead out of the folder are not found.
 */
final class ExperimentFiles {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
    private static final Pattern TITLE = Pattern.compile("<title>(.*?)</title>", Pattern.DOTALL);
    private static final Map<String, String> TYPES =
            Map.of("html", "text/html; charset=utf-8", "csv", "text/csv; charset=utf-8", "json", "application/json");
    private static final int HEAD = 4096;

    private final Optional<Path> folder;

    /** @param folder a folder for each experiment; need not exist */
    ExperimentFiles(Optional<Path> folder) {
        this.folder = folder;
    }

    /**
     * One report.
     *
     * @param id name of its folder
     * @param title of the report
     * @param written when
     */
    record Listed(String id, String title, Instant written) {}

    /** Whether there is a report to open. */
    boolean has(String id) {
        return folder.isPresent()
                && NAME.matcher(id).matches()
                && Files.isRegularFile(folder.get().resolve(id).resolve("report.html"), LinkOption.NOFOLLOW_LINKS);
    }

    /** Those with a report, the latest first. */
    List<Listed> list() {
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
            return List.of();
        }
        List<Listed> listed = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder.get())) {
            for (Path entry : entries.toList()) {
                String id = entry.getFileName().toString();
                if (has(id) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    listed.add(listed(entry, id));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listed.sort(Comparator.comparing(Listed::written).reversed().thenComparing(Listed::id));
        return listed;
    }

    private static Listed listed(Path entry, String id) throws IOException {
        Path report = entry.resolve("report.html");
        try (var in = Files.newInputStream(report)) {
            // The style sheet follows the title, so the title is near the beginning.
            Matcher matcher = TITLE.matcher(new String(in.readNBytes(HEAD), StandardCharsets.UTF_8));
            return new Listed(
                    id,
                    matcher.find() ? unescaped(matcher.group(1)) : id,
                    Files.getLastModifiedTime(report).toInstant());
        }
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    void file(Context context) {
        send(context, context.pathParam("id"), "");
    }

    void figure(Context context) {
        send(context, context.pathParam("id"), "figures");
    }

    private void send(Context context, String id, String below) {
        String name = context.pathParam("file");
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (folder.isEmpty()
                || type == null
                || !NAME.matcher(id).matches()
                || !NAME.matcher(name).matches()) {
            throw new NotFoundResponse("no such report");
        }
        Path home = folder.get().resolve(id);
        Path file = home.resolve(below).resolve(name);
        if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)
                || !Files.isDirectory(home.resolve(below), LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFoundResponse("no such report");
        }
        try {
            String content = Files.readString(file);
            context.header(
                    "Content-Security-Policy", Style.contentSecurityPolicyOf(content) + "; frame-ancestors 'none'");
            context.contentType(type).result(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
