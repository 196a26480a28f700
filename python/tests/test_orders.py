"""Options, errors, threads and processes."""

import os
import pickle
import signal
import threading
import time

import numpy as np
import pytest

import autochrome
from autochrome import _colorizer, _native


def test_keywords_are_the_fields_of_an_order():
    assert set(autochrome.Options.__annotations__) == _colorizer._KNOWN


def test_what_there_is_to_choose_is_listed():
    assert autochrome.models()[0] == autochrome.Colorizer().model
    assert autochrome.methods()[0]["id"] == autochrome.Colorizer().method
    assert "sepia" in dict(autochrome.filters())
    sliders = {slider["id"]: slider for slider in autochrome.sliders()}
    assert (sliders["saturation"]["min"], sliders["saturation"]["max"]) == (0.0, 4.0)
    assert autochrome.__version__ == _native.version()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"quality": 0}, "option-out-of-range"),
        ({"saturation": 9}, "look-out-of-range"),
        ({"filter": "x"}, "unknown-filter"),
        ({"model": "no-such-model"}, "unknown-model"),
        ({"method": "no-such-method"}, "unknown-method"),
        ({"format": "gif"}, "cannot-encode"),
        ({"hints": [{"x": 2, "y": 0, "color": "#ff0000"}]}, "guidance-out-of-range"),
        ({"references": b"no picture"}, "not-a-picture"),
    ],
)
def test_a_wrong_option_is_a_request_error_with_its_code(options, code):
    with pytest.raises(autochrome.RequestError) as caught:
        autochrome.Colorizer(**options)
    error = caught.value
    assert (error.code, error.blame) == (code, "request")
    assert isinstance(error, (autochrome.AutochromeError, ValueError)) and error.category


def test_an_unknown_or_ill_typed_option_is_a_type_error(quick, gray):
    with pytest.raises(TypeError, match="saturatoin"):
        quick.colorize(gray, saturatoin=2)
    with pytest.raises(TypeError):
        quick.colorize(gray, quality="high")
    with pytest.raises(TypeError, match="list"):
        quick.colorize([1, 2, 3])
    with pytest.raises(TypeError, match="output"):
        quick.colorize(gray, output="a.png")


def test_a_bad_picture_is_an_input_error_with_its_code(quick, camera, tmp_path):
    data = camera.read_bytes()
    for wrong, kind, code in [
        (b"", autochrome.InputError, "empty-file"),
        (b"no picture", autochrome.UnsupportedError, "not-a-picture"),
        (data[: len(data) // 2], autochrome.InputError, "truncated-file"),
        (b"P7\nWIDTH 60000\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n", autochrome.TooLargeError, "side-too-long"),
    ]:
        with pytest.raises(kind) as caught:
            quick.colorize(wrong)
        assert (caught.value.code, caught.value.blame) == (code, "input")
    missing = tmp_path / "none.jpg"
    with pytest.raises(FileNotFoundError) as caught:
        quick.colorize(missing)
    assert isinstance(caught.value, autochrome.MachineError)
    assert caught.value.code == "io-error" and caught.value.filename == str(missing)
    assert "none.jpg" in str(caught.value)


def test_options_of_the_colorizer_hold_unless_a_call_says_otherwise(gray):
    colorizer = autochrome.Colorizer(settings={"size": 64}, saturation=0.0)
    answer = colorizer.colorize(gray)
    assert (answer[..., 0] == answer[..., 2]).all()
    assert (colorizer.colorize(gray, saturation=1) != answer).any()
    assert (colorizer.colorize(gray, saturation=np.float32(0)) == answer).all()
    assert "saturation=0.0" in repr(colorizer)


def test_guidance_of_any_type_means_the_same(quick, gray):
    reference = np.dstack([gray, np.roll(gray, 7), 255 - gray])
    image = pytest.importorskip("PIL.Image").fromarray(reference)
    answers = [quick.colorize(gray, method="welsh", references=given, settings={}) for given in (reference, [image])]
    assert (answers[0] == answers[1]).all()
    painted = np.zeros((*gray.shape, 4), np.uint8)
    painted[10:20, 10:20] = (200, 30, 30, 255)
    red = autochrome.Colorizer().colorize(gray, scribbles=painted)[15, 15].astype(int)
    assert red[0] > red[2]


def test_the_interpreter_goes_on_while_a_picture_is_coloured(camera):
    colorizer, ticks = autochrome.Colorizer(), 0
    thread = threading.Thread(target=colorizer.colorize, args=(camera,))
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        ticks += 1
    assert ticks > 5


def test_threads_share_a_colorizer(quick, gray):
    expected, answers = quick.colorize(gray), []
    threads = [threading.Thread(target=lambda: answers.append(quick.colorize(gray))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and all((answer == expected).all() for answer in answers)


def test_a_pickled_colorizer_is_the_same_elsewhere(quick, gray):
    again = pickle.loads(pickle.dumps(quick))
    assert (again.colorize(gray) == quick.colorize(gray)).all()


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_control_c_ends_a_picture(camera):
    # A shell that starts the tests in the background has them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    colorizer = autochrome.Colorizer()
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        for _ in range(1000):
            colorizer.colorize(camera)
