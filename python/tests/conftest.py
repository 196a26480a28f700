"""What tests share: small pictures, and a colorizer that is quick on them."""

import os
import pathlib

import numpy as np
import pytest

import autochrome

PHOTOS = pathlib.Path(__file__).parents[2] / "examples" / "photos"


@pytest.fixture(scope="session")
def camera():
    """The path of a gray photograph, 512 × 512, 8 bits."""
    return PHOTOS / "camera.png"


@pytest.fixture(scope="session")
def quick():
    """The default model at a size that an unoptimised build is quick with."""
    return autochrome.Colorizer(settings={"size": 64})


@pytest.fixture
def gray():
    """A gray picture, 40 × 72, 8 bits."""
    y, x = np.mgrid[0:40, 0:72]
    return ((x * x // 9 + 5 * y + x * y // 7) % 200 + 28).astype(np.uint8)


@pytest.fixture
def program():
    """The command line, where it is built."""
    path = os.environ.get("AUTOCHROME_PROGRAM")
    if not path or not os.path.exists(path):
        notes = os.environ.get("AUTOCHROME_SKIPPED")
        if notes:
            with open(notes, "a", encoding="utf-8") as file:
                file.write("the Python package beside the command line: AUTOCHROME_PROGRAM names no program\n")
        pytest.skip("AUTOCHROME_PROGRAM names no program")
    return path
