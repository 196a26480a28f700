"""How close a coloured picture is to the truth, and how colourful it is: the figures of ``autochrome evaluate``.

Pictures are of any type that :meth:`autochrome.Colorizer.colorize` takes, of one size, and are compared in 8-bit sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Tuple

from . import _images, _native

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Rgb8 = Tuple[int, int, bytes]


@dataclass(frozen=True)
class Scores:
    """The figures of one picture."""

    psnr: float
    """Peak signal-to-noise ratio over red, green and blue, in decibels; infinite for equal pictures."""
    ssim: Optional[float]
    """Structural similarity, -1 to 1, mean of red, green and blue; None where a side is under 11 pixels."""
    ciede2000: float
    """Mean colour difference, 0 for equal pictures; about 1 can just be seen."""
    colorfulness: float
    """Colourfulness of the prediction: 0 is gray, photographs have about 38."""
    true_colorfulness: float
    """The same of the truth."""


def psnr(prediction: Any, truth: Any) -> float:
    """Peak signal-to-noise ratio over all samples, in decibels; infinite for equal pictures."""
    return _native.psnr(_rgb8(prediction), _rgb8(truth))


def ssim(prediction: Any, truth: Any) -> Optional[float]:
    """Structural similarity (Wang 2004), mean of red, green and blue; None where a side is under 11 pixels."""
    return _native.ssim(_rgb8(prediction), _rgb8(truth))


def ciede2000(prediction: Any, truth: Any) -> float:
    """Mean CIEDE2000 over all pixels; 0 for equal pictures."""
    return _native.ciede2000(_rgb8(prediction), _rgb8(truth))


def ciede2000_map(prediction: Any, truth: Any) -> NDArray[np.float32]:
    """CIEDE2000 of every pixel: a float32 array H×W. Needs NumPy."""
    import numpy as np

    width, height, _ = rgb = _rgb8(truth)
    differences = _native.ciede2000_map(_rgb8(prediction), rgb)
    return np.frombuffer(differences, np.float32).reshape(height, width)


def colorfulness(image: Any) -> float:
    """Colourfulness after Hasler and Süsstrunk (2003): 0 is gray, photographs have about 38, 100 is garish."""
    return _native.colorfulness(_rgb8(image))


def evaluate(prediction: Any, truth: Any) -> Scores:
    """All figures of one picture. ``autochrome evaluate`` measures methods on whole folders, with intervals."""
    predicted, true = _rgb8(prediction), _rgb8(truth)
    return Scores(
        psnr=_native.psnr(predicted, true),
        ssim=_native.ssim(predicted, true),
        ciede2000=_native.ciede2000(predicted, true),
        colorfulness=_native.colorfulness(predicted),
        true_colorfulness=_native.colorfulness(true),
    )


def _rgb8(image: Any) -> _Rgb8:
    width, height, rgb = _native.rgb8(_images.source(image).data)
    return width, height, bytes(rgb)
