"""Colour a folder on a Ray cluster: actors that keep the model, at any number of machines.

    pip install ./python ray
    python examples/ray_batch.py SCANS DONE --actors 8

SCANS and DONE must be seen by every machine (NFS, a mounted bucket). Only paths travel through Ray; pictures are read and written where they are
coloured, whole or not at all. A second run goes on where the first was stopped: what lies in DONE is passed over. A worker that dies is replaced and its
pictures are given out again; a picture that kills several workers, or cannot be read, is a line of DONE/failed.csv and costs nobody else anything. Pictures
that are in colour already are left alone.

The memory of a worker is that of its model, about 60 MB, and `--memory` for its pictures. The driver holds two paths for each worker at a time.
"""

import argparse
import csv
import os
import pathlib
import time

import ray

import autochrome

EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".pgm", ".ppm", ".pnm"}
WRITTEN = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
#: How often a picture is tried when its workers die.
TRIES = 3


@ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES - 1)
class Painter:
    def __init__(self, memory_mb, options):
        self.colorizer = autochrome.Colorizer(memory_mb=memory_mb, leave_colored=True, **options)

    def paint(self, source, result):
        """None when the result is there, else the code and the message of what went wrong."""
        if os.path.exists(result):
            # Written by a worker that died before it could say so.
            return None
        try:
            os.makedirs(os.path.dirname(result), exist_ok=True)
            self.colorizer.colorize(source, output=result)
        except autochrome.AutochromeError as error:
            if error.code != "output-exists":
                return error.code, str(error)
        return None

    def process_id(self):
        return os.getpid()


def pictures(folder):
    """Pictures below a folder by their paths in it, sorted within each of its folders."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and pathlib.Path(name).suffix.lower() in EXTENSIONS:
                yield pathlib.Path(place, name).relative_to(folder)


def result_of(folder, below):
    """`a.jpg` for `a.jpg`; `a.bmp.png` for formats that are not written."""
    place = folder / below
    return place if place.suffix.lower() in WRITTEN else place.with_name(place.name + ".png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scans", type=pathlib.Path)
    parser.add_argument("done", type=pathlib.Path)
    parser.add_argument("--actors", type=int, default=2, help="workers, one processor each")
    parser.add_argument("--memory", type=int, default=512, help="MB for the pictures of a worker")
    parser.add_argument("--model", help="built-in model or weights file")
    arguments = parser.parse_args()

    ray.init(runtime_env={"env_vars": {"RAYON_NUM_THREADS": "1"}}, logging_level="warning")
    arguments.done.mkdir(parents=True, exist_ok=True)
    options = {"model": arguments.model} if arguments.model else {}
    painters = [Painter.remote(arguments.memory, options) for _ in range(arguments.actors)]
    # The clock begins when every worker has its model.
    print("workers:", *ray.get([painter.process_id.remote() for painter in painters]), flush=True)
    started, counts = time.monotonic(), {"done": 0, "failed": 0, "in colour": 0, "skipped": 0}
    waiting = {}

    with open(arguments.done / "failed.csv", "w", newline="", encoding="utf-8") as table:
        failed = csv.writer(table)
        failed.writerow(["picture", "code", "message"])

        def take_one():
            [ready], _ = ray.wait(list(waiting), num_returns=1)
            painter, below = waiting.pop(ready)
            try:
                problem = ray.get(ready)
            except ray.exceptions.RayError as error:
                problem = "worker-died", f"given up after {TRIES} tries: {type(error).__name__}"
            if problem and problem[0] == "in-color-already":
                counts["in colour"] += 1
            elif not problem:
                counts["done"] += 1
            else:
                counts["failed"] += 1
                failed.writerow([below.as_posix(), *problem])
                table.flush()
            return painter

        # Each worker has one picture and the next.
        free = painters * 2
        for below in pictures(arguments.scans):
            result = result_of(arguments.done, below)
            if result.exists():
                counts["skipped"] += 1
                continue
            painter = free.pop() if free else take_one()
            source = (arguments.scans / below).resolve()
            task = painter.paint.remote(str(source), str(result.resolve()))
            waiting[task] = painter, below
        while waiting:
            take_one()

    seconds = time.monotonic() - started
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{told}; {seconds:.1f} s, {counts['done'] / max(seconds, 1e-9):.2f} pictures/s")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
