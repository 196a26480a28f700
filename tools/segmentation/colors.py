#!/usr/bin/env python3
"""Adds to a model which colours things usually have: what suggestions and several answers are drawn from.

usage: colors.py --data PICTURES --model flagship.safetensors --out flagship.safetensors [--pictures N]

Every picture is seen in gray by the model's encoder and its head; what colour the things that it finds really have is
counted. For every class the tensor `segmentation.colors` holds up to COLORS colours as (L, a, b, share), shares falling,
zero where there are no more.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from train import CELLS, CLASSES, SIDE, Encoder, Head, Weights, fit, luma_of

COLORS = 12
SURE = 0.6
# Cells of a thing in a picture that count as seeing it.
LEAST_CELLS = 6


def lab_of(image):
    """L, a and b of CIELAB (D65)."""
    rgb = np.asarray(image.convert("RGB"), np.float64) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    xyz = linear @ matrix.T / matrix.sum(1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), xyz * 841 / 108 + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def clusters(seen, rng, rounds=30):
    """Means of k groups of colours; differences of L count half, because a picture's own luma is known."""
    scaled = seen * [0.5, 1, 1]
    k = min(COLORS, max(1, len(seen) // 8))
    centres = [scaled[rng.integers(len(scaled))]]
    while len(centres) < k:
        distance = np.min([((scaled - c) ** 2).sum(1) for c in centres], 0)
        centres.append(scaled[rng.choice(len(scaled), p=distance / distance.sum())])
    centres = np.array(centres)
    for _ in range(rounds):
        nearest = ((scaled[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.array([scaled[nearest == i].mean(0) if (nearest == i).any() else centres[i] for i in range(k)])
    shares = np.bincount(nearest, minlength=k) / len(seen)
    order = np.argsort(-shares)
    return [(*(centres[i] / [0.5, 1, 1]), shares[i]) for i in order if shares[i] > 0]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--pictures", type=int, default=4000)
    options = options.parse_args()
    torch.set_num_threads(1)
    rng, began = np.random.default_rng(1), time.time()
    weights = Weights(options.model)
    encoder, head = Encoder(weights), Head.of(weights)
    files = sorted(p for p in Path(options.data).rglob("*") if p.suffix in (".webp", ".jpg", ".png"))
    files = [files[i] for i in rng.permutation(len(files))[: options.pictures]]
    seen = [[] for _ in CLASSES]
    for start in range(0, len(files), 16):
        images = [Image.open(file).convert("RGB") for file in files[start : start + 16]]
        luma = torch.from_numpy(np.stack([fit(luma_of(image)) for image in images]))[:, None]
        with torch.no_grad():
            probabilities = head(encoder(luma)).softmax(1).numpy()
        for image, p in zip(images, probabilities):
            lab = lab_of(image.resize((SIDE, SIDE), Image.BOX)).reshape(CELLS, 8, CELLS, 8, 3).mean((1, 3))
            best, most = p.argmax(0), p.max(0)
            for c in range(len(CLASSES)):
                here = (best == c) & (most > SURE)
                if here.sum() >= LEAST_CELLS:
                    seen[c].append(lab[here].mean(0))
        if start % 800 == 0:
            print(f"{start + len(images)} pictures, {time.time() - began:.0f} s", flush=True)
    table = np.zeros((len(CLASSES), COLORS, 4), np.float32)
    for c, name in enumerate(CLASSES):
        if len(seen[c]) >= 8:
            rows = clusters(np.array(seen[c]), rng)
            table[c, : len(rows)] = rows
            print(name, len(seen[c]), [tuple(round(float(v), 2) for v in row) for row in rows[:4]], flush=True)
    weights.set("segmentation.colors", torch.from_numpy(table))
    weights.write(options.out)


if __name__ == "__main__":
    main()
