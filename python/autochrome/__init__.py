"""Give colour to grayscale photographs, offline, on an ordinary CPU.

>>> import autochrome
>>> colorizer = autochrome.Colorizer()
>>> colorizer.colorize("grandma.jpg", output="grandma.color.jpg")
>>> rgb = colorizer.colorize(gray)              # a NumPy array H×W, uint8, uint16 or floating point in 0 to 1
>>> image = colorizer.colorize(Image.open("grandma.jpg"), text="red dress, blond hair")
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from . import _native
from ._colorizer import Answer, Colorizer, Inspection
from ._errors import (
    AutochromeError,
    AutochromeWarning,
    InputError,
    MachineError,
    MissingFileError,
    RequestError,
    StoppedError,
    TooLargeError,
    UnsupportedError,
)
from ._metrics import Scores, ciede2000, ciede2000_map, colorfulness, evaluate, psnr, ssim
from ._options import Hints, Options, Point, Stroke

__version__: str = _native.version()

__all__ = [
    "Answer",
    "AutochromeError",
    "AutochromeWarning",
    "Colorizer",
    "Hints",
    "InputError",
    "Inspection",
    "MachineError",
    "MissingFileError",
    "Options",
    "Point",
    "RequestError",
    "Scores",
    "StoppedError",
    "Stroke",
    "TooLargeError",
    "UnsupportedError",
    "ciede2000",
    "ciede2000_map",
    "colorfulness",
    "evaluate",
    "filters",
    "methods",
    "models",
    "psnr",
    "sliders",
    "ssim",
]


def methods() -> List[Dict[str, Any]]:
    """Every method, the default first: ``id``, ``name``, ``summary``, ``uses_model`` and the ids of its ``options``."""
    return _native.methods()


def models() -> List[str]:
    """The ids of the built-in models, the default first."""
    return _native.models()


def filters() -> List[Tuple[str, str]]:
    """Every filter: its id and what it does."""
    return _native.filters()


def sliders() -> List[Dict[str, Any]]:
    """Every slider: ``id``, ``help``, ``min``, ``max``, ``default`` and ``unit``."""
    return _native.sliders()
