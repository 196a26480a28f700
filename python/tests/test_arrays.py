"""NumPy arrays in and out."""

import warnings

import numpy as np
import pytest

import autochrome


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (4,)])
def test_an_answer_has_the_dtype_of_its_picture_and_colours(quick, gray, dtype, shape):
    picture = gray if not shape else np.repeat(gray[..., None], shape[0], axis=2)
    most = 1.0 if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max
    picture = (picture.astype(np.float64) / 255 * most).astype(dtype)
    answer = quick.colorize(picture)
    assert answer.dtype == dtype and answer.flags.writeable
    assert answer.shape == (*gray.shape, 4 if shape == (4,) else 3)
    assert (answer[..., 0] != answer[..., 2]).any()
    if shape == (4,):
        assert (answer[..., 3] == picture[..., 3]).all()


def test_all_depths_are_one_picture(quick, gray):
    eight = quick.colorize(gray).astype(np.float64) / 255
    sixteen = quick.colorize(gray.astype(np.uint16) * 257).astype(np.float64) / 65535
    real = quick.colorize(gray.astype(np.float32) / 255)
    assert np.abs(eight - sixteen).max() <= 0.5 / 255 + 1e-4
    assert np.abs(real - sixteen).max() <= 1e-4


def test_pixels_are_those_of_the_file(quick, camera):
    image = pytest.importorskip("PIL.Image")
    import io

    whole = np.asarray(image.open(camera))
    file = np.asarray(image.open(io.BytesIO(quick.colorize(camera))))
    assert (quick.colorize(whole) == file).all()


def test_luma_is_kept(quick, gray):
    lightness = np.array([0.2126, 0.7152, 0.0722])
    linear = lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    answer = quick.colorize(gray.astype(np.float64) / 255)
    assert np.abs(linear(answer) @ lightness - linear(gray / 255.0)).max() < 2e-3


def test_views_and_other_orders_of_memory_are_pictures_too(quick, gray):
    expected = quick.colorize(gray)
    assert (quick.colorize(np.asfortranarray(gray)) == expected).all()
    assert (quick.colorize(np.repeat(gray, 2, axis=0)[::2]) == expected).all()


def test_opacity_survives_and_follows_the_size(quick, gray):
    alpha = np.linspace(0, 255, gray.size).reshape(gray.shape).astype(np.uint8)
    picture = np.dstack([gray, gray, gray, alpha])
    assert (quick.colorize(picture)[..., 3] == alpha).all()
    assert quick.colorize(picture, collage=True).shape[1] > gray.shape[1]
    assert quick.colorize(gray, max_side_px=36).shape == (20, 36, 3)


def test_a_picture_in_colour_is_coloured_anew_with_a_warning(quick, gray):
    picture = np.dstack([gray, np.roll(gray, 9), 255 - gray])
    with pytest.warns(autochrome.AutochromeWarning, match="in colour already"):
        quick.colorize(picture)
    with pytest.raises(autochrome.InputError) as caught:
        quick.colorize(picture, leave_colored=True)
    assert caught.value.code == "in-color-already"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [answer] = quick.answers(picture, 1)
    assert "in colour already" in answer.warnings[0]


@pytest.mark.parametrize("wrong", [(4,), (4, 4, 2), (2, 4, 4, 3)])
def test_an_array_of_another_shape_is_refused(quick, wrong):
    with pytest.raises(ValueError, match="H×W"):
        quick.colorize(np.zeros(wrong, np.uint8))


def test_samples_of_another_kind_or_range_are_refused(quick, gray):
    with pytest.raises(TypeError, match="uint8"):
        quick.colorize(gray.astype(np.int32))
    for value in (1.5, -0.1, np.nan):
        picture = np.full((20, 20), 0.5)
        picture[3, 3] = value
        with pytest.raises(ValueError, match="0 to 1"):
            quick.colorize(picture)
    with pytest.raises(autochrome.InputError) as caught:
        quick.colorize(np.zeros((0, 8), np.uint8))
    assert caught.value.code == "zero-size"
