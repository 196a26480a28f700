"""What the encoder sees."""

import numpy as np
import pytest

import autochrome


def test_every_scale_is_a_grid_of_vectors_half_as_fine_as_the_one_before(quick, camera):
    scales = quick.features(camera)
    assert [scale.shape for scale in scales] == [(32, 32, 16), (16, 16, 24), (8, 8, 48), (4, 4, 120), (2, 2, 352)]
    for scale in scales:
        assert scale.dtype == np.float32 and np.isfinite(scale).all() and scale.std() > 0


def test_arrays_and_images_are_seen_as_their_files_are(quick, camera):
    image = pytest.importorskip("PIL.Image").open(camera)
    for seen in (quick.features(np.asarray(image)), quick.features(image)):
        assert all((one == other).all() for one, other in zip(seen, quick.features(camera)))


def test_a_wide_picture_has_a_wide_grid_of_the_size_that_is_asked_for(quick, gray):
    coarse, fine = quick.features(gray), quick.features(gray, settings={"size": 128})
    assert coarse[0].shape[1] > coarse[0].shape[0]
    assert fine[0].shape[0] == pytest.approx(2 * coarse[0].shape[0], abs=1)


def test_a_picture_is_nearer_to_its_mirror_image_than_to_another(quick, camera, gray):
    whole = np.asarray(pytest.importorskip("PIL.Image").open(camera).convert("L"))
    means = [quick.features(picture)[-1].mean((0, 1)) for picture in (whole, whole[:, ::-1], gray)]
    likeness = lambda a, b: a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert likeness(means[0], means[1]) > likeness(means[0], means[2])


def test_a_method_without_a_network_sees_nothing(gray):
    with pytest.raises(autochrome.RequestError) as refused:
        autochrome.Colorizer(method="gray").features(gray)
    assert refused.value.code == "no-features"
