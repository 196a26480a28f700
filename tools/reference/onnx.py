"""Tiny networks in ONNX files for crates/autochrome-net/tests/onnx.rs, and an optional check of exports.

    pip install onnx onnxruntime
    python tools/reference/onnx.py crates/autochrome-net/tests/data   # writes l_ab, rgb_ab and rgb_rgb
    python tools/reference/onnx.py --check FILE.onnx                  # does ONNX Runtime take it, at two sizes?

The comparison of an export with our own answers is a test that runs where the library of ONNX Runtime is:

    export ORT_DYLIB_PATH=.../site-packages/onnxruntime/capi/libonnxruntime.so.1.*
    cargo test -p autochrome-net --features onnxruntime --test onnx
"""

import sys

# This file is called as the package it needs: its own folder must not come first.
sys.path.pop(0)

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def pointwise(path, weight, bias):
    """A 1×1 convolution over 16×16 pixels."""
    weight = np.array(weight, np.float32)[:, :, None, None]
    outputs, inputs = weight.shape[:2]
    node = helper.make_node("Conv", ["picture", "weight", "bias"], ["colours"])
    value = lambda name, channels: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, 16, 16])
    tensors = [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array(bias, np.float32), "bias")]
    graph = helper.make_graph([node], "pointwise", [value("picture", inputs)], [value("colours", outputs)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def check(path):
    import onnxruntime

    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path)
    for height, width in ((256, 256), (256, 512)):
        given = {}
        for value in session.get_inputs():
            if len(value.shape) == 4:
                given[value.name] = np.full([1, value.shape[1], height, width], 0.5, np.float32)
            else:
                given[value.name] = np.array([0.6], np.float32)
        (answer,) = session.run(None, given)
        assert np.isfinite(answer).all()
        print(f"{path}: {height}×{width} to {list(answer.shape)}")


if sys.argv[1] == "--check":
    check(sys.argv[2])
else:
    # a = L/10, b = -L/5; then from the mean of the planes; then red alone.
    pointwise(sys.argv[1] + "/l_ab.onnx", [[0.1], [-0.2]], [0.0, 0.0])
    pointwise(sys.argv[1] + "/rgb_ab.onnx", [[0.1, 0.1, 0.1], [0.2, 0.2, 0.2]], [0.0, 0.1])
    pointwise(sys.argv[1] + "/rgb_rgb.onnx", [[1, 0, 0], [0, 0, 0], [0, 0, 0]], [0.0, 0.0, 0.0])
