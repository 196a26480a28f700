#!/usr/bin/env python3
"""Measures how well things that are named are found and coloured, on validation pictures labelled by hand.

usage: measure_words.py --program autochrome --model flagship.safetensors --data VAL

val_things.tsv, beside this file, has boxes around things of VAL, 0 to 1 of width and height. Two questions: does the
surest cell of a named thing lie in its box (the middle of the picture answers beside it)? And when the thing is named
with the colour that it truly has, how much changes inside and outside of the box, and how near to the truth is what
is inside? Needs PyTorch, NumPy and Pillow.
"""
import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from colors import lab_of
from train import CELLS, CLASSES, Encoder, Head, Weights, channels_last, fit, luma_of

HERE = Path(__file__).parent
WORDS = HERE / "../../crates/autochrome-methods/src/words"
# Classes of the things whose names are not those of a class.
CLASSES_OF = {"shirt": ["top"], "jacket": ["top"], "sea": ["water"]}


def ciede2000(one, other):
    """Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula" (2005)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = (h2 - h1 + 180) % 360 - 180
    dh = np.where(c1 * c2 == 0, 0, dh)
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh) / 2)
    l, c, h = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + dh / 2) % 360
    t = 1 - 0.17 * np.cos(np.radians(h - 30)) + 0.24 * np.cos(np.radians(2 * h))
    t += 0.32 * np.cos(np.radians(3 * h + 6)) - 0.20 * np.cos(np.radians(4 * h - 63))
    sl, sc, sh = 1 + 0.015 * (l - 50) ** 2 / np.sqrt(20 + (l - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t
    turn = -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))) * 2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, hue / sh
    return np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + turn * dc * dh, 0))


def colors():
    """The English names of colours and what they stand for."""
    found = re.findall(r'\("([^"]+)", 0x([0-9a-f]{6})\)', (WORDS / "colors.rs").read_text())
    names = [names.split()[0] for names, _ in found]
    rgb = np.array([[int(code[i : i + 2], 16) for i in (0, 2, 4)] for _, code in found], np.uint8)
    return names, lab_of(Image.fromarray(rgb[None]))[0]


def inside(box, height, width):
    left, top, right, bottom = box
    mask = np.zeros((height, width), bool)
    mask[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = True
    return mask


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--data", required=True)
    options = options.parse_args()
    torch.set_num_threads(1)
    weights = Weights(options.model)
    encoder, head = Encoder(weights), Head.of(weights)
    names, named = colors()
    rows = [line.split("\t") for line in (HERE / "val_things.tsv").read_text().splitlines()[1:]]
    rows = [(picture, thing, tuple(map(float, box))) for picture, thing, *box in rows]
    hits, middles, found, changes, errors, seen = [], [], 0, [], [], {}
    with tempfile.TemporaryDirectory() as folder:

        def colorize(path, *more):
            out = f"{folder}/out.png"
            command = [options.program, "colorize", str(path), "-o", out, "--overwrite", "--recolor", "--json", "--format", "png"]
            ran = subprocess.run(command + ["--model", options.model, *more], capture_output=True, text=True, check=True)
            return lab_of(Image.open(out)), json.loads(ran.stdout.splitlines()[-1])

        for picture, thing, box in rows:
            path = Path(options.data) / picture
            image = Image.open(path).convert("RGB")
            if picture not in seen:
                with torch.no_grad():
                    scores = head(encoder(channels_last(torch.tensor(fit(luma_of(image)))[None, None])))[0].softmax(0)
                seen[picture] = scores.numpy(), colorize(path)[0]
            scores, automatic = seen[picture]
            cell = sum(scores[CLASSES.index(name)] for name in CLASSES_OF.get(thing, [thing])).argmax()
            cells = inside(box, CELLS, CELLS).ravel()
            hits.append(cells[cell])
            middles.append(cells[CELLS // 2 * CELLS + CELLS // 2])
            truth = lab_of(image)
            mask = inside(box, *truth.shape[:2])
            # The colour that the thing has in its middle, by the name that is nearest.
            left, top, right, bottom = box
            shrunk = (0.7 * left + 0.3 * right, 0.7 * top + 0.3 * bottom, 0.3 * left + 0.7 * right, 0.3 * top + 0.7 * bottom)
            own = np.median(truth[inside(shrunk, *truth.shape[:2])], 0)
            name = names[ciede2000(named, own[None]).argmin()]
            said, answer = colorize(path, "--text", f"{name} {thing}")
            if any("was found" in warning for warning in answer.get("warnings") or []):
                continue
            found += 1
            moved = np.hypot(*(said - automatic)[..., 1:].transpose(2, 0, 1))
            if moved.max() > 5 and not mask.all():
                changes.append((moved[mask].mean(), moved[~mask].mean()))
            errors.append((ciede2000(automatic, truth)[mask].mean(), ciede2000(said, truth)[mask].mean()))
    count = len(rows)
    print(f"{count} things in {len(seen)} pictures: the surest cell lies in the box of {np.mean(hits):.1%}, the middle of the picture in {np.mean(middles):.1%}")
    (within, without), twice = np.mean(changes, 0), np.mean([a >= 2 * b for a, b in changes])
    print(f"found {found}; change inside {within:.1f}, outside {without:.1f}, at least twice as much inside in {twice:.1%} of {len(changes)}")
    before, after = np.mean(errors, 0)
    print(f"CIEDE2000 inside, {len(errors)} things: {before:.2f} by itself, {after:.2f} when the colour is named")


if __name__ == "__main__":
    main()
