#!/usr/bin/env python3
"""Trains the head that finds things in gray pictures, on the frozen encoder of a colour network.

usage: train.py --data LABELS --pictures TRAIN --model flagship.safetensors --out flagship.safetensors [--start] [--steps N]

LABELS is a folder with MANIFEST.tsv (picture, mask, source, split), classes.tsv and negatives.tsv; masks hold the index
of a class, 255 where nothing is known. What those lack stands in train_things.tsv beside this file: outlines in pictures of TRAIN,
drawn by hand. With --start the head of the model learns on instead of a new one. Needs PyTorch, NumPy and Pillow. Every picture is seen in a few crops, whose
features are computed once; the head then learns on these alone. The result is the model with the head in it.
docs/training/segmentation.md has the figures.
"""
import argparse
import json
import struct
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import nn

SIDE = 224
CELLS = SIDE // 8
WIDTH = 128
BLOCKS = 3
NORM_EPSILON = 1e-5

# What the head tells apart. Labels of other names count as unknown, but for MERGED.
CLASSES = """sky grass tree flower water mountain road wall skin hair lips top dress skirt trousers hat shoes bag tie
scarf hosiery car bus bicycle boat train aeroplane dog cat horse cow sheep bird animal chair table food other snow sand
floor curtain roof""".split()
MERGED = {"cloud": "sky"}
# What is drawn by hand; of what is not drawn in one of these pictures there is none.
DRAWN = "snow sand floor curtain roof".split()
# A label that says less than the classes do: one of these, whichever.
GROUPS = {
    "person": "skin hair lips top dress skirt trousers hat shoes bag tie scarf hosiery".split(),
    "animal": "dog cat horse cow sheep bird animal".split(),
}
# Pictures of crowds that their source left out: there, no label does not mean no person.
CROWDS = {f"coco/{n:05}" for n in (33, 42, 50, 66, 81, 83, 85, 116, 119, 123, 150, 155, 164, 165, 173, 175, 194)}


class Weights:
    """A safetensors file: its header and its tensors as they are stored."""

    def __init__(self, path):
        data = Path(path).read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        self.header = json.loads(data[8 : 8 + length])
        self.metadata = self.header.pop("__metadata__")
        self.blobs = {}
        for name, entry in self.header.items():
            start, end = entry.pop("data_offsets")
            self.blobs[name] = data[8 + length + start : 8 + length + end]

    def tensor(self, name):
        entry = self.header[name]
        values = np.frombuffer(self.blobs[name], {"F16": np.float16, "F32": np.float32}[entry["dtype"]])
        return torch.from_numpy(values.astype(np.float32).reshape(entry["shape"]))

    def set(self, name, tensor):
        values = tensor.detach().numpy().astype(np.float16)
        self.header[name] = {"dtype": "F16", "shape": list(values.shape)}
        self.blobs[name] = values.tobytes()

    def write(self, path):
        header, offset = {"__metadata__": self.metadata}, 0
        for name in sorted(self.header):
            end = offset + len(self.blobs[name])
            header[name] = {**self.header[name], "data_offsets": [offset, end]}
            offset = end
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        partial = Path(f"{path}.partial")
        partial.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(self.blobs[name] for name in sorted(self.blobs)))
        partial.rename(path)


def channels_last(tensor):
    """The layout that convolutions on a CPU are fastest in."""
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


class Encoder:
    """EfficientNet-Lite as in crates/autochrome-engine/src/networks/efficientnet.rs, batch norms folded."""

    STAGES = [(1, 3, 1, 1, 16), (6, 3, 2, 2, 24), (6, 5, 2, 2, 40), (6, 3, 2, 3, 80), (6, 5, 1, 3, 112), (6, 5, 2, 4, 192), (6, 3, 1, 1, 320)]
    TAPS = {1: 4, 2: 8, 4: 16, 6: 32}

    def __init__(self, weights):
        names = [name for name in weights.header if name.startswith("encoder.")]
        self.tensors = {name: channels_last(weights.tensor(name)) for name in names}
        self.blocks, index = [], 0
        for stage, (expansion, kernel, first, repeats, _) in enumerate(self.STAGES):
            # Lite2 is deeper, but for the first and the last stage.
            repeats = repeats if stage in (0, 6) else int(np.ceil(repeats * 1.2))
            for repeat in range(repeats):
                stride = first if repeat == 0 else 1
                self.blocks.append((index, expansion, kernel, stride, stage in self.TAPS and repeat + 1 == repeats))
                index += 1

    def taps(self):
        """The blocks whose results the head sees."""
        return [index for index, *_, tap in self.blocks if tap]

    def layer(self, path, x, kernel, stride, groups, activate):
        t = self.tensors
        scale = t[f"{path}.norm.gamma"] / (t[f"{path}.norm.running_var"] + 1e-3).sqrt()
        weight = t[f"{path}.conv.weight"] * scale[:, None, None, None]
        bias = t[f"{path}.norm.beta"] - scale * t[f"{path}.norm.running_mean"]
        total = kernel - stride
        x = F.conv2d(F.pad(x, [total // 2, total - total // 2] * 2), weight, bias, stride, groups=groups)
        return x.clamp(0, 6) if activate else x

    @torch.no_grad()
    def __call__(self, luma):
        """Features at 1/4, 1/8, 1/16 and 1/32 of L in 0..=100, [n, 1, h, w]."""
        x = torch.cat([luma / 50 - 1, torch.zeros(len(luma), 3, *luma.shape[2:])], 1)
        x = self.layer("encoder.stem", x, 3, 2, 1, True)
        taps = []
        for index, expansion, kernel, stride, tap in self.blocks:
            path, y = f"encoder.blocks.{index}", x
            if expansion > 1:
                y = self.layer(f"{path}.expand", y, 1, 1, 1, True)
            y = self.layer(f"{path}.depthwise", y, kernel, stride, y.shape[1], True)
            y = self.layer(f"{path}.project", y, 1, 1, 1, False)
            x = y + x if y.shape == x.shape and stride == 1 else y
            if tap:
                taps.append(x)
        return taps


class Norm(nn.BatchNorm2d):
    def __init__(self, channels):
        super().__init__(channels, eps=NORM_EPSILON, momentum=0.02)


class Layer(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1):
        super().__init__()
        self.pad = [(kernel - stride) // 2, (kernel - stride + 1) // 2] * 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm = Norm(outputs)

    def forward(self, x):
        return F.relu(self.norm(self.conv(F.pad(x, self.pad))))


class Head(nn.Module):
    """crates/autochrome-engine/src/graph/segmentation.rs"""

    def __init__(self, channels):
        super().__init__()
        self.finest = Layer(channels[0], channels[0], 3, 2, channels[0])
        self.enter = Layer(sum(channels), WIDTH)
        self.around = nn.ModuleList(Layer(WIDTH, WIDTH, 5, 1, WIDTH) for _ in range(BLOCKS))
        self.mix = nn.ModuleList(Layer(WIDTH, WIDTH) for _ in range(BLOCKS))
        self.classes = nn.Conv2d(WIDTH, len(CLASSES), 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, taps):
        up = lambda x, n: x.repeat_interleave(n, 2).repeat_interleave(n, 3)
        x = torch.cat([self.finest(taps[0]), taps[1], up(taps[2], 2), up(taps[3], 4)], 1)
        x = self.enter(self.drop(x) if self.training else x)
        for around, mix in zip(self.around, self.mix):
            x = x + mix(around(x))
        return self.classes(self.drop(x))

    def tensors(self):
        names = {"weight": "gamma", "bias": "beta", "running_mean": "running_mean", "running_var": "running_var"}
        result = {}
        for path, module in self.named_modules():
            if isinstance(module, Layer):
                result[f"{path}.conv.weight"] = module.conv.weight
                for ours, theirs in names.items():
                    result[f"{path}.norm.{theirs}"] = getattr(module.norm, ours)
        result["classes.weight"], result["classes.bias"] = self.classes.weight, self.classes.bias
        return result

    def learn_on(self, weights):
        """Takes the head of a model, which may know fewer classes."""
        with torch.no_grad():
            for name, tensor in self.tensors().items():
                known = weights.tensor(f"segmentation.{name}")
                tensor[: len(known)].copy_(known)

    @classmethod
    def of(cls, weights):
        """The head in a model."""
        head = cls([weights.header[f"encoder.blocks.{i}.project.conv.weight"]["shape"][0] for i in Encoder(weights).taps()])
        with torch.no_grad():
            for name, tensor in head.tensors().items():
                tensor.copy_(weights.tensor(f"segmentation.{name}"))
        return head.eval()


def luma_of(image):
    """L of CIELAB (D65) of an sRGB picture."""
    rgb = np.asarray(image.convert("RGB"), np.float32) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126729, 0.7151522, 0.0721750], np.float32)
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27).astype(np.float32)


class Drawn:
    """Outlines that were drawn by hand: a picture, a thing and the corners of a polygon, in hundredths of width and height."""

    def __init__(self, file, pictures):
        self.pictures, self.outlines = Path(pictures), {}
        for line in Path(file).read_text().splitlines()[1:]:
            picture, thing, corners = line.split("\t")
            corners = [tuple(float(v) / 100 for v in corner.split(",")) for corner in corners.split()]
            self.outlines.setdefault(picture, []).append((thing, corners))

    def open(self, picture):
        luma = luma_of(Image.open(self.pictures / picture))
        height, width = luma.shape
        mask = Image.new("L", (width, height), len(CLASSES))
        for thing, corners in self.outlines[picture]:
            points = [(x * width, y * height) for x, y in corners]
            ImageDraw.Draw(mask).polygon(points, fill=CLASSES.index(thing))
        columns = np.asarray(mask).astype(int)
        columns[columns == len(CLASSES)] = -1
        drawn = {thing for thing, _ in self.outlines[picture]}
        return luma, columns, np.array([name in DRAWN and name not in drawn for name in CLASSES], np.float32)


class Labels:
    def __init__(self, folder):
        self.folder = Path(folder)
        rows = [line.split("\t") for line in (self.folder / "MANIFEST.tsv").read_text().splitlines()]
        columns = {name: i for i, name in enumerate(rows[0])}
        self.rows = [{k: row[columns[k]] for k in ("picture", "mask", "source", "split")} for row in rows[1:]]
        names = {}
        for line in (self.folder / "classes.tsv").read_text().splitlines()[1:]:
            index, name = line.split("\t")[:2]
            names[int(index)] = name
        # Column of every label: a class, a group behind the classes, or unknown.
        groups = list(GROUPS)
        self.column = np.full(256, -1)
        for index, name in names.items():
            name = MERGED.get(name, name)
            if name in groups:
                self.column[index] = len(CLASSES) + groups.index(name)
            elif name in CLASSES:
                self.column[index] = CLASSES.index(name)
        self.negatives = {}
        for line in (self.folder / "negatives.tsv").read_text().splitlines()[1:]:
            source, _, said = line.partition("\t")
            absent = np.zeros(len(CLASSES), np.float32)
            for name in said.split():
                for member in GROUPS.get(name, [MERGED.get(name, name)]):
                    if member in CLASSES:
                        absent[CLASSES.index(member)] = 1
            self.negatives[source] = absent

    def open(self, row):
        image = Image.open(self.folder / row["picture"])
        mask = np.asarray(Image.open(self.folder / row["mask"]))
        return luma_of(image), self.column[mask], self.absent(row)

    def absent(self, row):
        crowd = any(name in row["picture"] for name in CROWDS)
        return np.zeros(len(CLASSES), np.float32) if crowd else self.negatives.get(row["source"], np.zeros(len(CLASSES), np.float32))


def shares(columns):
    """For every cell the share of each column, and of what is unknown."""
    known = len(CLASSES) + len(GROUPS)
    small = np.asarray(Image.fromarray((columns + 1).astype(np.uint8)).resize((SIDE, SIDE), Image.NEAREST))
    cells = small.reshape(CELLS, 8, CELLS, 8).transpose(0, 2, 1, 3).reshape(CELLS, CELLS, 64)
    return np.stack([(cells == c).mean(2) for c in range(1, known + 1)]).astype(np.float16)


def crop(luma, columns, rng):
    """A part of a picture, perhaps mirrored, in other tones: old prints are darker, flatter and softer."""
    height, width = luma.shape
    area, aspect = rng.uniform(0.35, 1.0), np.exp(rng.uniform(-0.25, 0.25))
    h = min(height, int(height * np.sqrt(area / aspect)))
    w = min(width, int(width * np.sqrt(area * aspect)))
    y, x = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    luma, columns = luma[y : y + h, x : x + w], columns[y : y + h, x : x + w]
    if rng.random() < 0.5:
        luma, columns = luma[:, ::-1], columns[:, ::-1]
    if rng.random() < 0.6:
        luma = 100 * (np.clip(luma, 0, 100) / 100) ** np.exp(rng.normal(0, 0.25))
        low, high = sorted(rng.uniform([0, 75], [20, 100]))
        luma = low + (high - low) * luma / 100
        luma = luma + rng.normal(0, rng.uniform(0, 3), luma.shape)
    return np.clip(luma, 0, 100).astype(np.float32), columns


def fit(luma):
    return np.asarray(Image.fromarray(luma, "F").resize((SIDE, SIDE), Image.BICUBIC, reducing_gap=3))


def features(encoder, examples):
    taps = [[] for _ in Encoder.TAPS]
    for start in range(0, len(examples), 16):
        batch = torch.from_numpy(np.stack([fit(luma) for luma, *_ in examples[start : start + 16]]))[:, None]
        with torch.autocast("cpu", torch.bfloat16):
            seen = encoder(channels_last(batch))
        for into, tap in zip(taps, seen):
            into.append(tap.bfloat16().contiguous())
    return [torch.cat(tap) for tap in taps]


def loss_of(logits, shares, absent, member):
    """Cross-entropy where something is known, groups by the sum of their classes; and what is surely not there."""
    logp = F.log_softmax(logits, 1)
    grouped = [torch.logsumexp(logp.masked_fill(~m[None, :, None, None], -1e4), 1, keepdim=True) for m in member]
    everything = torch.cat([logp] + grouped, 1)
    known = shares.sum(1)
    named = -(shares * everything).sum(1).sum() / known.sum().clamp(min=1)
    wrong = (logp.exp() * absent[:, :, None, None]).sum(1).clamp(max=0.999)
    unnamed = (1 - known) * (absent.sum(1) > 0)[:, None, None]
    return named + 0.3 * (-(torch.log1p(-wrong)) * unnamed).sum() / unnamed.sum().clamp(min=1)


def report(head, taps, shares, groups):
    """Accuracy over cells that are one labelled class, IoU, and where the most certain place of a thing lies."""
    head.eval()
    with torch.no_grad():
        p = torch.cat([head([t[i : i + 32].float() for t in taps]).softmax(1) for i in range(0, len(taps[0]), 32)])
    head.train()
    shares = shares.float()
    classes = shares[:, : len(CLASSES)]
    clear = classes.max(1).values > 0.5
    truth, answer = classes.argmax(1), p.argmax(1)
    accuracy = (truth == answer)[clear].float().mean().item()
    lines, ious, hits, centre, cases = [], [], 0, 0, 0
    for c, name in enumerate(CLASSES):
        here = classes[:, c]
        seen = here.mean((1, 2)) > 0.01
        if name == "other" or not seen.any():
            continue
        inside = (clear & (truth == c))[seen]
        found = ((answer == c)[seen]) & clear[seen]
        union = (inside | found).sum().item()
        iou = (inside & found).sum().item() / max(union, 1)
        best = p[seen, c].flatten(1).argmax(1)
        flat = here[seen].flatten(1)
        # A label that may be this class, such as person for skin, is no miss; nor is what nobody labelled.
        hit = flat.gather(1, best[:, None])[:, 0] > 0.25
        middle = flat[:, CELLS // 2 * CELLS + CELLS // 2] > 0.25
        hits, centre, cases = hits + hit.sum().item(), centre + middle.sum().item(), cases + len(hit)
        ious.append(iou)
        lines.append((name, int(seen.sum()), iou, hit.float().mean().item()))
    return accuracy, float(np.mean(ious)), hits / cases, centre / cases, cases, lines, p


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True)
    options.add_argument("--pictures", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--start", action="store_true", help="go on from the head of the model")
    options.add_argument("--steps", type=int, default=900)
    options.add_argument("--variants", type=int, default=2)
    options.add_argument("--drawn-variants", type=int, default=8)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--rate", type=float, default=2e-3)
    options.add_argument("--threads", type=int, default=1)
    options = options.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(1)
    weights, labels, began = Weights(options.model), Labels(options.data), time.time()
    encoder = Encoder(weights)

    opened = {"train": [], "test": []}
    for row in labels.rows:
        opened[row["split"]].append(labels.open(row))
    drawn = Drawn(Path(__file__).with_name("train_things.tsv"), options.pictures)
    drawn = [drawn.open(picture) for picture in drawn.outlines]
    test_taps = features(encoder, opened["test"])
    test_shares = torch.from_numpy(np.stack([shares(columns) for _, columns, _ in opened["test"]]))
    taps, targets, absents = [[] for _ in test_taps], [], []
    for variant in range(options.variants):
        # Few pictures were drawn, so that they are seen more often.
        here = opened["train"] + drawn * (options.drawn_variants // options.variants)
        examples = [crop(luma, columns, rng) for luma, columns, _ in here]
        for into, tap in zip(taps, features(encoder, examples)):
            into.append(tap)
        targets.append(torch.from_numpy(np.stack([shares(columns) for _, columns in examples])))
        absents.append(torch.from_numpy(np.stack([absent for *_, absent in here])))
        print(f"variant {variant + 1} of {options.variants}, {time.time() - began:.0f} s", flush=True)
    taps = [torch.cat(tap) for tap in taps]
    targets, absent = torch.cat(targets), torch.cat(absents)

    head = Head([tap.shape[1] for tap in taps])
    if options.start:
        head.learn_on(weights)
    parameters = sum(p.numel() for p in head.parameters())
    print(f"{parameters} parameters, {len(targets)} crops", flush=True)
    member = [torch.tensor([name in names for name in CLASSES]) for names in GROUPS.values()]
    optimiser = torch.optim.AdamW(head.parameters(), lr=options.rate, weight_decay=0.03)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, options.steps, pct_start=0.05)
    order = torch.randperm(len(targets))
    total = 0.0
    for step in range(options.steps):
        start = step * options.batch % (len(order) - options.batch)
        if start < options.batch:
            order = torch.randperm(len(targets))
        pick = order[start : start + options.batch]
        loss = loss_of(head([tap[pick].float() for tap in taps]), targets[pick].float(), absent[pick], member)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 150 == 0:
            accuracy, iou, hit, centre, cases, _, _ = report(head, test_taps, test_shares, member)
            print(f"step {step + 1}: loss {total / 150:.3f}, accuracy {accuracy:.3f}, IoU {iou:.3f}, hit {hit:.3f} of {cases} (centre {centre:.3f}), {time.time() - began:.0f} s", flush=True)
            total = 0.0
    accuracy, iou, hit, centre, cases, lines, _ = report(head, test_taps, test_shares, member)
    for name, n, value, found in sorted(lines, key=lambda line: -line[1]):
        print(f"{name}\t{n}\t{value:.2f}\t{found:.2f}")
    card = json.loads(weights.metadata["autochrome.card"])
    card["things"] = CLASSES
    card["metrics"] = {name: value for name, value in card["metrics"].items() if not name.startswith("things:")} | {
        f"things: accuracy, n = {len(opened['test'])}": accuracy,
        f"things: mean IoU, n = {len(opened['test'])}": iou,
        f"things: most certain place lies on the thing, n = {cases}": hit,
    }
    weights.metadata["autochrome.card"] = json.dumps(card)
    for name, tensor in head.tensors().items():
        weights.set(f"segmentation.{name}", tensor)
    weights.write(options.out)


if __name__ == "__main__":
    main()
