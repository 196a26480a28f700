#!/usr/bin/env python3
"""Measures whether a memory of people keeps the colours of their hair and skin over photographs.

usage: faces.py --program autochrome --data LABELS [--family N] [--sheet FILE]

LABELS is the folder of labelled pictures; its FASSEG part has 15 people in 7 to 13 poses each. Three poses of a person
(from the front and 60 degrees to both sides) are remembered, or those of N people together as one family; all other
poses are coloured with the memory and without it (--family 1: a
memory for each person). Told are CIEDE2000 to the truth over hair and over skin, means over
pictures, and how far the mean colours of one person's hair lie apart over the photographs (root mean square distance
in ab from their common mean, mean over people), in truth too. Needs PyTorch (by its neighbours), NumPy and Pillow.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent / "../segmentation"))
from colors import lab_of
from measure_words import ciede2000

# In place of a folder: the picture as it was sent.
GRAY = "gray"
REMEMBERED = {"0", "+60", "-60"}
CLASSES = {"skin": 14, "hair": 15}


def photographs(data):
    """Picture, mask and pose of every person's photographs."""
    people = {}
    for line in (data / "MANIFEST.tsv").read_text().splitlines():
        picture, mask, source, *_, origin, _ = line.split("\t")
        found = re.fullmatch(r"V3/\w+/([+-]?\d+)/personne(\d\d).*", origin)
        if source == "fasseg" and found:
            people.setdefault(found[2], []).append((data / picture, data / mask, found[1]))
    return people


def run(program, memories, *arguments):
    environment = {**os.environ, "AUTOCHROME_MEMORIES": str(memories)}
    subprocess.run([program, *map(str, arguments)], check=True, env=environment, stdout=subprocess.DEVNULL)


def figures(asked, folder):
    """CIEDE2000 over each class and its mean ab, of every picture of a person: the truth's without a folder."""
    rows = {name: [] for name in CLASSES}
    for picture, mask, _ in asked:
        truth, mask = lab_of(Image.open(picture)), np.asarray(Image.open(mask))
        lab = truth if folder in (None, GRAY) else lab_of(Image.open(folder / f"{picture.stem}.png"))
        if folder is GRAY:
            lab = lab * [1, 0, 0]
        for name, index in CLASSES.items():
            inside = mask == index
            if inside.sum() >= 50:
                off = ciede2000(lab[inside], truth[inside]).mean()
                rows[name].append((off, *lab[inside][:, 1:].mean(0)))
    return {name: np.array(values).reshape(-1, 3) for name, values in rows.items()}


def spread(values):
    return np.sqrt(((values[:, 1:] - values[:, 1:].mean(0)) ** 2).sum(1).mean())


def interval(values, draws=2000):
    """The mean and its 95 % bootstrap interval."""
    means = np.random.default_rng(1).choice(values, (draws, len(values))).mean(1)
    return f"{values.mean():.2f} [{np.quantile(means, 0.025):.2f}, {np.quantile(means, 0.975):.2f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--family", type=int, default=1, help="people of one memory")
    parser.add_argument("--work", type=Path, help="keep what is coloured here")
    parser.add_argument("--sheet", type=Path, help="truth, without and with, a row each for two people")
    options = parser.parse_args()
    people = photographs(options.data)
    names = sorted(people)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        without = work / "without"
        asked = {name: [p for p in people[name] if p[2] not in REMEMBERED] for name in names}
        pictures = [picture for name in names for picture, *_ in asked[name]]
        if not without.exists():
            run(options.program, work, "colorize", *pictures, "--recolor", "--format", "png", "--out-dir", without)
        kept = work / f"with{options.family}"
        shutil.rmtree(kept, ignore_errors=True)
        for first in range(0, len(names), options.family):
            family = names[first : first + options.family]
            told = work / "told"
            shutil.rmtree(told, ignore_errors=True)
            told.mkdir(parents=True)
            for name in family:
                for picture, _, pose in people[name]:
                    if pose in REMEMBERED:
                        (told / picture.name).symlink_to(picture)
            memory = f"family{first}"
            run(options.program, work / "memories", "memory", "add", told, "--name", memory, "--overwrite")
            pictures = [picture for name in family for picture, *_ in asked[name]]
            run(options.program, work / "memories", "colorize", *pictures, "--recolor", "--format", "png", "--out-dir", kept,
                "--memory", memory)
        results = {
            label: {name: figures(asked[name], folder) for name in names}
            for label, folder in (("truth", None), ("gray", GRAY), ("without", without), ("with", kept))
        }
        count = sum(len(asked[name]) for name in names)
        print(f"{len(names)} people, {count} photographs asked, memories of {options.family}")
        for part in CLASSES:
            for label, found in results.items():
                off = np.concatenate([found[name][part][:, 0] for name in names])
                apart = np.array([spread(found[name][part]) for name in names if len(found[name][part]) > 1])
                print(f"{part}\t{label}\tn {len(off)}\tdE00 {interval(off)}\tspread {interval(apart)}")
            pairs = [[results[l][n][part][:, 0] for n in names] for l in ("without", "with")]
            change = np.concatenate(pairs[1]) - np.concatenate(pairs[0])
            print(f"{part}\tchange of dE00 {interval(change)}, better in {(change < 0).mean():.1%}")
        if options.sheet:
            show = [(None, "truth"), (without, "without"), (kept, "with")]
            tiles = []
            for name in names[::5]:
                for folder, _ in show:
                    row = [p if folder is None else folder / f"{p.stem}.png" for p, *_ in asked[name][:8]]
                    tiles.append(np.hstack([np.asarray(Image.open(p).convert("RGB").resize((150, 112))) for p in row + row[:1] * (8 - len(row))]))
            Image.fromarray(np.vstack(tiles)).save(options.sheet)


if __name__ == "__main__":
    main()
