"""Reference outputs of the networks, made by PyTorch, for crates/autochrome-net/tests/pytorch.rs.

    pip install torch==2.9.1 numpy
    python tools/reference/networks.py > crates/autochrome-net/tests/data/pytorch.json

Weights are a formula of their name and position, so that both sides build the same network without a weights file.
"""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def wave(name, count):
    phase = sum(name.encode()) % 97
    return np.sin(0.37 * np.arange(count, dtype=np.float64) + phase)


def fill(module, names):
    """Sets every tensor of `module` by the formula; `names` maps PyTorch's paths to ours."""
    with torch.no_grad():
        for path, tensor in module.state_dict().items():
            if path.endswith("num_batches_tracked"):
                continue
            name = names(path)
            values = wave(name, tensor.numel())
            last = name.rsplit(".", 1)[1]
            if last in ("gamma", "running_var"):
                values = 1.0 + 0.2 * values
            elif tensor.dim() == 4:
                values = values * math.sqrt(2.0 / (tensor.numel() / max(tensor.shape[0], tensor.shape[1])))
            else:
                values = 0.1 * values
            tensor.copy_(torch.from_numpy(values.astype(np.float32)).reshape(tensor.shape))


def picture(channels, height, width):
    n = channels * height * width
    return torch.from_numpy(np.sin(0.05 * np.arange(n, dtype=np.float64)).astype(np.float32)).reshape(1, channels, height, width)


def clicks(height, width):
    """Planes a, b and mask of hints on every 97th pixel."""
    n = height * width
    planes = picture(3, height, width).reshape(3, n)
    planes[2] = 1.0
    planes[:, torch.arange(n) % 97 != 0] = 0.0
    return planes.reshape(1, 3, height, width)


def norm_names(path):
    swap = {"weight": "gamma", "bias": "beta"}
    parts = path.split(".")
    if "norm" in parts[-2]:
        parts[-1] = swap.get(parts[-1], parts[-1])
    return ".".join(parts)


class Layer(nn.Module):
    def __init__(self, name, conv, norm):
        super().__init__()
        setattr(self, name, conv)
        self.norm = norm


class UNet(nn.Module):
    def __init__(self, width, levels, outputs):
        super().__init__()
        c = [width * min(2**i, 8) for i in range(levels)]
        last = levels - 1
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        for i in range(levels):
            normed = i not in (0, last)
            conv = nn.Conv2d(1 if i == 0 else c[i - 1], c[i], 4, 2, 1, bias=not normed)
            self.down.append(Layer("conv", conv, nn.BatchNorm2d(c[i]) if normed else None))
        for i in reversed(range(levels)):
            out = outputs if i == 0 else c[i - 1]
            deconv = nn.ConvTranspose2d(c[i] if i == last else 2 * c[i], out, 4, 2, 1, bias=i == 0)
            self.up.append(Layer("deconv", deconv, nn.BatchNorm2d(out) if i else None))

    def forward(self, x):
        skips = []
        for i, layer in enumerate(self.down):
            x = layer.conv(F.leaky_relu(x, 0.2) if i else x)
            x = layer.norm(x) if layer.norm else x
            skips.append(x)
        skips.pop()
        for layer in self.up:
            x = layer.deconv(F.relu(x))
            x = layer.norm(x) if layer.norm else x
            if skips:
                x = torch.cat([skips.pop(), x], 1)
        return torch.tanh(x)


class PatchGan(nn.Module):
    def __init__(self, width, layers, colours):
        super().__init__()
        c = [width * min(2**i, 8) for i in range(layers + 1)]
        self.blocks = nn.ModuleList([Layer("conv", nn.Conv2d(1 + colours, c[0], 4, 2, 1), None)])
        for i in range(1, layers + 1):
            stride = 2 if i < layers else 1
            self.blocks.append(Layer("conv", nn.Conv2d(c[i - 1], c[i], 4, stride, 1, bias=False), nn.BatchNorm2d(c[i])))
        self.judge = nn.Conv2d(c[layers], 1, 4, 1, 1)

    def forward(self, x):
        for layer in self.blocks:
            x = layer.conv(x)
            x = F.leaky_relu(layer.norm(x) if layer.norm else x, 0.2)
        return self.judge(x)


def same(x, kernel, stride):
    """TensorFlow's padding: the odd sample goes right and down."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


class ConvNorm(nn.Module):
    def __init__(self, i, o, kernel, stride, groups, epsilon):
        super().__init__()
        self.conv = nn.Conv2d(i, o, kernel, stride, 0, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(o, eps=epsilon)

    def forward(self, x):
        return self.norm(self.conv(same(x, self.conv.kernel_size[0], self.conv.stride[0])))


class Block(nn.Module):
    def __init__(self, i, o, expansion, kernel, stride):
        super().__init__()
        inner = i * expansion
        self.expand = ConvNorm(i, inner, 1, 1, 1, 1e-3) if expansion > 1 else None
        self.depthwise = ConvNorm(inner, inner, kernel, stride, inner, 1e-3)
        self.project = ConvNorm(inner, o, 1, 1, 1, 1e-3)
        self.residual = stride == 1 and i == o

    def forward(self, x):
        y = F.relu6(self.expand(x)) if self.expand else x
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class Encoder(nn.Module):
    STAGES = [(1, 3, 1, 1, 16), (6, 3, 2, 2, 24), (6, 5, 2, 2, 40), (6, 3, 2, 3, 80), (6, 5, 1, 3, 112), (6, 5, 2, 4, 192), (6, 3, 1, 1, 320)]

    def __init__(self):
        super().__init__()
        self.stem = ConvNorm(4, 32, 3, 2, 1, 1e-3)
        self.blocks = nn.ModuleList()
        i = 32
        for expansion, kernel, stride, repeats, o in self.STAGES:
            for r in range(repeats):
                self.blocks.append(Block(i, o, expansion, kernel, stride if r == 0 else 1))
                i = o

    def forward(self, x):
        x = F.relu6(self.stem(x))
        taps = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in (0, 2, 4, 10, 15):
                taps.append(x)
        return taps


class Cnr(ConvNorm):
    def __init__(self, i, o, kernel):
        super().__init__(i, o, kernel, 1, 1, 1e-5)

    def forward(self, x):
        return F.relu(super().forward(x))


class HintAttention(nn.Module):
    HEADS, KEY = 4, 32

    def __init__(self, channels):
        super().__init__()
        self.query = nn.Conv2d(channels, self.HEADS * self.KEY, 1)
        self.key = nn.Conv2d(channels, self.HEADS * self.KEY, 1)
        self.nothing = nn.Parameter(torch.zeros(self.HEADS))
        self.nearness = nn.Parameter(torch.zeros(self.HEADS))

    def forward(self, x, hints):
        n, _, h, w = x.shape
        split = lambda y: y.reshape(n, self.HEADS, self.KEY, h * w)
        ys, xs = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        places = torch.stack([ys.flatten(), xs.flatten()], 1).float()
        far = torch.cdist(places, places) ** 2
        scores = torch.einsum("nhkq,nhkj->nhqj", split(self.query(x)), split(self.key(x))) / math.sqrt(self.KEY)
        scores = scores - self.nearness.view(1, -1, 1, 1) * far + 60.0 * (hints[:, 2].reshape(n, 1, 1, h * w) - 1.0)
        nothing = self.nothing.view(1, -1, 1, 1).expand(n, -1, h * w, 1)
        shares = torch.cat([scores, nothing], 3).softmax(3)[..., :-1]
        found = torch.einsum("nhqj,ncj->nhcq", shares, hints.reshape(n, 3, h * w))
        return found.reshape(n, 3 * self.HEADS, h, w)


class ChromaNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.at_32 = Cnr(320, 256, 1)
        self.at_16 = Cnr(256 + 112 + 3, 192, 3)
        self.attention = HintAttention(192)
        self.at_8 = Cnr(192 + 12 + 40 + 3, 128, 3)
        self.at_4 = Cnr(128 + 24 + 3, 80, 3)
        self.at_4_deep = Cnr(80, 80, 3)
        self.classes = nn.Conv2d(80, 313, 1)
        self.narrow = Cnr(80, 24, 1)
        self.at_2 = Cnr(24 + 16 + 3, 24, 3)
        self.refine = nn.Conv2d(24, 2, 3, 1, 1)

    def forward(self, gray, hints):
        t2, t4, t8, t16, t32 = self.encoder(torch.cat([gray, hints], 1))
        up = lambda x: F.interpolate(x, scale_factor=2, mode="nearest")
        known = lambda sums: sums / (sums[:, 2:] + 1e-5)
        pool = lambda k: known(F.avg_pool2d(hints, k))
        x = self.at_32(t32)
        x = self.at_16(torch.cat([up(x), t16, pool(16)], 1))
        x = torch.cat([x, self.attention(x, pool(16))], 1)
        x = self.at_8(torch.cat([up(x), t8, pool(8)], 1))
        x = self.at_4(torch.cat([up(x), t4, pool(4)], 1))
        x = self.at_4_deep(x)
        logits = self.classes(x)
        x = self.at_2(torch.cat([up(self.narrow(x)), t2, pool(2)], 1))
        return logits, self.refine(x)


def thin(tensor, stride):
    return [round(float(v), 6) for v in tensor.detach().flatten()[::stride]]


def main():
    torch.manual_seed(0)
    out = {}
    unet = UNet(8, 5, 2)
    fill(unet, norm_names)
    unet.train()  # the statistics of the batch, as the paper answers
    out["unet"] = thin(unet(picture(1, 64, 32)), 7)
    gan = PatchGan(8, 3, 2)
    fill(gan, norm_names)
    gan.train()
    out["patch_gan"] = thin(gan(picture(3, 64, 64)), 1)
    net = ChromaNet()
    fill(net, norm_names)
    net.eval()
    logits, refinement = net(picture(1, 64, 96), clicks(64, 96))
    out["chroma_net_logits"] = thin(logits, 101)
    out["chroma_net_refinement"] = thin(refinement, 11)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
