"""Images a second of PyTorch training the flagship's network with its Lite0 encoder, for `cargo xtask bench`.

    pip install torch numpy
    python tools/bench/training.py BATCH STEPS

Every layer learns, at 128 px, with the losses and the optimiser of our recipe. The pictures are noise and the class targets
are drawn, not computed, and nothing is loaded: PyTorch is asked for less than our trainer does. Threads are PyTorch's own choice;
OMP_NUM_THREADS bounds them.
"""

import pathlib
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "reference"))
from networks import ChromaNet  # noqa: E402

batch, steps = int(sys.argv[1]), int(sys.argv[2])
torch.manual_seed(0)
net = ChromaNet().to(memory_format=torch.channels_last).train()
optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.02)
gray = torch.rand(batch, 1, 128, 128).to(memory_format=torch.channels_last)
hints = torch.zeros(batch, 3, 128, 128)
truth = torch.rand(batch, 2, 64, 64)
# Soft classes: five of 313 a pixel.
target = torch.zeros(batch, 313, 32, 32)
target.scatter_(1, torch.randint(0, 313, (batch, 5, 32, 32)), 0.2)
centres = torch.rand(313, 2)


def gradient(x):
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def step():
    logits, refinement = net(gray, hints)
    classes = -(target * logits.log_softmax(1)).sum(1).mean()
    mean = torch.einsum("nqhw,qc->nchw", (logits / 0.6).softmax(1), centres)
    ab = F.interpolate(mean, scale_factor=2.0) + refinement
    huber = F.huber_loss(ab, truth, delta=0.1)
    edges = sum((x - y).abs().mean() for x, y in zip(gradient(ab), gradient(truth)))
    optimiser.zero_grad(set_to_none=True)
    (classes + 10.0 * huber + 2.5 * edges).backward()
    optimiser.step()


step()
began = time.perf_counter()
for _ in range(steps):
    step()
print(f"{batch * steps / (time.perf_counter() - began):.3f}")
