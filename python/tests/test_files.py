"""Files in and out: the same bytes as from the command line."""

import json
import subprocess

import pytest

import autochrome

HINTS = {
    "points": [{"x": 0.5, "y": 0.1, "radius": 0.05, "color": "#3050a0"}],
    "strokes": [{"path": [[0.1, 0.9], [0.6, 0.8]], "width": 0.04, "color": "#507030"}],
}
ORDERS = {
    "nothing": ([], {}),
    "sliders": (
        ["--saturation", "1.5", "--tint", "-7.25", "--contrast", "1.2"],
        {"saturation": 1.5, "tint": -7.25, "contrast": 1.2},
    ),
    "filter": (["--filter", "vintage=0.6"], {"filter": "vintage", "amount": 0.6}),
    "words": (["--text", "blue sky, dark green coat"], {"text": "blue sky, dark green coat"}),
    "seed": (["--seed", "3"], {"seed": 3}),
    "gray": (["--method", "gray"], {"method": "gray"}),
    "model": (["--model", "paper", "--set", "size=256"], {"model": "paper", "settings": {"size": 256}}),
    "quality": (["--quality", "61"], {"quality": 61}),
    "borders": (["--borders", "--keep-tone"], {"borders": True, "keep_tone": True}),
}


def command_line(program, *arguments):
    subprocess.run([program, "colorize", *map(str, arguments)], check=True, capture_output=True)


@pytest.mark.filterwarnings("ignore::autochrome.AutochromeWarning")
@pytest.mark.parametrize(("name", "extension"), [*((name, "jpg") for name in ORDERS), ("nothing", "tif")])
def test_bytes_are_those_of_the_command_line(tmp_path, program, camera, quick, name, extension):
    arguments, options = ORDERS[name]
    size = [] if "settings" in options or name == "gray" else ["--set", "size=64"]
    theirs, ours = tmp_path / f"theirs.{extension}", tmp_path / f"ours.{extension}"
    command_line(program, camera, "-o", theirs, *size, *arguments)
    colorizer = quick if size else autochrome.Colorizer()
    assert colorizer.colorize(camera, output=ours, **options) == ours
    assert ours.read_bytes() == theirs.read_bytes()


def test_hints_and_references_are_those_of_the_command_line(tmp_path, program, camera, quick):
    hints, reference = tmp_path / "hints.json", tmp_path / "reference.png"
    hints.write_text(json.dumps(HINTS))
    theirs = tmp_path / "hinted.png"
    command_line(program, camera, "-o", theirs, "--hints", hints, "--method", "neural", "--set", "size=64")
    for given in (hints, HINTS, [*HINTS["points"], *HINTS["strokes"]]):
        assert quick.colorize(camera, hints=given, method="neural") == theirs.read_bytes()

    reference.write_bytes(quick.colorize(camera))
    theirs = tmp_path / "like.png"
    command_line(program, camera, "-o", theirs, "--reference", reference, "--method", "welsh")
    colorizer = autochrome.Colorizer(method="gray")
    for given in (reference, [reference], [reference.read_bytes()]):
        ours = colorizer.colorize(camera, method="welsh", references=given)
        assert ours == theirs.read_bytes()


def test_a_path_and_bytes_give_the_bytes_of_a_file(quick, camera):
    data = camera.read_bytes()
    result = quick.colorize(str(camera))
    assert result.startswith(b"\x89PNG")
    assert quick.colorize(data) == quick.colorize(bytearray(data)) == quick.colorize(memoryview(data)) == result
    assert quick.colorize(data, format="jpeg").startswith(b"\xff\xd8\xff")
    assert quick.colorize(data, format="ora").startswith(b"PK")


def test_a_file_is_never_replaced_unasked(tmp_path, quick, camera):
    output = tmp_path / "a.webp"
    quick.colorize(camera, output=output)
    first = output.read_bytes()
    assert first[8:12] == b"WEBP"
    with pytest.raises(autochrome.MachineError) as caught:
        quick.colorize(camera, output=output, saturation=0.5)
    assert caught.value.code == "output-exists" and output.read_bytes() == first
    quick.colorize(camera, output=output, overwrite=True, saturation=0.5)
    assert output.read_bytes() != first
    assert [path.name for path in tmp_path.iterdir()] == ["a.webp"]


def test_several_answers_differ_and_say_how_to_get_them_again(quick, camera):
    answers = quick.answers(camera, 3)
    assert len({answer.image for answer in answers}) == len(answers) > 1
    for answer in answers:
        options = {"answer": answer.answer}
        if answer.seed is not None:
            options["seed"] = answer.seed
        assert quick.colorize(camera, **options) == answer.image
        assert (answer.method, answer.coloring, answer.subject) == ("neural", "gray", "photograph")


def test_a_picture_is_inspected(quick, camera, gray):
    seen = quick.inspect(camera)
    assert (seen.format, seen.width, seen.height, seen.bits, seen.pages) == ("png", 512, 512, 8, 1)
    assert (seen.coloring, seen.subject) == ("gray", "photograph")
    assert (quick.inspect(gray).width, quick.inspect(gray).height) == (72, 40)
