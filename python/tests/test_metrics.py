"""Figures."""

import math

import numpy as np
import pytest

import autochrome


@pytest.fixture
def pair():
    random = np.random.default_rng(1)
    truth = random.integers(0, 256, (24, 32, 3), np.uint8)
    noisy = np.clip(truth.astype(int) + random.integers(-9, 10, truth.shape), 0, 255).astype(np.uint8)
    return noisy, truth


def test_psnr_is_what_its_formula_says(pair):
    noisy, truth = pair
    mean = ((noisy.astype(float) - truth) ** 2).mean()
    assert autochrome.psnr(noisy, truth) == pytest.approx(10 * math.log10(255**2 / mean), abs=1e-4)
    assert autochrome.psnr(truth, truth) == math.inf


def test_colour_differences_are_those_of_sharma():
    # A pair of the data of Sharma, Wu and Dalal (2005) needs Lab; of sRGB, black and white are 100 apart.
    black, white = np.zeros((12, 12, 3), np.uint8), np.full((12, 12, 3), 255, np.uint8)
    assert autochrome.ciede2000(black, white) == pytest.approx(100, abs=1e-2)
    assert autochrome.ciede2000(black, black) == 0


def test_the_map_has_the_mean(pair):
    differences = autochrome.ciede2000_map(*pair)
    assert differences.shape == (24, 32) and differences.dtype == np.float32
    assert differences.mean() == pytest.approx(autochrome.ciede2000(*pair), rel=1e-5)


def test_gray_has_no_colourfulness_and_noise_has_much(pair, gray):
    assert autochrome.colorfulness(gray) == 0
    assert autochrome.colorfulness(pair[1]) > 60


def test_all_figures_of_a_picture_are_those_one_by_one(pair):
    scores = autochrome.evaluate(*pair)
    assert scores.psnr == autochrome.psnr(*pair) and scores.ssim == autochrome.ssim(*pair)
    assert scores.ciede2000 == autochrome.ciede2000(*pair)
    assert scores.true_colorfulness == autochrome.colorfulness(pair[1])
    assert 0 < scores.ssim < 1


def test_a_file_counts_as_its_pixels(quick, camera):
    image = pytest.importorskip("PIL.Image")
    assert autochrome.psnr(camera, np.asarray(image.open(camera))) == math.inf


def test_pictures_of_two_sizes_are_not_compared(gray):
    with pytest.raises(ValueError, match="one size"):
        autochrome.psnr(gray, gray[:-1])
