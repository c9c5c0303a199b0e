"""The U-Net of UNet.java in PyTorch, written independently of it: the opponent of bench train and bench infer.

Usage: torch_unet.py train|infer|version FOLDER THREADS WARM_UP ROUNDS [LEARNING_RATE]

FOLDER holds network.json (what Java trained or served), weights.bin, inputs.bin and targets.bin: float32, little-endian,
channel last, one tensor after another. Both memory formats of PyTorch are timed and every way it offers to serve; Java
compares itself with the fastest. Prints "run NAME SECONDS..." for each, "loss VALUE..." or writes outputs.bin, and
"memory MIB", the most that was ever resident.
"""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


class Conv(torch.nn.Module):
    """3x3 or 1x1 with standardised weights, zero padding, bias."""

    def __init__(self, kernel, gain, bias, relu):
        super().__init__()
        self.raw, self.gain, self.bias = (torch.nn.Parameter(t) for t in (kernel, gain, bias))
        self.relu = relu

    def kernel(self):
        centred = self.raw - self.raw.mean((1, 2, 3), keepdim=True)
        variance = (centred * centred).mean((1, 2, 3), keepdim=True)
        count = self.raw[0].numel()
        return centred * (torch.rsqrt(variance * count + 1e-4) * self.gain[:, None, None, None])

    def forward(self, x):
        y = F.conv2d(x, self.kernel(), self.bias, padding=self.raw.shape[2] // 2)
        return F.relu(y) if self.relu else y

    def plain(self):
        """The same with the kernel worked out once, as it is served."""
        served = torch.nn.Conv2d(self.raw.shape[1], self.raw.shape[0], self.raw.shape[2], padding=self.raw.shape[2] // 2)
        served.weight, served.bias = torch.nn.Parameter(self.kernel().detach()), torch.nn.Parameter(self.bias.detach())
        return torch.nn.Sequential(served, torch.nn.ReLU()) if self.relu else served


class UNet(torch.nn.Module):
    def __init__(self, convs, levels):
        super().__init__()
        self.levels = levels
        self.convs = torch.nn.ModuleDict(convs)

    def forward(self, image):
        convs, x, skips = self.convs, F.pixel_unshuffle(image, 2), []
        for level in range(self.levels):
            x = F.max_pool2d(x, 2) if level else x
            x = convs[f"down{level}b"](convs[f"down{level}a"](x))
            skips.append(x)
        for level in reversed(range(self.levels - 1)):
            x = F.interpolate(convs[f"reduce{level}"](x), scale_factor=2.0, mode="nearest")
            x = torch.cat([x, skips[level]], 1)
            x = convs[f"up{level}b"](convs[f"up{level}a"](x))
        x = F.pixel_shuffle(convs["spread"](x), 2)
        return convs["logits"](convs["fine"](torch.cat([x, image], 1)))

    def served(self):
        return UNet({name: conv.plain() for name, conv in self.convs.items()}, self.levels).eval()


def peak_memory_mib():
    # Not ru_maxrss: a process that is started has that of the one that starts it.
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return float("nan")


def tensors(folder):
    network = json.load(open(folder + "/network.json"))
    numbers = np.fromfile(folder + "/weights.bin", "<f4")
    found, at = {}, 0
    for name, shape in network["weights"]:
        size = int(np.prod(shape))
        found[name] = torch.from_numpy(numbers[at:at + size].reshape(shape).copy())
        at += size
    size, depth, classes, batch = (network[k] for k in ("size", "depth", "classes", "batch"))
    inputs = np.fromfile(folder + "/inputs.bin", "<f4").reshape(-1, batch, size, size, depth)
    targets = np.fromfile(folder + "/targets.bin", "<f4").reshape(-1, batch, size, size, classes)
    return network, found, inputs, targets


def network_of(found):
    """TensorFlow's kernels are height, width, in, out, and its blocks of pixels have the channel innermost."""
    convs = {}
    for name in sorted({n.rsplit(".", 1)[0] for n in found}):
        kernel = found[name + ".w"].permute(3, 2, 0, 1)
        gain, bias = found[name + ".g"], found[name + ".b"]
        if name == "down0a":
            depth = kernel.shape[1] // 4
            kernel = kernel[:, torch.arange(4 * depth).view(4, depth).T.reshape(-1)]
        if name == "spread":
            fine = kernel.shape[0] // 4
            order = torch.arange(4 * fine).view(4, fine).T.reshape(-1)
            kernel, gain, bias = kernel[order], gain[order], bias[order]
        convs[name] = Conv(kernel.contiguous().clone(), gain.clone(), bias.clone(), name != "logits")
    return UNet(convs, sum(name.startswith("down") for name in convs) // 2)


def loss_of(logits, target):
    log = F.log_softmax(logits, 1)
    entropy = -(target * log).sum(1).mean()
    p, t = log[:, 1].exp(), target[:, 1]
    dice = (2 * (p * t).sum() + 1) / ((p * p).sum() + (t * t).sum() + 1)
    return entropy + 1 - dice


def train(folder, warm_up, rounds, rate):
    _, found, inputs, targets = tensors(folder)
    for name, layout in (("channels-last", torch.channels_last), ("contiguous", torch.contiguous_format)):
        model = network_of(found).to(memory_format=layout)
        adam = torch.optim.Adam(model.parameters(), rate, betas=(0.9, 0.99), eps=1e-7)
        losses, seconds = [], []
        for step in range(warm_up + rounds):
            start = time.perf_counter()
            # As Java does it, a step begins with plain arrays of floats.
            x = torch.from_numpy(inputs[step % len(inputs)]).permute(0, 3, 1, 2).contiguous(memory_format=layout)
            t = torch.from_numpy(targets[step % len(inputs)]).permute(0, 3, 1, 2).contiguous(memory_format=layout)
            adam.zero_grad(set_to_none=True)
            loss = loss_of(model(x), t)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 3.0)
            adam.step()
            losses.append(loss.item())
            seconds.append(time.perf_counter() - start)
        print("run", name, *seconds[warm_up:])
    print("loss", *losses)


def infer(folder, warm_up, rounds):
    _, found, inputs, _ = tensors(folder)
    served = network_of(found).served()
    example = torch.from_numpy(inputs[0]).permute(0, 3, 1, 2)
    ways = {"eager, contiguous": (served, torch.contiguous_format)}
    last = network_of(found).served().to(memory_format=torch.channels_last)
    ways["eager, channels-last"] = (last, torch.channels_last)
    with torch.inference_mode():
        for name, (model, layout) in list(ways.items()):
            traced = torch.jit.trace(model, example.contiguous(memory_format=layout), check_trace=False)
            frozen = torch.jit.freeze(traced)
            ways[name.replace("eager", "frozen")] = (frozen, layout)
        try:
            traced = torch.jit.trace(served, example.contiguous(), check_trace=False)
            ways["optimised for inference"] = (torch.jit.optimize_for_inference(traced), torch.contiguous_format)
        except RuntimeError as unsupported:
            print("note optimize_for_inference:", str(unsupported).splitlines()[0])
        for name, (model, layout) in ways.items():
            seconds = []
            for turn in range(warm_up + rounds):
                start = time.perf_counter()
                x = torch.from_numpy(inputs[turn % len(inputs)]).permute(0, 3, 1, 2).contiguous(memory_format=layout)
                p = F.softmax(model(x), 1).permute(0, 2, 3, 1).contiguous().numpy()
                seconds.append(time.perf_counter() - start)
            print("run", name.replace(" ", "_"), *seconds[warm_up:])
        x = torch.from_numpy(inputs[0]).permute(0, 3, 1, 2)
        F.softmax(served(x), 1).permute(0, 2, 3, 1).contiguous().numpy().astype("<f4").tofile(folder + "/outputs.bin")


if __name__ == "__main__":
    if sys.argv[1] == "version":
        print("Python", sys.version.split()[0], "PyTorch", torch.__version__)
        sys.exit(0)
    torch.set_num_threads(int(sys.argv[3]))
    if sys.argv[1] == "train":
        train(sys.argv[2], int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6]))
    else:
        infer(sys.argv[2], int(sys.argv[4]), int(sys.argv[5]))
    print("memory", peak_memory_mib())
