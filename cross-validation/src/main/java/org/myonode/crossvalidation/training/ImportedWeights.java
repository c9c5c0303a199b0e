package org.myonode.crossvalidation.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Weights that a site brings, for example of a network that it trained on natural images: a NumPy {@code .npz} of arrays,
 * or a frozen SavedModel of this program.
 *
 * <h2>Names and shapes</h2>
 *
 * The way down of the U-Net asks for {@code downLx.w}, {@code .g} and {@code .b}, L from 0 (half resolution) to 4, x one
 * of a and b: a kernel of height, width, input channels, filters; a gain and a bias for each filter. {@code myonode train
 * --list-weights} prints all of them. An archive with other names is read through a JSON file beside it,
 * {@code NAME.names.json}, an object of our name to theirs. A kernel whose channels are those of three-colour images (the
 * first layer sees 2x2 neighbourhoods, so 12 of them) is brought to the channels here by the mean over the colours, as
 * Hounsfield units are no colour. A kernel without a gain gets the gain that keeps its own scale.
 *
 * <p>What has another shape is not taken and named in the log and the model card.
 */
final class ImportedWeights {

    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([^)]*)\\)");
    private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final int LARGEST_ARRAY = 1 << 28;
    private static final int COLOURS = 3;

    private ImportedWeights() {}

    /**
     * Reads a file.
     *
     * @param wanted what the network asks for: name to shape
     * @throws IOException when the file is neither, or an array in it cannot be read; the message names it
     */
    static Weights read(Path file, Map<String, long[]> wanted) throws IOException {
        if (Files.isDirectory(file)) {
            Path inside = file.resolve("saved_model");
            return Trainer.weightsOf(Files.isDirectory(inside) ? inside : file);
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " does not exist");
        }
        Map<String, Weights.Tensor> theirs = npz(file);
        Map<String, String> names = names(file, wanted.keySet());
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        wanted.forEach((name, shape) -> {
            Weights.Tensor tensor = theirs.get(names.getOrDefault(name, name));
            if (tensor != null) {
                tensors.put(name, fitted(tensor, shape));
            }
        });
        // Kernels are standardised here: a plain one keeps its scale when its gain is its own deviation.
        wanted.forEach((name, shape) -> {
            Weights.Tensor kernel = tensors.get(name.replaceFirst("\\.g$", ".w"));
            if (name.endsWith(".g") && !tensors.containsKey(name) && kernel != null && kernel.shape().length == 4) {
                tensors.put(name, new Weights.Tensor(shape, gains(kernel)));
            }
        });
        return new Weights(0, tensors);
    }

    private static Map<String, String> names(Path file, Iterable<String> wanted) throws IOException {
        Path beside =
                file.resolveSibling(String.valueOf(file.getFileName()).replaceFirst("\\.npz$", "") + ".names.json");
        Map<String, String> names = new TreeMap<>();
        if (Files.isRegularFile(beside)) {
            JsonNode json = new ObjectMapper().readTree(beside.toFile());
            for (String name : wanted) {
                if (json.path(name).isTextual()) {
                    names.put(name, json.path(name).asText());
                }
            }
        }
        return names;
    }

    /** Kernels over colours become kernels over windows. */
    private static Weights.Tensor fitted(Weights.Tensor tensor, long[] shape) {
        long[] from = tensor.shape();
        boolean colours = from.length == 4
                && shape.length == 4
                && from[0] == shape[0]
                && from[1] == shape[1]
                && from[3] == shape[3]
                && from[2] != shape[2]
                && from[2] % COLOURS == 0
                && shape[2] % (from[2] / COLOURS) == 0;
        if (!colours) {
            return tensor;
        }
        int places = (int) (from[2] / COLOURS);
        int channels = (int) (shape[2] / places);
        int filters = (int) shape[3];
        int taps = (int) (shape[0] * shape[1]);
        float[] values = new float[taps * places * channels * filters];
        for (int tap = 0; tap < taps; tap++) {
            for (int place = 0; place < places; place++) {
                for (int filter = 0; filter < filters; filter++) {
                    float sum = 0;
                    for (int colour = 0; colour < COLOURS; colour++) {
                        sum += tensor.values()[((tap * places + place) * COLOURS + colour) * filters + filter];
                    }
                    for (int channel = 0; channel < channels; channel++) {
                        values[((tap * places + place) * channels + channel) * filters + filter] = sum / channels;
                    }
                }
            }
        }
        return new Weights.Tensor(shape.clone(), values);
    }

    private static float[] gains(Weights.Tensor kernel) {
        int filters = (int) kernel.shape()[3];
        int fanIn = kernel.values().length / filters;
        float[] gains = new float[filters];
        for (int filter = 0; filter < filters; filter++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < fanIn; i++) {
                double value = kernel.values()[i * filters + filter];
                sum += value;
                squares += value * value;
            }
            double variance = Math.max(0, squares / fanIn - sum / fanIn * (sum / fanIn));
            gains[filter] = (float) Math.sqrt(variance * fanIn);
        }
        return gains;
    }

    private static Map<String, Weights.Tensor> npz(Path file) throws IOException {
        Map<String, Weights.Tensor> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (entry.getName().endsWith(".npy")) {
                    String name = entry.getName().substring(0, entry.getName().length() - 4);
                    byte[] bytes = zip.getInputStream(entry).readNBytes(LARGEST_ARRAY);
                    try {
                        arrays.put(name, npy(bytes));
                    } catch (IOException e) {
                        throw new IOException(file + ", array " + name + ": " + e.getMessage(), e);
                    }
                }
            }
        } catch (java.util.zip.ZipException e) {
            throw new IOException(file + " is no .npz archive: " + e.getMessage(), e);
        }
        if (arrays.isEmpty()) {
            throw new IOException(file + " holds no arrays");
        }
        return arrays;
    }

    /** One array in NumPy's format (NEP 1): little-endian floats, last dimension fastest. */
    private static Weights.Tensor npy(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (bytes.length < 10 || in.readUnsignedByte() != 0x93 || !"NUMPY".equals(ascii(in.readNBytes(5)))) {
            throw new IOException("not in NumPy's format");
        }
        int version = in.readUnsignedByte();
        in.readUnsignedByte();
        int length = version == 1
                ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                : Integer.reverseBytes(in.readInt());
        if (length < 0 || length > in.available()) {
            throw new IOException("header of " + length + " bytes in " + bytes.length);
        }
        String header = ascii(in.readNBytes(length));
        Matcher type = TYPE.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !shape.find() || header.contains("'fortran_order': True")) {
            throw new IOException("header " + header.strip() + " is not understood (C order is needed)");
        }
        int width = type.group(1).equals("<f4") ? 4 : type.group(1).equals("<f8") ? 8 : 0;
        if (width == 0) {
            throw new IOException("type " + type.group(1) + ", expected <f4 or <f8");
        }
        long[] sizes = java.util.Arrays.stream(shape.group(1).split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        long count = 1;
        for (long size : sizes) {
            count = Math.multiplyExact(count, size);
        }
        ByteBuffer data = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        if (data.remaining() != count * width) {
            throw new IOException("shape " + java.util.Arrays.toString(sizes) + " needs " + count * width
                    + " bytes, there are " + data.remaining());
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = width == 4 ? data.getFloat() : (float) data.getDouble();
        }
        return new Weights.Tensor(sizes, values);
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
