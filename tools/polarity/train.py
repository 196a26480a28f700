#!/usr/bin/env python3
"""Trains the small network that tells pictures from their negatives.

usage: train.py --data TRAIN --val VAL [--old FOLDER] --out polarity.bin [--cache FOLDER] [--start NET] [--plan 64:16,96:14]
                [--rate 3e-3] [--strength 1]
       train.py --score PICTURE... --net NET

TRAIN, VAL and FOLDER (genuine old photographs) hold folders of pictures, all of them positives; negatives are made of them. The network
sees the order of the lightness alone, at 96x96 samples. 2,000 pictures of TRAIN are held out, and the threshold of
crates/autochrome-media/src/kind/negative.rs is set on them. A plan says how many passes are made at which size, and the strength
how much pictures are changed for them. --out gets the weights of the
program, --out with .pt in the end the network that --start goes on from and --score reads. Needs PyTorch, NumPy and OpenCV.
"""
import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SIDE = 96
CACHED_SIDE = 128
LAYERS = [(1, 16, 2), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 96, 2)]
HELD_OUT = 2000
BATCH = 128
FALSE_ALARMS = (0.03, 0.01, 0.005, 0.0025)


def lightness(path):
    """L of CIELAB in 0..255 at CACHED_SIDE."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is no picture")
    code = picture[..., ::-1].astype(np.float32) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    l = 116 * np.where(y > 0.008856, np.cbrt(y), 7.787 * y + 16 / 116) - 16
    small = cv2.resize(l, (CACHED_SIDE, CACHED_SIDE), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(2.55 * small), 0, 255).astype(np.uint8)


def pictures(folder, cache, name):
    stored = cache and Path(cache) / f"{name}.npy"
    if stored and stored.exists():
        return np.load(stored)
    suffixes = {".jpg", ".png", ".webp"}
    paths = sorted(path for path in Path(folder).rglob("*") if path.suffix in suffixes)
    planes = np.stack([lightness(path) for path in paths])
    if stored:
        np.save(stored, planes)
    return planes


def ranks(plane):
    """For every sample the share of samples that are darker less that of those that are lighter."""
    counts = np.bincount(plane.ravel(), minlength=256).astype(np.float32)
    table = 2 * (np.cumsum(counts) - counts / 2) / plane.size - 1
    return table[plane].astype(np.float32)


def augmented(plane, side, rng, strength):
    """A part of a picture, turned, blurred, noisy, unevenly lit or with borders, as scans are."""
    width = CACHED_SIDE * np.exp(rng.uniform(strength * np.log(0.6), 0))
    aspect = np.exp(rng.uniform(-0.15, 0.15))
    across, down = min(CACHED_SIDE, width * aspect), min(CACHED_SIDE, width / aspect)
    left, top = rng.uniform(0, CACHED_SIDE - across), rng.uniform(0, CACHED_SIDE - down)
    if rng.random() < 0.5:
        left, across = left + across, -across
    matrix = np.array([[across / side, 0, left + across / side / 2 - 0.5], [0, down / side, top + down / side / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    plane = cv2.warpAffine(plane, matrix.astype(np.float32), (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.1 * strength:
        plane = np.rot90(plane, rng.integers(1, 4)).copy()
    if rng.random() < 0.15 * strength:
        plane = cv2.GaussianBlur(plane, (0, 0), rng.uniform(0.4, 1.2))
    plane = plane.astype(np.float32)
    if rng.random() < 0.3 * strength:
        plane += rng.normal(0, rng.uniform(1, 12), plane.shape)
    if rng.random() < 0.15 * strength:
        light = np.linspace(-1, 1, side, dtype=np.float32) * rng.uniform(0, 25)
        plane += light[:, None] if rng.random() < 0.5 else light[None]
    plane = np.clip(plane, 0, 255).astype(np.uint8)
    if rng.random() < 0.2 * strength:
        value = rng.integers(0, 256) if rng.random() < 0.3 else rng.choice([0, 255])
        for edge, width in zip(range(4), rng.integers(1, side // 10, 4)):
            if rng.random() < 0.7:
                np.rot90(plane, edge)[:width] = value
    return ranks(plane)


class Polarity(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, stride, 1, bias=False) for i, o, stride in LAYERS)
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for _, o, _ in LAYERS)
        self.head, self.drop = nn.Linear(3 * LAYERS[-1][1], 1), nn.Dropout(0.1)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            y = F.relu(norm(conv(x)))
            x = x + y if conv.stride == (1, 1) else y
        x = x.float()
        y = torch.linspace(-1, 1, x.shape[2])[:, None]
        radius = (y**2 + y.T**2) / 2
        moments = [x.mean((2, 3)), (x * y).mean((2, 3)), (x * radius).mean((2, 3))]
        return self.head(self.drop(torch.cat(moments, 1)))[:, 0].float()


def batch_of(planes):
    return torch.from_numpy(np.stack(planes))[:, None].contiguous(memory_format=torch.channels_last)


def scores(net, planes, side=SIDE):
    """As the program computes them: positive for pictures."""
    net.eval()
    out = []
    with torch.no_grad():
        for i in range(0, len(planes), 64):
            small = [ranks(cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA)) for p in planes[i : i + 64]]
            x = batch_of(small)
            out.append((net(x) - net(-x)).numpy() / 2)
    net.train()
    return np.concatenate(out)


def report(name, scores, threshold=None):
    row = [f"{name} n={len(scores)} right {np.mean(scores > 0):.4f}"]
    for share in FALSE_ALARMS:
        at = np.quantile(-scores, 1 - share)
        row.append(f"recall at {share:.2%} {np.mean(scores > at):.3f} (above {at:.2f})")
    if threshold is not None:
        row.append(f"above {threshold:.2f}: {np.sum(-scores > threshold)} false, recall {np.mean(scores > threshold):.3f}")
    print("; ".join(row), flush=True)


def train(net, planes, plan, rate, strength):
    rng = np.random.default_rng(0)
    sizes = [int(side) for part in plan.split(",") for side in [part.split(":")[0]] * int(part.split(":")[1])]
    steps, step, begin = len(sizes) * (len(planes) // BATCH), 0, time.time()
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    for number, side in enumerate(sizes):
        order, losses = rng.permutation(len(planes)), []
        for i in range(0, len(order) - BATCH + 1, BATCH):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, (step + 1) / 200) * 0.5 * (1 + np.cos(np.pi * step / steps))
            x = np.stack([augmented(planes[j], side, rng, strength) for j in order[i : i + BATCH]])
            negative = rng.random(BATCH) < 0.5
            x[negative] *= -1
            with torch.autocast("cpu", torch.bfloat16):
                odds = net(batch_of(x))
            loss = F.binary_cross_entropy_with_logits(odds, torch.from_numpy(1 - negative.astype(np.float32)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            step += 1
        print(f"pass {number} at {side}: loss {np.mean(losses):.4f}, {time.time() - begin:.0f} s", flush=True)


def quantised(net):
    """The weights of the program, and the same network with them."""
    blob = b""
    with torch.no_grad():
        for conv, norm in zip(net.convs, net.norms):
            factor = norm.weight / (norm.running_var + norm.eps).sqrt()
            bias = norm.bias - factor * norm.running_mean
            weight = conv.weight * factor[:, None, None, None]
            scale = weight.abs().amax((1, 2, 3)).clamp(min=1e-8) / 127
            whole = (weight / scale[:, None, None, None]).round()
            blob += bias.numpy().astype("<f4").tobytes() + scale.numpy().astype("<f4").tobytes()
            blob += whole.numpy().astype(np.int8).tobytes()
            conv.weight.copy_(whole * scale[:, None, None, None])
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())
            norm.running_mean.zero_()
            norm.bias.copy_(bias)
        blob += net.head.weight.numpy().astype("<f4").tobytes() + net.head.bias.numpy().astype("<f4").tobytes()
    return blob, net


def main():
    arguments = argparse.ArgumentParser()
    for name in ("data", "val", "old", "out", "cache", "start", "net"):
        arguments.add_argument(f"--{name}")
    arguments.add_argument("--score", nargs="+")
    arguments.add_argument("--plan", default="64:16,96:14")
    arguments.add_argument("--rate", type=float, default=3e-3)
    arguments.add_argument("--strength", type=float, default=1.0)
    arguments.add_argument("--threads", type=int, default=1)
    asked = arguments.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    net = Polarity().to(memory_format=torch.channels_last)
    if asked.score:
        net.load_state_dict(torch.load(asked.net))
        _, net = quantised(net)
        for path, score in zip(asked.score, scores(net, [lightness(path) for path in asked.score])):
            print(f"{path}: {score:.3f}")
        return
    if asked.start:
        net.load_state_dict(torch.load(asked.start))
    planes = pictures(asked.data, asked.cache, "train")
    order = np.random.default_rng(1).permutation(len(planes))
    held, rest = planes[order[:HELD_OUT]], planes[order[HELD_OUT:]]
    if asked.plan:
        train(net, rest, asked.plan, asked.rate, asked.strength)
    torch.save(net.state_dict(), f"{asked.out}.pt")
    blob, net = quantised(net)
    partial = Path(f"{asked.out}.partial")
    partial.write_bytes(blob)
    partial.rename(asked.out)
    known = scores(net, held)
    threshold = np.quantile(-known, 1 - 0.005)
    report("held out", known, threshold)
    for name, folder in (("val", asked.val), ("old", asked.old)):
        if folder:
            report(name, scores(net, pictures(folder, asked.cache, name)), threshold)


if __name__ == "__main__":
    main()
