package org.myonode.workers.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A model as it is shipped: a folder with {@code model.json}, the model card, and {@code saved_model/}, the frozen
 * TensorFlow graph that is served. The card lists the SHA-256 of every other file, and loading verifies all of them:
 * a package that was cut short or tampered with is refused with the name of the file.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ModelPackage {

    /** The layout of {@code model.json} that this class reads. */
    public static final int SCHEMA = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final JsonNode card;
    private final String sha256;

    private ModelPackage(Path folder, JsonNode card, String sha256) {
        this.folder = folder;
        this.card = card;
        this.sha256 = sha256;
    }

    /**
     * Reads a package and verifies its files.
     *
     * @throws ModelException when the card is missing, is of another schema or lacks a field, or when a file is
     *     missing or differs from its digest; the message names the file
     */
    public static ModelPackage load(Path folder) {
        Path cardFile = folder.resolve("model.json");
        if (!Files.isRegularFile(cardFile)) {
            throw new ModelException(cardFile + " is missing: " + folder + " is no model package");
        }
        JsonNode card;
        try {
            card = JSON.readTree(cardFile.toFile());
        } catch (IOException e) {
            throw new ModelException(cardFile + " cannot be read: " + e.getMessage(), e);
        }
        if (card.path("schema").asInt(-1) != SCHEMA) {
            throw new ModelException(
                    cardFile + " has schema " + card.path("schema").asText("none") + ", expected " + SCHEMA);
        }
        for (String field : List.of("id", "version", "task", "input", "files")) {
            if (card.path(field).isMissingNode()) {
                throw new ModelException(cardFile + " lacks the field " + field);
            }
        }
        Iterator<Map.Entry<String, JsonNode>> files = card.get("files").fields();
        boolean served = false;
        while (files.hasNext()) {
            Map.Entry<String, JsonNode> file = files.next();
            verify(folder, file.getKey(), file.getValue().asText());
            served |= file.getKey().equals("saved_model/saved_model.pb");
        }
        if (!served) {
            throw new ModelException(cardFile + " lists no digest of saved_model/saved_model.pb");
        }
        return new ModelPackage(folder, card, digest(cardFile));
    }

    private static void verify(Path folder, String name, String expected) {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder.normalize())) {
            throw new ModelException(name + " lies outside the model package " + folder);
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelException(file + " is missing");
        }
        String found = digest(file);
        if (!found.equalsIgnoreCase(expected)) {
            throw new ModelException(file + " is not the file that the model card describes: SHA-256 " + found
                    + ", expected " + expected);
        }
    }

    /** SHA-256 of a file, in lower-case hexadecimal. */
    public static String digest(Path file) {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of()
                    .formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Where the package lies. */
    public Path folder() {
        return folder;
    }

    /** The folder of the frozen graph. */
    public Path savedModel() {
        return folder.resolve("saved_model");
    }

    /** What the model is called, the same for all its versions. */
    public String id() {
        return card.get("id").asText();
    }

    public String version() {
        return card.get("version").asText();
    }

    /** What the model does: {@code muscle-segmentation} or {@code l3-localisation}. */
    public String task() {
        return card.get("task").asText();
    }

    /** SHA-256 of the card, and with it of everything the card lists, in lower-case hexadecimal. */
    public String sha256() {
        return sha256;
    }

    /** The whole card. */
    public JsonNode card() {
        return card;
    }

    /**
     * Shape of one input without the batch: height, width, channels.
     *
     * @throws ModelException when the card says none
     */
    public int[] inputShape() {
        JsonNode shape = card.path("input").path("shape");
        List<Integer> sizes = new ArrayList<>();
        shape.forEach(size -> sizes.add(size.asInt()));
        if (sizes.isEmpty()) {
            throw new ModelException(folder.resolve("model.json") + " lacks the field input.shape");
        }
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Fails when the package is for another task. */
    public ModelPackage require(String task) {
        if (!task().equals(task)) {
            throw new ModelException(folder + " is a model for " + task() + ", expected one for " + task);
        }
        return this;
    }

    @Override
    public String toString() {
        return id() + " " + version();
    }
}
