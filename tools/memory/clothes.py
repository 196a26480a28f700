#!/usr/bin/env python3
"""Measures whether a memory keeps the colour of a piece of clothing over the photographs of one day.

usage: clothes.py --program autochrome --video CLIPS [--sheet FILE]

Of three clips one frame in 12 is a photograph, at 640 pixels. Three of them are remembered, all others coloured with the memory and
without it. The garment is the largest connected area of blue (chroma 8 or more, hue 230 to 310 degrees) in the true colours.
Told are CIEDE2000 to the truth over it, mean over photographs, and how far its mean colours lie apart over the photographs of
a clip (root mean square distance in ab from their common mean). Needs NumPy, OpenCV and Pillow, and FFmpeg.
"""
import argparse
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from faces import ciede2000, interval, lab_of, run, spread

GARMENTS = {"bedroom_540p_7s": "skirt", "dog_720p_10s": "jeans", "juggle_720p_10s": "trousers"}
REMEMBERED = 3


def garment(lab):
    """Where the largest blue area lies."""
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    blue = (np.hypot(lab[..., 1], lab[..., 2]) >= 8) & (hue >= 230) & (hue <= 310)
    blue = cv2.morphologyEx(blue.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(blue)
    return labels == 1 + np.argmax(sizes[1:, cv2.CC_STAT_AREA]) if count > 1 else blue > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--sheet", type=Path, help="truth, without and with, a row each for every clip")
    options = parser.parse_args()
    tiles = []
    for clip, name in GARMENTS.items():
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary)
            (work / "told").mkdir()
            (work / "asked").mkdir()
            source = ["-i", options.video / f"{clip}.mp4", "-vf", r"select=not(mod(n\,12)),scale=640:-2", "-fps_mode", "passthrough"]
            subprocess.run(["ffmpeg", "-v", "error", *source, work / "asked" / "%03d.png"], check=True)
            frames = sorted((work / "asked").iterdir())
            for place in np.linspace(0, len(frames) - 1, REMEMBERED).round().astype(int):
                frames[place].rename(work / "told" / frames[place].name)
            asked = sorted((work / "asked").iterdir())
            run(options.program, work / "memories", "memory", "add", work / "told", "--name", "day")
            for folder, more in (("without", []), ("with", ["--memory", "day"])):
                run(options.program, work / "memories", "colorize", *asked, "--recolor", "--out-dir", work / folder, *more)
            rows = {label: [] for label in ("truth", "gray", "without", "with")}
            for frame in asked:
                truth = lab_of(Image.open(frame))
                inside = garment(truth)
                if inside.sum() < 200:
                    continue
                for label, row in rows.items():
                    if label in ("truth", "gray"):
                        lab = truth * ([1, 1, 1] if label == "truth" else [1, 0, 0])
                    else:
                        lab = lab_of(Image.open(work / label / f"{frame.name}"))
                    row.append((ciede2000(lab[inside], truth[inside]).mean(), *lab[inside][:, 1:].mean(0)))
            for label, row in rows.items():
                row = np.array(row)
                print(f"{name}\t{label}\tn {len(row)}\tdE00 {interval(row[:, 0])}\tspread {spread(row):.2f}", flush=True)
            for folder in ("asked", "without", "with"):
                chosen = asked[1 :: max(1, len(asked) // 6)][:6]
                named = [work / folder / f.name for f in chosen]
                tiles.append(np.hstack([np.asarray(Image.open(f).convert("RGB").resize((240, 135))) for f in named]))
    if options.sheet:
        Image.fromarray(np.vstack(tiles)).save(options.sheet)


if __name__ == "__main__":
    main()
