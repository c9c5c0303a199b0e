package org.myonode.crossvalidation.training;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The way down of a {@link UNet} with a classifier on top that sees a grid of tiles, each as the mean of its deepest
 * features.
 *
 * @param net whose way down is used
 * @param tiles tiles along each side, an odd number
 * @param classes classes to tell apart
 */
record TileClassifier(UNet net, int tiles, int classes) implements Network {

    @Override
    public Operand<TFloat32> build(Layers layers, Operand<TFloat32> input) {
        List<Operand<TFloat32>> features = net.encode(layers, input);
        Operand<TFloat32> deepest = features.get(features.size() - 1);
        int height = (int) (deepest.shape().get(1) / tiles);
        int width = (int) (deepest.shape().get(2) / tiles);
        Operand<TFloat32> means = layers.avgPool(deepest, height, width);
        // Only the middle of the grid sees all tiles.
        Operand<TFloat32> all = layers.logits("classifier", means, classes, tiles, tiles);
        int middle = tiles / 2;
        Operand<TFloat32> one = layers.tf()
                .slice(
                        all,
                        layers.tf().constant(new int[] {0, middle, middle, 0}),
                        layers.tf().constant(new int[] {-1, 1, 1, -1}));
        return layers.tf().reshape(one, layers.tf().constant(new int[] {-1, classes}));
    }
}
