"""Autochrome in a notebook: run the cells one by one (VS Code, Spyder, or `jupytext --to ipynb notebook.py`), or all with `python notebook.py`.

Needs `pip install ./python numpy pillow`.
"""

# %% One photograph, from file to file: what `autochrome colorize` does, byte for byte.
import pathlib
import tempfile

import numpy as np
from PIL import Image

import autochrome

photo = pathlib.Path(__file__).parents[1] / "photos" / "camera.png"
done = pathlib.Path(tempfile.mkdtemp())
colorizer = autochrome.Colorizer()
colorizer.colorize(photo, output=done / "camera.png")

# %% Images of Pillow. In a notebook the last line shows the picture.
image = Image.open(photo)
colored = colorizer.colorize(image)
colored

# %% NumPy arrays: H×W in, H×W×3 out, in the same dtype.
gray = np.asarray(image)
rgb = colorizer.colorize(gray)
print(gray.shape, gray.dtype, "->", rgb.shape, rgb.dtype)

# %% What somebody remembers: words, and a spot of colour. Places are shares of width and height.
remembered = colorizer.colorize(
    image,
    text="dark blue coat",
    hints=[{"x": 0.15, "y": 0.15, "radius": 0.02, "color": "#9fb8d8"}],
    saturation=1.2,
)
remembered

# %% Several plausible answers, side by side.
answers = colorizer.answers(image, 3)
Image.fromarray(np.hstack([np.asarray(answer.image) for answer in answers]))

# %% How far a result is from the truth. `ciede2000_map` shows where.
print(autochrome.evaluate(rgb, remembered))
print(autochrome.ciede2000_map(rgb, remembered).mean())

# %% Errors have codes that do not change.
try:
    colorizer.colorize(b"no picture")
except autochrome.InputError as error:
    print(error.code, "-", error)

# %% What there is to choose from.
for method in autochrome.methods():
    print(f"{method['id']:12} {method['summary']}")
print([name for name, _ in autochrome.filters()])
