"""Makes crates/autochrome-evaluate/testdata/frechet.tsv: Fréchet distances by SciPy of vectors that a formula draws.

pip install scipy; python3 tools/reference/evaluate_frechet.py > crates/autochrome-evaluate/testdata/frechet.tsv
"""
import numpy
import scipy
from scipy.linalg import sqrtm

MASK = 0xFFFFFFFF


def noise(i, j, seed):
    hashed = (i * 73856093 ^ j * 19349663 ^ seed * 83492791) & MASK
    hashed = ((hashed ^ hashed >> 15) * 2654435761) & MASK
    return numpy.float32(hashed >> 16) / numpy.float32(65536)


def vectors(n, d, seed):
    half, shift = numpy.float32(0.5), numpy.float32(0.125 * seed)
    return numpy.array(
        [[noise(i, j, seed) + half * noise(i, (j + 1) % d, seed) + shift for j in range(d)] for i in range(n)]
    ).astype(float)


print(f"# n1, n2, dimensions, seed of the second, squared Fréchet distance; scipy {scipy.__version__}")
# The last rows have fewer vectors than dimensions, and so singular covariances.
for n1, n2, d, seed in [(50, 80, 2, 2), (300, 200, 8, 3), (400, 400, 32, 1), (40, 60, 64, 2), (20, 300, 48, 4)]:
    one, two = vectors(n1, d, 1), vectors(n2, d, seed)
    c1, c2 = numpy.cov(one, rowvar=False), numpy.cov(two, rowvar=False)
    root = sqrtm(sqrtm(c1).real @ c2 @ sqrtm(c1).real).real
    apart = one.mean(0) - two.mean(0)
    distance = apart @ apart + numpy.trace(c1) + numpy.trace(c2) - 2 * numpy.trace(root)
    print(n1, n2, d, seed, f"{max(distance, 0):.10f}", sep="\t")
