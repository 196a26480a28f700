#!/usr/bin/env python3
"""One film of hard cuts by one worker and by several: seconds, processor time, and whether the results are the same bytes.

Each worker is one process with one thread for pixels (`RAYON_NUM_THREADS=1`). Needs Python alone, `ffmpeg`, `nats-server`, and a
program with the cargo feature `nats`. Everything is started here, listens on 127.0.0.1, and is ended with this.

    python3 tools/bench/film_workers.py target/release/autochrome --scenes 8 --workers 1 2
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

from kill_queue import Cluster

FRAMES = 250  # of a scene: one part of the result


def make_film(path, scenes, size):
    """Two gray sources by turns."""
    source = f"testsrc2=s={size}:r=25", f"mandelbrot=s={size}:r=25"
    turns = f"[0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(mod(floor((T*25+0.5)/{FRAMES}),2),A,B)'"
    inputs = [word for one in source for word in ("-f", "lavfi", "-i", one)]
    command = ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", turns, "-frames:v", str(scenes * FRAMES)]
    subprocess.run([*command, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", str(path)], check=True)


def processor_seconds(pid):
    """Of a process and of those that it has waited for, FFmpeg's among them."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def measure(program, film, workers, method):
    with tempfile.TemporaryDirectory(prefix="film-workers-") as folder:
        cluster = Cluster(program, pathlib.Path(folder), workers)
        try:
            for number in range(workers):
                log = cluster.folder / f"worker{number}.log"
                while "waiting for jobs" not in log.read_text():
                    time.sleep(0.1)
            before = [processor_seconds(worker.pid) for worker in cluster.workers]
            sent = cluster.ask("/v1/films?name=film.mp4", film.read_bytes(), {"content-type": "video/mp4"})["id"]
            options = {"codec": "ffv1", "container": "mkv"} | ({"method": method} if method else {})
            order = json.dumps({"options": options}).encode()
            begun = time.monotonic()
            job = cluster.ask(f"/v1/films/{sent}/jobs", order, {"content-type": "application/json"})["id"]
            state = "queued"
            while state in ("queued", "running"):
                time.sleep(0.1)
                state = cluster.ask(f"/v1/jobs/{job}")["state"]
            took = time.monotonic() - begun
            cpu = [processor_seconds(worker.pid) - old for worker, old in zip(cluster.workers, before)]
            assert state == "done", cluster.ask(f"/v1/jobs/{job}")
            digest = hashlib.sha256(cluster.ask(f"/v1/jobs/{job}/result", raw=True)).hexdigest()
            return took, cpu, digest
        finally:
            cluster.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--scenes", type=int, default=8)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--method")
    arguments = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = "1"
    digests = set()
    with tempfile.TemporaryDirectory() as folder:
        film = pathlib.Path(folder) / "film.mp4"
        make_film(film, arguments.scenes, arguments.size)
        print(f"{arguments.scenes} scenes, {arguments.scenes * FRAMES} frames of {arguments.size}")
        for _ in range(arguments.runs):
            for workers in arguments.workers:
                took, cpu, digest = measure(arguments.program.resolve(), film, workers, arguments.method)
                digests.add(digest)
                each = " + ".join(f"{one:.1f}" for one in cpu)
                load = re.match(r"[0-9.]+", pathlib.Path("/proc/loadavg").read_text()).group()
                print(f"workers {workers}: {took:.1f} s, processor time {each} s, load {load}", flush=True)
    assert len(digests) == 1, "the results differ"


if __name__ == "__main__":
    main()
