"""Pictures as Python has them, as bytes for the library, and back.

Every picture goes through the library's own decoder, so that one path decides about depth, opacity, profiles and limits: arrays as PAM, images of
Pillow as TIFF, both without compression, files as they are. NumPy and Pillow are used only where a picture came from them.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, NamedTuple, Optional

from . import _native


class Pixels(NamedTuple):
    """One answer as the library gives it."""

    width: int
    height: int
    rgb: bytearray
    alpha: Optional[bytearray]
    is_16_bit: bool
    seed: Optional[int]
    answer: int


class File:
    """A picture that is a file already, on disk or in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data


class Array:
    """A NumPy array."""

    #: Whether answers are wanted in 8 bits.
    narrow = False

    def __init__(self, array: Any) -> None:
        import numpy as np

        channels = array.shape[2] if array.ndim == 3 else 1
        if array.ndim not in (2, 3) or channels not in (1, 3, 4):
            raise ValueError(f"an array has the shape H×W, H×W×1, H×W×3 or H×W×4, not {array.shape}")
        if array.dtype == np.uint8 or array.dtype == np.uint16:
            samples = array
        elif np.issubdtype(array.dtype, np.floating):
            # Not a number is in no range, either.
            if not (array.size == 0 or (array.min() >= 0.0 and array.max() <= 1.0)):
                raise ValueError("samples of floating point lie in 0 to 1")
            samples = np.rint(array.astype(np.float64) * 65535.0).astype(np.uint16)
        else:
            raise TypeError(f"samples are uint8, uint16 or floating point in 0 to 1, not {array.dtype}")
        self._array = array
        kind = {1: "GRAYSCALE", 3: "RGB", 4: "RGB_ALPHA"}[channels]
        most = 255 if samples.dtype == np.uint8 else 65535
        header = f"P7\nWIDTH {array.shape[1]}\nHEIGHT {array.shape[0]}\nDEPTH {channels}\nMAXVAL {most}\nTUPLTYPE {kind}\nENDHDR\n"
        big_endian = samples.astype(">u2") if most > 255 else samples
        self.data = header.encode("ascii") + big_endian.tobytes()

    def answer(self, pixels: Pixels) -> Any:
        import numpy as np

        dtype = np.uint16 if pixels.is_16_bit else np.uint8
        size = (pixels.height, pixels.width)
        rgb: Any = np.frombuffer(pixels.rgb, dtype).reshape(*size, 3)
        if self._array.ndim == 3 and self._array.shape[2] == 4:
            alpha = np.full((*size, 1), np.iinfo(dtype).max, dtype)
            if pixels.alpha is not None:
                alpha = np.frombuffer(pixels.alpha, dtype).reshape(*size, 1)
            rgb = np.concatenate([rgb, alpha], axis=2)
        if self._array.dtype != dtype:
            rgb = (rgb / np.float64(65535.0)).astype(self._array.dtype)
            if rgb.shape == self._array.shape:
                # Opacity is nobody's to round.
                rgb[..., 3:] = self._array[..., 3:]
        return rgb


class Image:
    """An image of Pillow."""

    # Pillow has no colours in 16 bits.
    narrow = True

    #: What the library's TIFF reader takes as it is.
    _PLAIN = ("1", "L", "LA", "RGB", "RGBA", "CMYK", "I;16")

    def __init__(self, image: Any) -> None:
        from PIL import ImageOps

        # Turned as its EXIF says, as files are.
        image = ImageOps.exif_transpose(image)
        self._info = {key: value for key, value in image.info.items() if key != "transparency"}
        profile = image.info.get("icc_profile")
        if image.mode in ("I", "F", "LAB"):
            raise TypeError(f"images of mode {image.mode} have no range that is known; convert to I;16, L or RGB")
        if image.mode not in self._PLAIN or "transparency" in image.info:
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        self._has_alpha = image.mode in ("LA", "RGBA")
        bare = image.copy()
        bare.info = {}
        buffer = io.BytesIO()
        bare.save(buffer, "TIFF", compression="raw", icc_profile=profile, exif=b"")
        self.data = buffer.getvalue()

    def answer(self, pixels: Pixels) -> Any:
        from PIL import Image

        size = (pixels.width, pixels.height)
        image = Image.frombuffer("RGB", size, pixels.rgb, "raw", "RGB", 0, 1)
        # Not to share memory with a buffer that nobody else holds.
        image = image.copy()
        if self._has_alpha:
            opacity = pixels.alpha
            image.putalpha(255 if opacity is None else Image.frombytes("L", size, bytes(opacity)))
        image.info = dict(self._info)
        if "icc_profile" in self._info:
            # Colours were converted to sRGB.
            image.info["icc_profile"] = _native.srgb_profile()
        return image


def source(image: Any) -> Any:
    """The picture as something with ``data``, the bytes of a file, and, unless it is a file itself, ``answer``."""
    if isinstance(image, (bytes, bytearray, memoryview)):
        return File(bytes(image))
    if isinstance(image, (str, os.PathLike)):
        return File(_native.read(os.fspath(image)))
    # Whoever has such a picture has imported what it is made with.
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(image, numpy.ndarray):
        return Array(image)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(image, pillow.Image):
        return Image(image)
    raise TypeError(
        f"a picture is a NumPy array, an image of Pillow, the bytes of a file or its path, not {type(image).__name__}"
    )
