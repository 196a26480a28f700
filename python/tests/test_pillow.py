"""Images of Pillow in and out."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

MODES = {
    "1": "RGB",
    "L": "RGB",
    "LA": "RGBA",
    "P": "RGB",
    "RGB": "RGB",
    "RGBA": "RGBA",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "I;16": "RGB",
}


@pytest.mark.filterwarnings("ignore::autochrome.AutochromeWarning")
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_gets_colours(quick, gray, mode):
    image = Image.fromarray(gray)
    image = Image.fromarray(gray.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    assert image.mode == mode
    answer = quick.colorize(image)
    assert (answer.mode, answer.size) == (MODES[mode], image.size)
    if mode in ("L", "LA", "RGB", "RGBA", "P", "I;16"):
        assert (np.asarray(answer.convert("RGB")) == quick.colorize(gray)).mean() > 0.98


def test_transparency_is_kept(quick, gray):
    image = Image.fromarray(gray)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    answer = quick.colorize(image)
    assert (np.asarray(answer)[..., 3] == np.asarray(image)[..., 1]).all()
    palette = Image.fromarray(gray).convert("P")
    palette.info["transparency"] = 0
    assert quick.colorize(palette).mode == "RGBA"


def test_it_is_upright_and_exif_is_kept(quick, gray):
    image = Image.fromarray(gray)
    exif = image.getexif()
    exif[0x0112], exif[0x010E] = 6, "grandma"
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, dpi=(300, 300))
    opened = Image.open(file)
    answer = quick.colorize(opened)
    assert answer.size == (gray.shape[0], gray.shape[1])
    assert (np.asarray(answer) == quick.colorize(np.asarray(ImageOps.exif_transpose(opened)))).all()
    kept = answer.getexif()
    assert kept.get(0x010E) == "grandma" and kept.get(0x0112, 1) == 1
    assert answer.info["dpi"] == (300, 300)


def test_a_profile_is_converted_to_srgb_and_said_so(quick, gray):
    image = Image.fromarray(np.dstack([gray] * 3))
    assert "icc_profile" not in quick.colorize(image).info
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.info["icc_profile"] = srgb
    answer = quick.colorize(image)
    name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(answer.info["icc_profile"])))
    assert "sRGB" in name
    assert np.abs(np.asarray(answer).astype(int) - quick.colorize(gray)).max() <= 1


def test_modes_without_a_range_are_refused(quick, gray):
    with pytest.raises(TypeError, match="mode F"):
        quick.colorize(Image.fromarray(gray.astype(np.float32)))
