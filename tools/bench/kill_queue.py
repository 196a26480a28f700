#!/usr/bin/env python3
"""One server, several workers, many pictures and a film; workers and nats-server are killed at random meanwhile.

Counts that every job ended exactly once, with its result. Needs Python alone, `nats-server`, and a program with the cargo feature
`nats`; `ffmpeg` for the film. Everything is started here, listens on 127.0.0.1, and is ended with this.

    python3 tools/bench/kill_queue.py target/release/autochrome PICTURES --jobs 500 --workers 4
"""

import argparse
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

LEASE_S = 30  # of crates/autochrome-server/src/jobs.rs


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Cluster:
    def __init__(self, program, folder, workers):
        self.program, self.folder, self.port = program, folder, free_port()
        self.killed = {"worker": 0, "nats-server": 0}
        self.processes = []
        self.nats = self.start_nats()
        self.server = self.start("serve", "server", "--bind", "127.0.0.1:0")
        self.base = self.address()
        self.workers = [self.start_worker(number) for number in range(workers)]

    def spawn(self, command, log):
        with open(self.folder / f"{log}.log", "ab") as output:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output)
        self.processes.append(process)
        return process

    def start_nats(self):
        options = ["-js", "-a", "127.0.0.1", "-p", str(self.port), "-sd", str(self.folder / "nats")]
        return self.spawn(["nats-server", *options], "nats")

    def start(self, command, name, *more):
        queue = ["--queue", f"nats://127.0.0.1:{self.port}", "--store", str(self.folder / "store")]
        data = ["--data-dir", str(self.folder / name)]
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.1)
        return self.spawn([str(self.program), command, *queue, *data, *more], name)

    def start_worker(self, number):
        return self.start("worker", f"worker{number}", "--workers", "1")

    def address(self):
        for _ in range(600):
            found = re.search(r"http://([0-9.:]+)", (self.folder / "server.log").read_text())
            if found:
                return f"http://{found.group(1)}"
            time.sleep(0.1)
        raise SystemExit("the server does not start; see its log")

    def kill(self, choice):
        """SIGKILL, and a new process in its place."""
        if choice == "nats-server":
            self.nats.kill()
            self.nats.wait()
            time.sleep(random.uniform(0.1, 2.0))
            self.nats = self.start_nats()
        else:
            number = random.randrange(len(self.workers))
            self.workers[number].kill()
            self.workers[number].wait()
            self.workers[number] = self.start_worker(number)
        self.killed[choice] += 1

    def revive(self):
        """Workers that ended by themselves: one that finds no nats-server when it starts says so and ends."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[number] = self.start_worker(number)

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def ask(self, path, data=None, headers=None, raw=False):
        """Asks again, as a client should, while the queue does not answer."""
        request = urllib.request.Request(self.base + path, data=data, headers=headers or {})
        for _ in range(120):
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    body = answer.read()
                    return body if raw else json.loads(body)
            except urllib.error.HTTPError as error:
                if error.code != 503:
                    raise SystemExit(f"{path}: {error.code} {error.read().decode()}") from error
                time.sleep(0.5)
        raise SystemExit(f"{path}: 503 for too long")


def send(cluster, path, key, method):
    boundary = "xyz"
    head = f'--{boundary}\r\ncontent-disposition: form-data; name="image"; filename="{path.name}"\r\n\r\n'.encode()
    options = json.dumps({"method": method} if method else {})
    tail = f'\r\n--{boundary}\r\ncontent-disposition: form-data; name="options"\r\n\r\n{options}\r\n--{boundary}--\r\n'.encode()
    headers = {"content-type": f"multipart/form-data; boundary={boundary}", "idempotency-key": key}
    return cluster.ask("/v1/jobs", head + path.read_bytes() + tail, headers)["id"]


def send_film(cluster, folder, seconds, size, method):
    path = folder / "film.mp4"
    # Two sources by turns: a cut every ten seconds, so that the film has segments.
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25", "-f", "lavfi", "-i", f"mandelbrot=s={size}:r=25"]
    turns = "[0:v]hue=s=0,eq=brightness=0.3[a];[1:v]hue=s=0,eq=brightness=-0.3[b];[a][b]blend=all_expr='if(mod(floor(T/10+0.002),2),A,B)'"
    command = ["ffmpeg", "-v", "error", *inputs, "-filter_complex", turns, "-t", str(seconds)]
    subprocess.run([*command, "-c:v", "libx264", "-pix_fmt", "yuv420p", str(path)], check=True)
    film = cluster.ask("/v1/films?name=film.mp4", path.read_bytes(), {"content-type": "video/mp4"})["id"]
    headers = {"content-type": "application/json", "idempotency-key": "film"}
    order = json.dumps({"options": {"method": method} if method else {}}).encode()
    return cluster.ask(f"/v1/films/{film}/jobs", order, headers)["id"]


def ends(cluster, job):
    """How often listeners were told an end."""
    try:
        text = cluster.ask(f"/v1/jobs/{job}/events", raw=True).decode()
    except json.JSONDecodeError:
        return 0
    told = [json.loads(line[5:]) for line in text.splitlines() if line.startswith("data:")]
    return sum(event.get("state") in ("done", "failed", "cancelled") for event in told)


def counts(cluster):
    text = cluster.ask("/metrics", raw=True).decode()
    return {state: int(number) for state, number in re.findall(r'autochrome_jobs\{state="(\w+)"\} (\d+)', text)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path, help="folder of JPEG files")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--film", type=int, default=0, metavar="SECONDS", help="a film as well")
    parser.add_argument("--size", default="96x64", help="columns and rows of the film")
    parser.add_argument("--method", help="method instead of the default one")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two kills, on the average")
    parser.add_argument("--quiet", action="store_true", help="kill nothing, to compare")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    files = sorted(path for path in arguments.pictures.rglob("*.jpg"))
    if not files:
        raise SystemExit(f"no pictures in {arguments.pictures}")
    with tempfile.TemporaryDirectory(prefix="kill-queue-") as folder:
        folder = pathlib.Path(folder)
        cluster = Cluster(arguments.program.resolve(), folder, arguments.workers)
        try:
            run(cluster, arguments, files, folder)
        finally:
            cluster.stop()


def run(cluster, arguments, files, folder):
    begun = time.monotonic()
    jobs = [send(cluster, files[n % len(files)], f"picture-{n}", arguments.method) for n in range(arguments.jobs)]
    if arguments.film:
        jobs.append(send_film(cluster, folder, arguments.film, arguments.size, arguments.method))
    sent = time.monotonic() - begun
    choices = ["worker", "worker", "worker", "nats-server"]
    next_kill = time.monotonic() + arguments.every
    state = counts(cluster)
    while state["queued"] + state["running"]:
        if not arguments.quiet and time.monotonic() >= next_kill:
            cluster.kill(random.choice(choices))
            next_kill = time.monotonic() + random.uniform(0.2, 1.8) * arguments.every
        cluster.revive()
        time.sleep(0.2)
        state = counts(cluster)
    took = time.monotonic() - begun
    wrong = []
    for job in jobs:
        told, answer = ends(cluster, job), cluster.ask(f"/v1/jobs/{job}")
        result = answer["state"] == "done" and cluster.ask(f"/v1/jobs/{job}/result", raw=True)
        if told != 1 or answer["state"] != "done" or not result or len(answer["files"]) != 1:
            wrong.append((job, told, answer["state"], answer["error"], answer["files"]))
    print(f"jobs {len(jobs)}, distinct {len(set(jobs))}, states {state}")
    print(f"killed {cluster.killed}, workers {len(cluster.workers)}")
    print(f"sent in {sent:.1f} s, all over after {took:.1f} s; a lease is {LEASE_S} s")
    print(f"jobs that did not end exactly once with one result: {len(wrong)}")
    for line in wrong[:10]:
        print("  ", *line)
    sys.exit(1 if wrong or len(set(jobs)) != len(jobs) else 0)


if __name__ == "__main__":
    main()
