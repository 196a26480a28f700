"""The one class that colours."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Generic, List, Optional, Tuple, TypeVar, Union, overload

from . import _images, _native
from ._errors import AutochromeWarning
from ._options import PathLike

if TYPE_CHECKING:
    import numpy as np
    import PIL.Image
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from ._options import Options, Wishes

    Pixels = TypeVar("Pixels", "NDArray[Any]", "PIL.Image.Image")

T = TypeVar("T")

_LOOK = frozenset(["filter", *(slider["id"] for slider in _native.sliders())])
#: Said by other keywords: see `_document`, and `answers`.
_APART = frozenset(["points", "strokes", "look", "variants"])
_KNOWN = (frozenset(_native.fields()) - _APART) | _LOOK | {"hints", "references", "scribbles"}


@dataclass(frozen=True)
class Answer(Generic[T]):
    """One answer to a picture."""

    image: T
    """The picture in colour, of the type that was given: an array, an image of Pillow, or the bytes of a file."""
    seed: Optional[int]
    """The seed that it came from."""
    answer: int
    """Its place among the answers of the method, the best one being 0."""
    page: int
    """Which page of a file it is, from 1."""
    method: str
    """Id of the method."""
    model: Optional[str]
    """Id of the model, if the method has one."""
    coloring: str
    """Which colours the picture had: ``gray``, ``sepia``, ``cyanotype``, ``toned`` or ``color``."""
    subject: str
    """What it shows: ``photograph``, ``negative``, ``drawing`` or ``halftone``."""
    warnings: List[str]
    """What had to be left out or guessed, one sentence each."""


@dataclass(frozen=True)
class Inspection:
    """What there is to know about a picture before it is coloured."""

    format: str
    """The usual extension of its format; ``pnm`` and ``tif`` for what is no file."""
    width: int
    """Columns, upright."""
    height: int
    """Rows, upright."""
    bits: int
    """Bits a sample, 8 or 16."""
    pages: int
    """Pages of the file."""
    coloring: str
    """As in :class:`Answer`."""
    subject: str
    """As in :class:`Answer`."""
    faded: bool
    """Whether a print of it would look faded."""
    borders: Optional[Tuple[int, int, int, int]]
    """What lies within borders, where there are any: x, y, width and height in pixels."""
    warnings: List[str]
    """What had to be left out or guessed, one sentence each."""


class Colorizer:
    """Gives colour to pictures.

    The model is opened once, here. One colorizer serves any number of threads: it works without the interpreter's lock, and
    ``memory_mb`` bounds all pictures together. It can be pickled, and opens its model again where it arrives. Processes that fork
    after a picture was coloured must make one of their own; ``multiprocessing`` does with the start method ``spawn``.

    >>> colorizer = Colorizer(saturation=1.2)
    >>> colorizer.colorize("grandma.jpg", output="grandma.color.jpg")
    """

    def __init__(
        self,
        model: Optional[PathLike] = None,
        method: Optional[str] = None,
        *,
        memory_mb: int = 1024,
        **wishes: Unpack[Wishes],
    ) -> None:
        """``wishes`` hold for every picture, unless a call says otherwise."""
        self._options: Dict[str, Any] = dict(wishes)
        for name, value in (("model", model), ("method", method)):
            if value is not None:
                self._options[name] = value
        self._memory_mb = memory_mb
        self._pipeline = _native.Pipeline(memory_mb)
        self._order = self._make_order(self._options)
        self._method, self._model = self._pipeline.open(self._order)

    @property
    def method(self) -> str:
        """Id of the method."""
        return self._method

    @property
    def model(self) -> Optional[str]:
        """Id of the model, if the method has one."""
        return self._model

    @overload
    def colorize(self, image: Pixels, **options: Unpack[Options]) -> Pixels: ...
    @overload
    def colorize(
        self, image: Union[bytes, bytearray, memoryview, PathLike], **options: Unpack[Options]
    ) -> bytes: ...
    @overload
    def colorize(
        self,
        image: Union[bytes, bytearray, memoryview, PathLike],
        *,
        output: PathLike,
        overwrite: bool = ...,
        **options: Unpack[Options],
    ) -> PathLike: ...
    def colorize(
        self, image: Any, *, output: Optional[PathLike] = None, overwrite: bool = False, **options: Any
    ) -> Any:
        """The picture in colour, of the type that was given.

        ``image`` is one of

        * a NumPy array, sRGB with its tone curve: H×W or H×W×1 (gray), H×W×3 (red, green, blue) or H×W×4 (with opacity);
          ``uint8`` 0 to 255, ``uint16`` 0 to 65535, or floating point 0 to 1, which is worked on in 16 bits. The answer is
          H×W×3, or H×W×4 for H×W×4, of the same ``dtype``.
        * an image of Pillow; the answer is RGB, or RGBA where there is opacity, in 8 bits, with EXIF and everything else in
          ``info``. It is upright, and its colours and its profile, if it had one, are sRGB.
        * the bytes of a file, or its path; the answer is the bytes of a file, the same that ``autochrome colorize`` writes, or
          with ``output`` a file of that name and format, which appears when it is complete and replaces none unless
          ``overwrite`` says so. Then the answer is ``output``.

        Luma is kept unless a filter or contrast is asked for. What had to be left out or guessed is an
        :class:`AutochromeWarning`.

        Raises :class:`AutochromeError`; ``TypeError`` and ``ValueError`` for what is no picture or no option.
        """
        source = _images.source(image)
        order = self._order_for(options)
        if output is not None:
            if not isinstance(source, _images.File):
                raise TypeError("output names a file; give the bytes of a file or its path, or save the answer yourself")
            # The name decides about the format, as on the command line.
            order = order.named(os.fspath(output))
        answers = self._answers(source, order)
        for warning in answers[0].warnings:
            warnings.warn(warning, AutochromeWarning, stacklevel=2)
        if output is None:
            return answers[0].image
        _native.write(os.fspath(output), answers[0].image, overwrite)
        return output

    @overload
    def answers(
        self, image: Pixels, count: int = ..., **options: Unpack[Options]
    ) -> List[Answer[Pixels]]: ...
    @overload
    def answers(
        self,
        image: Union[bytes, bytearray, memoryview, PathLike],
        count: int = ...,
        **options: Unpack[Options],
    ) -> List[Answer[bytes]]: ...
    def answers(self, image: Any, count: int = 4, **options: Any) -> List[Any]:
        """At most ``count`` (1 to 8) different answers, the best first; methods that know fewer give fewer.

        With ``pages="all"`` and another format than TIFF, the answers of every page follow each other.
        """
        merged = {**self._options, **options}
        return self._answers(_images.source(image), self._make_order(merged, count))

    def inspect(self, image: Any) -> Inspection:
        """What kind of picture it is, without colouring it."""
        facts = self._pipeline.inspect(_images.source(image).data)
        width, height = facts.pop("size")
        return Inspection(width=width, height=height, **facts)

    def features(self, image: Any, **options: Unpack[Options]) -> List[NDArray[np.float32]]:
        """What the encoder of the network sees in a picture, the finest scale first. Needs NumPy.

        One float32 array for each scale, rows × columns × channels: a vector for every cell of a grid over the whole picture. Vectors lie
        close together for places, and their means for pictures, that show the same, whatever their colours, of which only luma is looked at.

        The picture is looked at with about ``size`` × ``size`` pixels (``settings={"size": 512}``; without it, as many as the model
        likes), its sides in proportion. With the default model a cell has 2, 4, 8, 16 and 32 of those pixels a side and 16, 24, 48, 120
        and 352 channels; the last cell of a row or column may reach beyond the edge.

        ``image`` is what :meth:`colorize` takes; of a file with several pages it is the first.

        Raises :class:`AutochromeError`, with the code ``no-features`` for methods without a network.
        """
        import numpy as np

        scales = self._pipeline.features(_images.source(image).data, self._order_for(dict(options)))
        return [
            np.frombuffer(values, np.float32).reshape(rows, columns, channels)
            for rows, columns, channels, values in scales
        ]

    def _answers(self, source: Any, order: _native.Order) -> List[Answer[Any]]:
        if isinstance(source, _images.File):
            made, facts = self._pipeline.run(source.data, order)
        else:
            painted, facts = self._pipeline.paint(source.data, order, source.narrow)
            pixels = map(_images.Pixels._make, painted)
            made = [(source.answer(answer), answer.seed, answer.answer, 1) for answer in pixels]
        names = ("method", "model", "coloring", "subject", "warnings")
        shared = {name: facts[name] for name in names}
        return [Answer(*answer, **shared) for answer in made]

    def _order_for(self, options: Dict[str, Any]) -> _native.Order:
        return self._make_order({**self._options, **options}) if options else self._order

    def _make_order(self, options: Dict[str, Any], count: int = 1) -> _native.Order:
        unknown = sorted(set(options) - _KNOWN)
        if unknown:
            raise TypeError(f"there is no option {', '.join(unknown)}; known: {', '.join(sorted(_KNOWN))}")
        given = {name: value for name, value in options.items() if value is not None}
        references = given.pop("references", [])
        if not isinstance(references, (list, tuple)):
            references = [references]
        scribbles = given.pop("scribbles", None)
        model = given.pop("model", None)
        return self._pipeline.order(
            json.dumps({**_document(given), "variants": count}, default=_plain),
            None if model is None else os.fspath(model),
            [_file(reference) for reference in references],
            None if scribbles is None else _file(scribbles),
        )

    def __reduce__(self) -> Any:
        return _again, (self._memory_mb, self._options)

    def __repr__(self) -> str:
        said = "".join(f", {name}={value!r}" for name, value in self._options.items() if name not in ("model", "method"))
        return f"Colorizer(model={self._model!r}, method={self._method!r}{said})"


def _again(memory_mb: int, options: Dict[str, Any]) -> Colorizer:
    return Colorizer(memory_mb=memory_mb, **options)


def _document(options: Dict[str, Any]) -> Dict[str, Any]:
    """Options as the library's JSON."""
    look = {name: options.pop(name) for name in _LOOK & options.keys()}
    hints = options.pop("hints", None)
    document = {**options, "look": look}
    if isinstance(hints, (str, os.PathLike)):
        hints = json.loads(_native.read(os.fspath(hints)))
    if isinstance(hints, dict):
        return {**document, **hints}
    if hints is not None:
        document["points"] = [hint for hint in hints if "path" not in hint]
        document["strokes"] = [hint for hint in hints if "path" in hint]
    return document


def _file(image: Any) -> Union[bytes, str]:
    """A picture that goes with an order: its path or its bytes."""
    if isinstance(image, (str, os.PathLike)):
        return os.fspath(image)
    data: bytes = _images.source(image).data
    return data


def _plain(value: Any) -> Any:
    """Numbers of NumPy as those of Python."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"an option cannot be {type(value).__name__}")
