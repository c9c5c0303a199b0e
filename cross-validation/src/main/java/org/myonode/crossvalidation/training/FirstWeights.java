package org.myonode.crossvalidation.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.model.ModelPackage;
import org.myonode.workers.volume.HuSlice;

/** Where the first weights of a muscle network come from. */
public sealed interface FirstWeights {

    /** A task learnt here and now. */
    record Learnt(SourceTask task, long steps, List<HuSlice> unlabelled) implements FirstWeights {
        public Learnt {
            unlabelled = List.copyOf(unlabelled);
        }
    }

    /** A task that was learnt before. */
    record Ready(SourceTask task, Weights weights) implements FirstWeights {}

    /** A muscle model: all its weights. */
    record OfModel(ModelPackage model) implements FirstWeights {}

    /** A file that the site brings: {@code .npz}, or the folder of a SavedModel of this program. */
    record OfFile(Path file) implements FirstWeights {}

    /**
     * What was carried over.
     *
     * @param source name for the model card, such as {@code jigsaw}
     * @param words the same for people
     * @param tensors how many tensors
     * @param numbers how many numbers in them
     * @param of how many numbers the network has
     * @param layers names of the layers that were carried over whole
     */
    record Transfer(String source, String words, int tensors, long numbers, long of, List<String> layers) {}

    /** Nothing to carry over. */
    static FirstWeights random() {
        return new Learnt(SourceTask.NONE, 0, List.of());
    }

    /**
     * Puts the weights into a network.
     *
     * @param checkpoint for a source task that is learnt first; null for none
     * @throws IOException when a file holds nothing that fits
     */
    default Transfer into(Trainer trainer, long seed, @Nullable Path checkpoint, Clock clock, Progress progress)
            throws IOException {
        String name;
        String words;
        Weights weights;
        if (this instanceof Learnt learnt) {
            name = learnt.task().name().toLowerCase(java.util.Locale.ROOT);
            words = learnt.task().describe();
            weights = learnt.task().learn(learnt.unlabelled(), learnt.steps(), seed, checkpoint, clock, progress);
        } else if (this instanceof Ready ready) {
            name = ready.task().name().toLowerCase(java.util.Locale.ROOT);
            words = ready.task().describe();
            weights = ready.weights();
        } else if (this instanceof OfModel model) {
            name = "muscle-segmentation";
            words = "weights of " + model.model() + ", digest "
                    + model.model().sha256().substring(0, 12);
            weights = Trainer.weightsOf(model.model().savedModel());
        } else {
            Path file = ((OfFile) this).file();
            name = "imported";
            words = "weights imported from " + file.getFileName();
            weights = ImportedWeights.read(file, trainer.shapes());
        }
        List<String> taken = trainer.adopted(weights);
        if (taken.isEmpty() && !weights.tensors().isEmpty()) {
            throw new IOException(words + ": none of its " + weights.tensors().size() + " tensors fits the network");
        }
        Map<String, long[]> shapes = trainer.shapes();
        long numbers = taken.stream()
                .mapToLong(tensor -> size(shapes.getOrDefault(tensor, new long[0])))
                .sum();
        Map<String, Boolean> layers = new TreeMap<>();
        shapes.keySet()
                .forEach(tensor -> layers.merge(
                        tensor.substring(0, tensor.lastIndexOf('.')), taken.contains(tensor), Boolean::logicalAnd));
        List<String> whole = layers.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
        Transfer transfer = new Transfer(name, words, taken.size(), numbers, trainer.parameters(), whole);
        progress.note("first weights: " + words + "; " + taken.size() + " of " + shapes.size() + " tensors, " + numbers
                + " of " + trainer.parameters() + " numbers carried over");
        return transfer;
    }

    private static long size(long[] shape) {
        long size = 1;
        for (long one : shape) {
            size *= one;
        }
        return size;
    }
}
