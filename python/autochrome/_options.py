"""What can be asked for, as keywords of :class:`autochrome.Colorizer` and its methods."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Sequence, Tuple, TypedDict, Union

#: The place of a file.
PathLike = Union[str, "os.PathLike[str]"]


class Point(TypedDict, total=False):
    """A spot of known colour."""

    x: float
    """Distance from the left edge, 0 to 1 of the width."""
    y: float
    """Distance from the upper edge, 0 to 1 of the height."""
    radius: float
    """Half the side of the spot, 0 to 1 of the longer side; 0, the default, is one pixel."""
    color: str
    """``#rrggbb``, sRGB."""


class Stroke(TypedDict):
    """A line of known colour."""

    path: Sequence[Tuple[float, float]]
    """Its corners: x and y, 0 to 1 of width and height."""
    width: float
    """Width of the brush, 0 to 1 of the longer side."""
    color: str
    """``#rrggbb``, sRGB."""


class Hints(TypedDict, total=False):
    """Spots and lines, as in a file of ``autochrome colorize --hints``."""

    points: List[Point]
    strokes: List[Stroke]


class Wishes(TypedDict, total=False):
    """What may be asked of a method and its model; what is left out has its default.

    ``docs/guidance.md`` says what the ways to guide a method are good for, ``autochrome.methods()``, ``filters()`` and
    ``sliders()`` what there is to choose from.
    """

    settings: Dict[str, Union[str, float, bool]]
    """Options of the method by their ids."""
    hints: Union[Hints, Sequence[Union[Point, Stroke]], PathLike]
    """Spots and lines of known colour, or a JSON file of them."""
    references: Any
    """A picture to take colours from, or a list of them, each of any type that :meth:`Colorizer.colorize` takes."""
    scribbles: Any
    """A painted copy of the picture, or a transparent picture with strokes alone."""
    text: str
    """Things and their colours in words, English or German: ``"red car, blue sky"``."""
    mood: str
    """What the picture looks like as a whole: a mean colour (``"#a08060"``), a palette (``"dark brown, beige"``) or the mean strength
    of its colours (``"chroma 12"``)."""
    memory: str
    """Name of a memory that ``autochrome memory add`` made on this computer: what looks like its pictures gets their colours."""
    fix: str
    """What is done with colours of the answer, by their hues: ``"violet -> gray; skin: green -> 20 towards yellow"``."""
    protect_skin: bool
    """Keeps the colours that skin has when nothing is said."""
    swatches: List[Dict[str, Any]]
    """Parts of the picture that are to look like parts of references: ``{"picture": area, "area": area, "reference": 0}``,
    an area being ``{"x": 0, "y": 0, "width": 0.5, "height": 1}``."""
    recolors: List[Dict[str, Any]]
    """Changes of colours that the picture has: ``{"from": "#3050a0", "to": "#804020"}``, ``{"entry": 0, "to": "#804020"}`` or
    ``{"hues": [225, 310], "to_hue": 65}``, in degrees."""
    seed: int
    """Draws another plausible answer; the same number gives the same answer."""
    answer: int
    """Which of the method's answers is taken, the best one being 0."""
    filter: str
    """Id of a filter."""
    amount: float
    """How much of the filter, 0 to 1."""
    saturation: float
    """Strength of the colours, 0 to 4: 0 is gray, 1 as found."""
    temperature: float
    """Warmth, -50 to 50: added to b of CIELAB."""
    tint: float
    """Tint, -50 to 50: added to a of CIELAB."""
    contrast: float
    """Contrast, 0.5 to 2: factor on the distance of L from 50; it changes lightness, as filters may."""
    format: str
    """Format of a file: ``same``, ``png``, ``jpeg``, ``webp``, ``tiff``, ``ora`` (layers) or ``color-layer``."""
    quality: int
    """JPEG quality, 1 to 100; 92 without it."""
    pages: Union[int, str]
    """Page of a TIFF of several, from 1, or ``all``."""
    invert: bool
    """Makes a negative positive first."""
    borders: bool
    """Colours borders around the photograph too."""
    leave_colored: bool
    """Raises ``in-color-already`` for a picture that is in colour instead of colouring it anew."""
    keep_tone: bool
    """Keeps a tint of the sepia or other tone that the picture has."""
    collage: bool
    """Before and after side by side instead of the picture alone."""
    max_side_px: int
    """Shrinks the result to this longer side, in pixels."""


class Options(Wishes, total=False):
    """Everything that may be asked for."""

    method: str
    """Id of a method; without it, the one that fits what is said about the colours."""
    model: PathLike
    """Id of a built-in model, or a weights file, or an ONNX file with its description (``.toml``) next to it."""
