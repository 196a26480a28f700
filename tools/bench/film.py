"""How much coloured films flicker, beside the same frames coloured one by one, for docs/film.md.

    pip install numpy opencv-python-headless
    python tools/bench/film.py autochrome CLIP.mp4 ... [--seconds 5] [--work DIR]

Every clip loses its colours (`hue=s=0`) and is coloured twice: by `autochrome video --codec ffv1`, and by `autochrome colorize` over
its frames as PNG. Both are compared with the clip as it was, at a width of 320:

- flicker: mean CIEDE2000 between neighbouring frames where the clip stands still (L changes by less than 1 in a square of 7 × 7);
- warping error: mean distance in a and b between a frame and the one before, moved along the flow of luma (DIS, both ways, where the
  two agree to half a pixel and L fits to 2);
- error: mean CIEDE2000 to the clip as it was;
- drift: as flicker, between frames ten seconds apart (or as far apart as the clip allows, from three seconds on).

Frames across a cut (mean change of L above 12) count for the error alone.

Two more columns say between which bounds warping can lie: the clip in its true colours, and the clip in one colour (a = 12, b = 18
everywhere, written and read as the coloured film is), which nothing but the rounding to codes of 8 bits makes uneven.
"""

import argparse
import pathlib
import shutil
import subprocess
import time

import cv2
import numpy as np

WIDTH = 320


def run(*words):
    start = time.perf_counter()
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def frames(path):
    """Frames as CIELAB (D65)."""
    words = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf", f"scale={WIDTH}:-2:flags=area"]
    read = lambda more: subprocess.run(words + more, check=True, stdout=subprocess.PIPE).stdout
    first = read(["-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-"])
    height, width = cv2.imdecode(np.frombuffer(first, np.uint8), 1).shape[:2]
    # 16 bits: rounding the reduced frames to 8 would be a third of what is measured.
    raw = read(["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb48le", "-"])
    rgb = np.frombuffer(raw, "<u2").reshape(-1, height, width, 3).astype(np.float32) / 65535
    return [cv2.cvtColor(frame, cv2.COLOR_RGB2Lab) for frame in rgb]


def in_one_colour(gray, result):
    """Writes the film `gray` with a = 12 and b = 18 in every pixel."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", str(gray)]
    size = subprocess.run(probe, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    width, height = map(int, size.split(","))
    quiet = ["ffmpeg", "-y", "-v", "error", "-nostdin"]
    source = subprocess.Popen(quiet + ["-i", str(gray), "-f", "rawvideo", "-pix_fmt", "gray", "-"], stdout=subprocess.PIPE)
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-i", "-"]
    sink = subprocess.Popen(["ffmpeg", "-y", "-v", "error"] + raw + ["-c:v", "ffv1", "-pix_fmt", "yuv420p", str(result)], stdin=subprocess.PIPE)
    while len(frame := source.stdout.read(width * height)) == width * height:
        luma = np.frombuffer(frame, np.uint8).reshape(height, width).astype(np.float32) / 2.55
        rgb = cv2.cvtColor(np.dstack([luma, np.full_like(luma, 12), np.full_like(luma, 18)]), cv2.COLOR_Lab2RGB)
        sink.stdin.write(np.clip(rgb * 255 + 0.5, 0, 255).astype(np.uint8).tobytes())
    sink.stdin.close()
    assert source.wait() == 0 and sink.wait() == 0


def ciede2000(one, two):
    """Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", 2005."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0).astype(np.float64), np.moveaxis(two, -1, 0).astype(np.float64)
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(mean7 / (mean7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    gray = c1 * c2 == 0
    dh = np.where(gray, 0, (h2 - h1 + 180) % 360 - 180)
    dl, dc, dhh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh) / 2)
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = np.where(gray, h1 + h2, (h1 + ((h2 - h1 + 180) % 360 - 180) / 2) % 360)
    t = 1 - 0.17 * np.cos(np.radians(h - 30)) + 0.24 * np.cos(np.radians(2 * h)) + 0.32 * np.cos(np.radians(3 * h + 6)) - 0.2 * np.cos(np.radians(4 * h - 63))
    sl, sc, sh = 1 + 0.015 * (l - 50) ** 2 / np.sqrt(20 + (l - 50) ** 2), 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    return np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dhh / sh) ** 2 + rt * dc / sc * dhh / sh)


def still(one, two):
    return cv2.dilate((np.abs(one[..., 0] - two[..., 0]) >= 1).astype(np.uint8), np.ones((7, 7))) == 0


def is_cut(one, two):
    return np.abs(one[..., 0] - two[..., 0]).mean() > 12


def flow_pairs(truth):
    """Where each pixel of a frame was in the frame before, and where that is to be believed."""
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    gray = [np.clip(frame[..., 0] * 2.55, 0, 255).astype(np.uint8) for frame in truth]
    height, width = gray[0].shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    for before, after in zip(range(len(truth) - 1), range(1, len(truth))):
        if is_cut(truth[before], truth[after]):
            yield None
            continue
        back, there = dis.calc(gray[after], gray[before], None), dis.calc(gray[before], gray[after], None)
        place = grid + back
        returned = cv2.remap(there, place, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(99, 99))
        luma = cv2.remap(truth[before][..., 0], place, None, cv2.INTER_LINEAR)
        sure = (np.linalg.norm(back + returned, axis=-1) < 0.5) & (np.abs(luma - truth[after][..., 0]) < 2)
        yield place, sure


def figures(colored, truth, flows, far):
    flicker, warp, drift = [], [], []
    assert len(colored) == len(truth), (len(colored), len(truth))
    # The clip's own L, and between frames that of the first, so that nothing but colours counts.
    colored = [np.dstack([t[..., 0], c[..., 1:]]) for c, t in zip(colored, truth)]
    between = lambda one, two, mask: ciede2000(one[mask], np.dstack([one[..., :1], two[..., 1:]])[mask])
    for i in range(1, len(colored)):
        if is_cut(truth[i - 1], truth[i]):
            continue
        mask = still(truth[i - 1], truth[i])
        flicker.append(between(colored[i - 1], colored[i], mask))
        place, sure = flows[i - 1]
        moved = cv2.remap(np.ascontiguousarray(colored[i - 1][..., 1:]), place, None, cv2.INTER_LINEAR)
        warp.append(np.linalg.norm(moved - colored[i][..., 1:], axis=-1)[sure])
    for i in range(len(colored) - far if far else 0):
        if not any(is_cut(truth[j - 1], truth[j]) for j in range(i + 1, i + far + 1)):
            mask = still(truth[i], truth[i + far])
            drift.append(between(colored[i], colored[i + far], mask))
    error = np.mean([ciede2000(c, t).mean() for c, t in zip(colored, truth)])
    mean = lambda parts: float(np.concatenate(parts).mean()) if parts and sum(map(len, parts)) else float("nan")
    return [mean(flicker), mean(warp), float(error), mean(drift)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("autochrome")
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--work", default="film-work")
    arguments = parser.parse_args()
    print("| clip | frames | flicker: true | one by one | film | ratio | warping: true | one colour | one by one | film | ratio | ΔE00: one by one | film | drift: true | one by one | film |")
    print("|---" * 16 + "|")
    rows = []
    for clip in map(pathlib.Path, arguments.clips):
        work = pathlib.Path(arguments.work) / clip.stem
        shutil.rmtree(work, ignore_errors=True)
        (work / "in").mkdir(parents=True)
        keep = ["-an", "-t", arguments.seconds]
        run("ffmpeg", "-v", "error", "-nostdin", "-i", clip, *keep, "-c:v", "ffv1", "-pix_fmt", "yuv420p", work / "truth.mkv")
        run("ffmpeg", "-v", "error", "-nostdin", "-i", work / "truth.mkv", "-vf", "hue=s=0", "-c:v", "ffv1", work / "gray.mkv")
        run("ffmpeg", "-v", "error", "-nostdin", "-i", work / "gray.mkv", work / "in" / "%06d.png")
        run(arguments.autochrome, "video", work / "gray.mkv", "-o", work / "film.mkv", "--codec", "ffv1")
        run(arguments.autochrome, "colorize", work / "in", "--out-dir", work / "out")
        in_one_colour(work / "gray.mkv", work / "plain.mkv")
        truth = frames(work / "truth.mkv")
        flows = list(flow_pairs(truth))
        rate = len(truth) / arguments.seconds
        far = int(min(10 * rate, len(truth) - rate))
        far = far if far >= 3 * rate else 0
        own, plain, single, film = [
            figures(frames(work / name), truth, flows, far) for name in ("truth.mkv", "plain.mkv", "out/%06d.png", "film.mkv")
        ]
        row = [own[0], single[0], film[0], film[0] / single[0], own[1], plain[1], single[1], film[1], film[1] / single[1]]
        row += [single[2], film[2], own[3], single[3], film[3]]
        rows.append(row)
        print(f"| {clip.stem} | {len(truth)} | " + " | ".join(f"{value:.2f}" for value in row) + " |", flush=True)
        shutil.rmtree(work)
    mean = np.nanmean(rows, axis=0)
    mean[3], mean[8] = mean[2] / mean[1], mean[7] / mean[6]
    print("| **mean** | | " + " | ".join(f"{value:.2f}" for value in mean) + " |")


if __name__ == "__main__":
    main()
