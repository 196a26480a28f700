#!/usr/bin/env python3
"""Counts how many pictures and how many negatives of them the program takes for negatives.

usage: measure.py PROGRAM FOLDER...

Pictures are made gray; negatives are made of them as programs invert (255 - value) and as film does: a density of 0.6 for a tenth of the light,
scanned as it is. Borders and colours of film are not made. Needs NumPy and OpenCV.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np


def linear(code):
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def on_film(gray):
    light = np.clip(linear(gray / 255.0), 0.01, 1)
    let_through = light**-0.6
    share = let_through / let_through.max()
    code = np.where(share <= 0.0031308, 12.92 * share, 1.055 * share ** (1 / 2.4) - 0.055)
    return np.rint(255 * code).astype(np.uint8)


KINDS = {"pictures": lambda gray: gray, "inverted": lambda gray: 255 - gray, "on film": on_film}


def main():
    program, *folders = sys.argv[1:]
    for folder in folders:
        paths = sorted(p for p in Path(folder).rglob("*") if p.suffix in {".jpg", ".png", ".webp"})
        for name, made in KINDS.items():
            with tempfile.TemporaryDirectory() as inputs, tempfile.TemporaryDirectory() as outputs:
                for number, path in enumerate(paths):
                    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
                    cv2.imwrite(f"{inputs}/{number:05}.png", made(gray))
                command = [program, "colorize", inputs, "--out-dir", outputs, "--method", "gray", "--json"]
                lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
            told = [json.loads(line) for line in lines]
            subjects = [(line["input"], line["kind"]["subject"]) for line in told if line.get("kind")]
            negatives = [Path(input).stem for input, subject in subjects if subject == "negative"]
            print(f"{folder}, {name}: {len(negatives)} of {len(subjects)} ({len(negatives) / len(subjects):.1%}) taken for negatives")
            if name == "pictures":
                print("  " + " ".join(str(paths[int(number)]) for number in sorted(negatives)))


if __name__ == "__main__":
    main()
