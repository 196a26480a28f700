"""Milliseconds of one forward pass in ONNX Runtime, median and n, for `cargo xtask bench`.

    pip install onnxruntime numpy
    python tools/bench/inference.py MODEL.onnx

One picture of 256 px on one thread, as the bench `forward` of autochrome-engine has it.
"""

import statistics
import sys
import time

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
wave = 50.0 + 40.0 * np.sin(0.05 * np.arange(256 * 256, dtype=np.float32))
inputs = {}
for wanted in session.get_inputs():
    if len(wanted.shape) == 1:
        inputs[wanted.name] = np.ones(1, np.float32)  # the temperature
        continue
    shape = (1, wanted.shape[1], 256, 256)
    inputs[wanted.name] = wave.reshape(shape) if wanted.shape[1] == 1 else np.zeros(shape, np.float32)

RUNS = 25
times = []
for run in range(RUNS + 3):
    began = time.perf_counter()
    session.run(None, inputs)
    times.append(1e3 * (time.perf_counter() - began))
print(f"{statistics.median(times[3:]):.3f}\t{RUNS}")
