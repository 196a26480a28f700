"""Makes crates/autochrome-color/testdata/colourfulness.{rgb,tsv}: colourfulness by NumPy of scikit-image's own photographs.

pip install scikit-image; python3 tools/reference/color_colourfulness.py crates/autochrome-color/testdata

The photographs are made smaller by whole pixels, so that no resampling is in question, and stored one after the other
without a header. `astronaut` is in the public domain (NASA), `coffee` and `chelsea` are CC0, says scikit-image's documentation.
"""
import pathlib
import sys

import numpy
import skimage

folder = pathlib.Path(sys.argv[1])
pixels, lines = b"", [f"# photograph, bytes, CF; scikit-image {skimage.__version__}, numpy {numpy.__version__}"]
for name, step in [("astronaut", 8), ("coffee", 8), ("chelsea", 6)]:
    photograph = getattr(skimage.data, name)()[::step, ::step]
    red, green, blue = (photograph[..., i].astype(float) for i in range(3))
    # Hasler and Süsstrunk 2003 with absolute opponent axes, as colourisation papers compute it.
    rg, yb = numpy.abs(red - green), numpy.abs(0.5 * (red + green) - blue)
    cf = numpy.hypot(rg.std(), yb.std()) + 0.3 * numpy.hypot(rg.mean(), yb.mean())
    pixels += photograph.tobytes()
    lines.append(f"{name}\t{photograph.size}\t{cf:.5f}")
(folder / "colourfulness.rgb").write_bytes(pixels)
(folder / "colourfulness.tsv").write_text("\n".join(lines) + "\n")
