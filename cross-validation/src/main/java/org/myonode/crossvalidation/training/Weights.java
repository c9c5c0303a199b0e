package org.myonode.crossvalidation.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named tensors of a network in the order in which the network asks for them, and the count of steps behind them.
 *
 * <p>The file holds, big-endian: the magic {@code MYOW}, the version 1, the step (64 bits), the number of tensors, then
 * for each its name, rank, dimensions and values.
 *
 * @param step training steps that led here
 * @param tensors name to tensor
 */
public record Weights(long step, Map<String, Tensor> tensors) {

    private static final int MAGIC = 0x4d594f57;

    /** Shape and values, the last dimension running fastest. */
    public record Tensor(long[] shape, float[] values) {}

    public Weights {
        tensors = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** How many numbers there are in all. */
    public long count() {
        return tensors.values().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();
    }

    /** Writes the file beside its final name and moves it there, so that a crash leaves the old one whole. */
    public void write(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary)))) {
            out.writeInt(MAGIC);
            out.writeInt(1);
            out.writeLong(step);
            out.writeInt(tensors.size());
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                Tensor tensor = entry.getValue();
                out.writeUTF(entry.getKey());
                out.writeInt(tensor.shape().length);
                for (long size : tensor.shape()) {
                    out.writeLong(size);
                }
                ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.values().length);
                bytes.asFloatBuffer().put(tensor.values());
                out.writeInt(tensor.values().length);
                out.write(bytes.array());
            }
        }
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads what {@link #write} wrote. */
    public static Weights read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            if (in.readInt() != MAGIC || in.readInt() != 1) {
                throw new IOException(file + " is no weights file");
            }
            long step = in.readLong();
            int count = in.readInt();
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (int t = 0; t < count; t++) {
                String name = in.readUTF();
                long[] shape = new long[in.readInt()];
                for (int i = 0; i < shape.length; i++) {
                    shape[i] = in.readLong();
                }
                float[] values = new float[in.readInt()];
                ByteBuffer.wrap(in.readNBytes(4 * values.length))
                        .asFloatBuffer()
                        .get(values);
                tensors.put(name, new Tensor(shape, values));
            }
            return new Weights(step, tensors);
        }
    }

    /** The tensors whose names begin with a prefix, without it. */
    Weights part(String prefix) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
            }
        });
        return new Weights(step, part);
    }

    /** Bit for bit the same names, shapes and values. */
    boolean sameAs(Weights other) {
        return tensors.keySet().equals(other.tensors.keySet())
                && tensors.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(
                                entry.getValue().values(),
                                java.util.Objects.requireNonNull(other.tensors.get(entry.getKey()))
                                        .values()));
    }
}
