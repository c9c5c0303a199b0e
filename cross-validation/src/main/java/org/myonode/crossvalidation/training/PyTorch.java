package org.myonode.crossvalidation.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The same network in PyTorch in a Python process (Debian: {@code python3-torch}), from the weights that are given it.
 *
 * @param python the interpreter that knows PyTorch
 * @param version of Python and PyTorch
 * @param threads how many PyTorch may use
 */
public record PyTorch(String python, String version, int threads) {

    private static final String SCRIPT = "/org/myonode/crossvalidation/training/torch_unet.py";
    private static final int LIMIT_MINUTES = 30;

    /** Debian's interpreter is asked after the one on the path, which may be another. */
    private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");

    /** What Python answers: times, losses or outputs, and its memory. */
    record Answer(
            List<NetworkSpeed.Timed> runs, double[] losses, float[] outputs, double memoryMib, List<String> notes) {}

    /** The first interpreter that knows PyTorch; empty when there is none. */
    public static Optional<PyTorch> find(int threads) throws IOException, InterruptedException {
        for (String python : INTERPRETERS) {
            try {
                Process process = new ProcessBuilder(
                                python,
                                "-c",
                                "import sys, torch, numpy; print('Python', sys.version.split()[0], 'PyTorch',"
                                        + " torch.__version__)")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                if (process.waitFor() == 0) {
                    return Optional.of(new PyTorch(python, answer, threads));
                }
            } catch (IOException absent) {
                continue;
            }
        }
        return Optional.empty();
    }

    /**
     * Runs the network.
     *
     * @param what {@code train} or {@code infer}
     * @param folder an empty one for files between the two, emptied afterwards
     * @throws IOException when Python ends with an error, with what it said
     */
    Answer run(
            String what,
            UNet network,
            Weights weights,
            List<Batch> batches,
            int warmUp,
            int rounds,
            double learningRate,
            Path folder)
            throws IOException, InterruptedException {
        Path script = folder.resolve("torch_unet.py");
        Path errors = folder.resolve("errors.txt");
        Path outputs = folder.resolve("outputs.bin");
        try {
            try (InputStream in = PyTorch.class.getResourceAsStream(SCRIPT)) {
                Files.copy(java.util.Objects.requireNonNull(in), script, StandardCopyOption.REPLACE_EXISTING);
            }
            describe(network, weights, batches.get(0), folder.resolve("network.json"));
            write(
                    folder.resolve("weights.bin"),
                    weights.tensors().values().stream()
                            .map(Weights.Tensor::values)
                            .toList());
            write(
                    folder.resolve("inputs.bin"),
                    batches.stream().map(Batch::inputs).toList());
            write(
                    folder.resolve("targets.bin"),
                    batches.stream().map(Batch::targets).toList());
            Process process = new ProcessBuilder(
                            python,
                            script.toString(),
                            what,
                            folder.toString(),
                            Integer.toString(threads),
                            Integer.toString(warmUp),
                            Integer.toString(rounds),
                            Double.toString(learningRate))
                    .redirectError(errors.toFile())
                    .start();
            List<String> lines;
            try (var reader = process.inputReader()) {
                lines = reader.lines().toList();
            }
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                throw new IOException(python + " with PyTorch failed: " + Files.readString(errors));
            }
            return answer(lines, Files.isRegularFile(outputs) ? floats(outputs) : new float[0]);
        } finally {
            for (String name : List.of("network.json", "weights.bin", "inputs.bin", "targets.bin")) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(script);
            Files.deleteIfExists(errors);
            Files.deleteIfExists(outputs);
        }
    }

    private Answer answer(List<String> lines, float[] outputs) {
        List<NetworkSpeed.Timed> runs = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        double[] losses = {};
        double memory = 0;
        for (String line : lines) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "run" ->
                    runs.add(new NetworkSpeed.Timed("PyTorch, " + words[1].replace('_', ' '), numbers(words, 2)));
                case "loss" -> losses = numbers(words, 1);
                case "memory" -> memory = Double.parseDouble(words[1]);
                default -> notes.add(line);
            }
        }
        return new Answer(runs, losses, outputs, memory, notes);
    }

    private static double[] numbers(String[] words, int from) {
        return Arrays.stream(words, from, words.length)
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static void describe(UNet network, Weights weights, Batch batch, Path file) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.put("size", MuscleTraining.SIZE);
        root.put("depth", MuscleTraining.WINDOWS.size());
        root.put("classes", network.classes());
        root.put("batch", batch.size());
        ArrayNode tensors = root.putArray("weights");
        weights.tensors().forEach((name, tensor) -> {
            ArrayNode shape = tensors.addArray().add(name).addArray();
            Arrays.stream(tensor.shape()).forEach(shape::add);
        });
        json.writeValue(file.toFile(), root);
    }

    private static void write(Path file, List<float[]> arrays) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (float[] array : arrays) {
                ByteBuffer bytes = ByteBuffer.allocate(4 * array.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(array);
                out.write(bytes.array());
            }
        }
    }

    private static float[] floats(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
