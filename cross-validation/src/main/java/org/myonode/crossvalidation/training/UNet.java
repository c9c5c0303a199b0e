package org.myonode.crossvalidation.training;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A U-Net (Ronneberger, MICCAI 2015) whose finest level is thin: the first convolution works at half the resolution on
 * 2x2 neighbourhoods, and only a few filters refine the outline at full resolution. On a CPU that costs a third of a full
 * one; the outline between muscle and fat is decided by Hounsfield units anyhow.
 *
 * @param widths filters of each level from half resolution down
 * @param fine filters at full resolution
 * @param classes channels of the logits
 * @param separable whether the convolutions below the stem are depthwise ones, each followed by one of 1x1
 */
public record UNet(List<Integer> widths, int fine, int classes, boolean separable) implements Network {

    public UNet {
        widths = List.copyOf(widths);
    }

    /** With whole convolutions. */
    public UNet(List<Integer> widths, int fine, int classes) {
        this(widths, fine, classes, false);
    }

    /** The way down alone, which tasks of another kind share: the features of each level, finest first. */
    List<Operand<TFloat32>> encode(Layers layers, Operand<TFloat32> input) {
        Operand<TFloat32> x = layers.spaceToDepth(input);
        List<Operand<TFloat32>> features = new ArrayList<>();
        for (int level = 0; level < widths.size(); level++) {
            if (level > 0) {
                x = layers.maxPool(x, 2, 2);
            }
            // the stem's few channels have little to gain from being parted
            x = level == 0 ? layers.conv("down0a", x, widths.get(0)) : conv(layers, "down" + level + "a", x, level);
            x = conv(layers, "down" + level + "b", x, level);
            features.add(x);
        }
        return features;
    }

    @Override
    public Operand<TFloat32> build(Layers layers, Operand<TFloat32> input) {
        List<Operand<TFloat32>> skips = encode(layers, input);
        Operand<TFloat32> x = skips.get(skips.size() - 1);
        for (int level = widths.size() - 2; level >= 0; level--) {
            x = layers.conv("reduce" + level, x, widths.get(level), 1, 1, 1);
            x = layers.concat(layers.upsample(x, 2, 2), skips.get(level));
            x = conv(layers, "up" + level + "a", x, level);
            x = conv(layers, "up" + level + "b", x, level);
        }
        x = layers.conv("spread", x, fine * 4, 1, 1, 1);
        x = layers.tf().nn.depthToSpace(x, 2L);
        x = layers.conv("fine", layers.concat(x, input), fine);
        return layers.logits("logits", x, classes, 1, 1);
    }

    private Operand<TFloat32> conv(Layers layers, String name, Operand<TFloat32> x, int level) {
        return separable ? layers.separable(name, x, widths.get(level)) : layers.conv(name, x, widths.get(level));
    }
}
