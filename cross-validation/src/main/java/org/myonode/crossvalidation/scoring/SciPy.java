package org.myonode.crossvalidation.scoring;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.myonode.workers.volume.Mask;

/**
 * The same scores by NumPy and SciPy in a Python process (Debian: {@code python3-scipy}): an independent reference for
 * tests and the opponent of {@code myonode bench score}.
 */
public final class SciPy {

    private static final String SCRIPT = "/org/myonode/crossvalidation/scoring/scipy_scores.py";

    /** How the other side computes. */
    public enum Method {
        /** The definition of {@link MaskScores}. */
        EXACT,
        /** The usual recipe: outline pixels by erosion, distances by a Euclidean distance transform. */
        EDT
    }

    private SciPy() {}

    /** The versions of Python, NumPy and SciPy; empty text when they are not installed. */
    public static String version() throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            "python3",
                            "-c",
                            "import sys, numpy, scipy; print('Python', sys.version.split()[0], 'NumPy',"
                                    + " numpy.__version__, 'SciPy', scipy.__version__)")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? answer.strip() : "";
        } catch (IOException absent) {
            return "";
        }
    }

    /**
     * Scores the pairs.
     *
     * @param folder for files between the two, removed afterwards
     * @throws IOException when Python ends with an error, with what it said
     */
    public static MaskPairs.Timed score(MaskPairs masks, Method method, int processes, int warmUp, Path folder)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path script = folder.resolve("scipy_scores.py");
        Path file = folder.resolve("pairs.bin");
        Path errors = folder.resolve("errors.txt");
        try {
            try (InputStream in = SciPy.class.getResourceAsStream(SCRIPT)) {
                Files.copy(java.util.Objects.requireNonNull(in), script, StandardCopyOption.REPLACE_EXISTING);
            }
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                for (MaskPairs.Pair pair : masks.pairs()) {
                    write(out, pair.reference());
                    write(out, pair.test());
                }
            }
            Process process = new ProcessBuilder(
                            "python3",
                            script.toString(),
                            method.name().toLowerCase(java.util.Locale.ROOT),
                            file.toString(),
                            Integer.toString(masks.pairs().size()),
                            Integer.toString(masks.rows()),
                            Integer.toString(masks.columns()),
                            Double.toString(masks.rowMm()),
                            Double.toString(masks.columnMm()),
                            Integer.toString(processes),
                            Integer.toString(warmUp))
                    .redirectError(errors.toFile())
                    .start();
            List<String> lines;
            try (var reader = process.inputReader()) {
                lines = reader.lines().toList();
            }
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                throw new IOException("python3 with SciPy failed: " + Files.readString(errors));
            }
            List<double[]> scores = new ArrayList<>();
            for (String line : lines.subList(0, lines.size() - 1)) {
                String[] words = line.split(" ");
                double[] numbers = new double[words.length];
                for (int i = 0; i < words.length; i++) {
                    numbers[i] = words[i].equals("nan") ? Double.NaN : Double.parseDouble(words[i]);
                }
                scores.add(numbers);
            }
            String last = lines.get(lines.size() - 1);
            return new MaskPairs.Timed(scores, Double.parseDouble(last.substring("seconds ".length())));
        } finally {
            Files.deleteIfExists(script);
            Files.deleteIfExists(file);
            Files.deleteIfExists(errors);
        }
    }

    private static void write(OutputStream out, Mask mask) throws IOException {
        byte[] bits = new byte[(mask.pixels().length + 7) / 8];
        for (int i = 0; i < mask.pixels().length; i++) {
            if (mask.pixels()[i]) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        out.write(bits);
    }
}
