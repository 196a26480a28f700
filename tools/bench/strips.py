"""Films that a camera and a cutter make hard, coloured and laid out as strips, for docs/film.md.

    pip install pillow
    python tools/bench/strips.py autochrome ONE.jpg OTHER.jpg strips.jpg

A pan, a zoom, a flash, a fade to black and back, and cuts every seven frames, made of two photographs without their colours. A row
shows ten frames of a film of 42, in its order.
"""

import pathlib
import subprocess
import sys
import tempfile

from PIL import Image

SIZE = (384, 288)
FRAMES = 42
SHOWN = 10


def scene(name, at, one, other):
    """Frame `at` of a film."""
    share = at / (FRAMES - 1)
    width, height = SIZE
    if name == "pan":
        wide = one.resize((width * 3 // 2, height * 3 // 2), Image.LANCZOS)
        left, top = round(share * width / 2), round((1 - share) * height / 2)
        return wide.crop((left, top, left + width, top + height))
    if name == "zoom":
        side = 1 - 0.6 * share
        box = [one.width * (1 - side) / 2, one.height * (1 - side) / 2, one.width * (1 + side) / 2, one.height * (1 + side) / 2]
        return one.resize(SIZE, Image.LANCZOS, box)
    still = (other if name == "cuts" and at // 7 % 2 else one).resize(SIZE, Image.LANCZOS)
    if name == "flash":
        return still.point(lambda value: min(255, value + 130)) if at in (18, 19) else still
    if name == "fade":
        light = abs(2 * share - 1)
        return still.point(lambda value: round(value * light))
    return still


def main():
    autochrome, one, other, result = sys.argv[1:]
    one, other = (Image.open(path).convert("L") for path in (one, other))
    films = ["pan", "zoom", "flash", "fade", "cuts"]
    tile = (SIZE[0] // 3, SIZE[1] // 3)
    sheet = Image.new("RGB", (tile[0] * SHOWN, (tile[1] + 4) * len(films)), "white")
    with tempfile.TemporaryDirectory() as folder:
        for row, name in enumerate(films):
            gray, colored = (pathlib.Path(folder) / f"{name}.{kind}.mkv" for kind in ("gray", "color"))
            words = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "{}x{}".format(*SIZE), "-r", "24", "-i", "-"]
            data = b"".join(scene(name, at, one, other).tobytes() for at in range(FRAMES))
            subprocess.run(words + ["-pix_fmt", "yuv420p", "-c:v", "ffv1", str(gray)], input=data, check=True)
            subprocess.run([autochrome, "video", str(gray), "-o", str(colored), "--codec", "ffv1"], check=True)
            raw = ["ffmpeg", "-v", "error", "-i", str(colored), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
            raw = subprocess.run(raw, check=True, stdout=subprocess.PIPE).stdout
            size = 3 * SIZE[0] * SIZE[1]
            assert len(raw) == FRAMES * size, (name, len(raw))
            for column in range(SHOWN):
                at = round(column * (FRAMES - 1) / (SHOWN - 1))
                frame = Image.frombytes("RGB", SIZE, raw[at * size : (at + 1) * size])
                sheet.paste(frame.resize(tile, Image.LANCZOS), (column * tile[0], row * (tile[1] + 4)))
    sheet.save(result, quality=88)


if __name__ == "__main__":
    main()
