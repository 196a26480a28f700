"""Makes crates/autochrome-media/tests/data/corpus: small pictures in many layouts, and how libtiff and libjpeg-turbo read them.

apt install libtiff-tools libjpeg-turbo-progs; pip install pillow tifffile imagecodecs numpy
python3 tools/reference/media_corpus.py

`expected.tsv` has a line for each file: its name, width, height, the row of `expected.png` that its pixels begin at, and
"whole", "damaged" (the reference reader warned) or "changed" (damaged, and it said nothing); or its name and the code of the error that is right. The picture is a detail
of the photograph in tests/data/cases (CC0) with colours drawn into it.
"""
import io
import pathlib
import subprocess
import zlib

import imagecodecs
import numpy
import tifffile
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2] / "crates/autochrome-media/tests/data"
OUT = ROOT / "corpus"
WIDTH, HEIGHT = 41, 29

photo = Image.open(ROOT / "cases/png-600dpi-text.png").convert("L").resize((WIDTH, HEIGHT), Image.LANCZOS)
gray = numpy.asarray(photo)
ramp = numpy.tile(numpy.linspace(20, 235, WIDTH), (HEIGHT, 1))
rgb = numpy.stack([gray, gray * 0.7 + ramp * 0.3, 255 - gray * 0.3 - ramp * 0.6], 2).round().astype(numpy.uint8)
alpha = numpy.tile(numpy.linspace(60, 255, HEIGHT)[:, None], (1, WIDTH)).round().astype(numpy.uint8)
gray16 = gray.astype(numpy.uint16) * 257
rgb16 = rgb.astype(numpy.uint16) * 257

entries = []  # name, expected RGB array or error code, damaged


def add(name, data, expected, damaged=False):
    (OUT / name).write_bytes(data)
    entries.append((name, expected, damaged if isinstance(damaged, str) else "damaged" if damaged else "whole"))


def run(*command, data=None):
    return subprocess.run([str(c) for c in command], input=data, capture_output=True, check=True)


def to_rgb(array):
    array = numpy.asarray(array)
    return numpy.repeat(array[:, :, None], 3, 2) if array.ndim == 2 else array[:, :, :3]


def tiff(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, metadata=None, software=False, **options)
    return file.getvalue()


def with_tool(source, *arguments, tool="tiffcp"):
    before, after = OUT / "before.tmp", OUT / "after.tmp"
    before.write_bytes(source)
    run(tool, *arguments, before, after)
    data = after.read_bytes()
    before.unlink(), after.unlink()
    return data


def rgba(data):
    """libtiff's own reading."""
    with Image.open(io.BytesIO(with_tool(data, "-c", "none", tool="tiff2rgba"))) as image:
        return numpy.asarray(image.convert("RGB"))


def pillow(data):
    with Image.open(io.BytesIO(data)) as image:
        return numpy.asarray(image.convert("RGB"))


# TIFF: depths, byte orders, compression, prediction, strips, tiles, planes.
for depth, array in (("8", rgb), ("16", rgb16)):
    for compression in (None, "lzw", "deflate", "packbits"):
        for predictor in (False, True):
            if predictor and compression in (None, "packbits"):
                continue
            for layout, options in (
                ("strips", {"rowsperstrip": 7}),
                ("tiles", {"tile": (16, 32)}),
                ("planes", {"planarconfig": "separate", "rowsperstrip": 10}),
                ("tiled-planes", {"planarconfig": "separate", "tile": (16, 16)}),
            ):
                if depth == "16" and (compression in (None, "packbits") or layout == "strips") and not predictor:
                    continue
                order = "<" if len(entries) % 2 else ">"
                source = numpy.moveaxis(array, 2, 0) if "planes" in layout else array
                name = f"tiff-rgb{depth}-{compression or 'plain'}{'-predicted' if predictor else ''}-{layout}.tif"
                data = tiff(source, photometric="rgb", compression=compression, predictor=predictor, byteorder=order, **options)
                add(name, data, rgb)
for name, array, options, expected in (
    ("tiff-gray8", gray, {}, gray),
    ("tiff-gray8-white-is-zero", gray, {"photometric": "miniswhite"}, 255 - gray),
    ("tiff-gray16-big", gray16, {"byteorder": ">"}, gray),
    ("tiff-bigtiff", gray16, {"bigtiff": True}, gray),
    ("tiff-uint32", gray16.astype(numpy.uint32) * 65537, {}, gray),
    ("tiff-int16", (gray.astype(numpy.int16) * 128), {}, (gray * 128.0 / 32767 * 255).round().astype(numpy.uint8)),
    ("tiff-float32", (gray / 255).astype(numpy.float32), {}, gray),
    ("tiff-float16", (gray / 255).astype(numpy.float16), {}, gray),
    ("tiff-float64", gray / 255, {"byteorder": ">"}, gray),
    ("tiff-float32-predicted", (rgb / 255).astype(numpy.float32), {"photometric": "rgb", "compression": "deflate", "predictor": 3}, rgb),
    ("tiff-float32-predicted-big", (gray / 255).astype(numpy.float32), {"byteorder": ">", "compression": "lzw", "predictor": 3}, gray),
    ("tiff-gray12", (gray16 >> 4), {"bitspersample": 12}, gray),
    ("tiff-gray4", gray >> 4, {"bitspersample": 4}, (gray >> 4) * 17),
    ("tiff-gray2", gray >> 6, {"bitspersample": 2}, (gray >> 6) * 85),
    ("tiff-rgb-unspecified", numpy.dstack([rgb, alpha]), {"photometric": "rgb", "extrasamples": (0,), "compression": "lzw", "predictor": True}, rgb),
    ("tiff-rgb-alpha", numpy.dstack([rgb, alpha]), {"photometric": "rgb", "extrasamples": (2,), "compression": "deflate", "predictor": True}, rgb),
    ("tiff-rgb16-two-extra", numpy.dstack([rgb16, gray16, gray16]), {"photometric": "rgb", "extrasamples": (0, 0), "compression": "deflate", "predictor": True}, rgb),
    ("tiff-gray-alpha", numpy.dstack([gray, alpha]), {"photometric": "minisblack", "extrasamples": (2,), "planarconfig": "contig"}, gray),
    ("tiff-lzma", gray, {"compression": "lzma"}, "unsupported-feature"),
    ("tiff-zstd", gray, {"compression": "zstd"}, "unsupported-feature"),
    ("tiff-complex", gray.astype(numpy.complex64), {}, "unsupported-feature"),
):
    data = tiff(array, **options)
    add(name + ".tif", data, expected if isinstance(expected, str) else to_rgb(expected))

associated = (rgb.astype(float) * alpha[:, :, None] / 255).round().astype(numpy.uint8)
add(
    "tiff-rgb-associated-alpha.tif",
    tiff(numpy.dstack([associated, alpha]), photometric="rgb", extrasamples=(1,), compression="lzw"),
    rgb,
)
palette = Image.fromarray(rgb).quantize(200)
colours = numpy.zeros((3, 256), numpy.uint16)
listed = numpy.array(palette.getpalette()).reshape(-1, 3)
colours[:, : len(listed)] = listed.T * 257
indexed = to_rgb(palette.convert("RGB"))
add("tiff-palette.tif", tiff(numpy.asarray(palette), photometric="palette", colormap=colours), indexed)
# No writer makes palettes with samples beside them: gray with a map, and the meaning changed.
extra = bytearray(
    tiff(
        numpy.dstack([numpy.asarray(palette), alpha]),
        photometric="minisblack",
        extrasamples=(0,),
        planarconfig="contig",
        extratags=[(320, 3, 768, colours.flatten().tolist(), True)],
        byteorder="<",
    )
)
meaning = extra.index(b"\x06\x01\x03\x00\x01\x00\x00\x00")
extra[meaning + 8] = 3
add("tiff-palette-extra.tif", bytes(extra), indexed)

# Fax and other compression of one bit.
bits = Image.fromarray(gray).resize((83, 59)).convert("1")
file = io.BytesIO()
bits.save(file, "TIFF")
for compression in ("none", "packbits", "lzw", "g3:1d", "g3:2d", "g3:1d:fill", "g4"):
    for order in ("msb2lsb", "lsb2msb"):
        data = with_tool(file.getvalue(), "-c", compression, "-f", order, "-r", "20")
        add(f"tiff-1bit-{compression.replace(':', '-')}-{order}.tif", data, to_rgb(numpy.asarray(bits.convert("L"))))
file = io.BytesIO()
bits.save(file, "TIFF", compression="tiff_ccitt")
add("tiff-1bit-rle.tif", file.getvalue(), to_rgb(numpy.asarray(bits.convert("L"))))

# Colours that are not RGB.
plain = tiff(rgb, photometric="rgb")


def ycbcr(h, v, rows_per_strip, compress, code):
    """A TIFF of units of h·v luma samples and one pair of chroma samples, which no tool at hand writes."""
    tall, wide = -(-HEIGHT // v) * v, -(-WIDTH // h) * h
    full = numpy.asarray(Image.fromarray(numpy.pad(rgb, ((0, tall - HEIGHT), (0, wide - WIDTH), (0, 0)), "edge")).convert("YCbCr"))
    strips = []
    for top in range(0, HEIGHT, rows_per_strip):
        units = bytearray()
        for y in range(top, min(top + rows_per_strip, tall), v):
            for x in range(0, wide, h):
                block = full[y : y + v, x : x + h]
                units += block[:, :, 0].tobytes() + bytes(int(round(block[:, :, c].mean())) for c in (1, 2))
        strips.append(compress(bytes(units)))
    tags = [(256, 3, [WIDTH]), (257, 3, [HEIGHT]), (258, 3, [8, 8, 8]), (259, 3, [code]), (262, 3, [6])]
    tags += [(273, 4, [0] * len(strips)), (277, 3, [3]), (278, 3, [rows_per_strip]), (279, 4, [len(s) for s in strips])]
    tags += [(530, 3, [h, v])]
    values, at = b"", 8 + 2 + 12 * len(tags) + 4
    # Reference black and white: all codes are used.
    tags.append((532, 5, [0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1]))
    at += 12
    entries = []
    for tag, kind, numbers in tags:
        size = 2 if kind == 3 else 4
        data = b"".join(n.to_bytes(size, "little") for n in numbers)
        count = len(numbers) // 2 if kind == 5 else len(numbers)
        entries.append([tag, kind, count, data])
    blob_at = at
    extra = sum(len(e[3]) for e in entries if len(e[3]) > 4)
    start, offsets = blob_at + extra, []
    for strip in strips:
        offsets.append(start)
        start += len(strip)
    entries[5][3] = b"".join(o.to_bytes(4, "little") for o in offsets)
    body, blob = b"", b""
    for tag, kind, count, data in entries:
        field = data.ljust(4, b"\0")
        if len(data) > 4:
            field = (blob_at + len(blob)).to_bytes(4, "little")
            blob += data
        body += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little") + field
    return b"II*\0\x08\0\0\0" + len(entries).to_bytes(2, "little") + body + bytes(4) + blob + b"".join(strips)


for h, v, name, compress, code in (
    (1, 1, "plain", bytes, 1),
    (2, 1, "deflate", zlib.compress, 8),
    (2, 2, "plain", bytes, 1),
    (2, 2, "lzw", lambda data: imagecodecs.lzw_encode(data), 5),
    (4, 2, "packbits", lambda data: imagecodecs.packbits_encode(data), 32773),
    (1, 2, "plain", bytes, 1),
):
    data = ycbcr(h, v, 8, compress, code)
    add(f"tiff-ycbcr-{h}{v}-{name}.tif", data, rgba(data))
for name, source, arguments in (
    ("ycbcr", plain, ["-c", "jpeg:90", "-r", "16"]),
    ("rgb", plain, ["-c", "jpeg:r:90", "-r", "16"]),
    ("gray", tiff(gray), ["-c", "jpeg:90", "-r", "8"]),
    ("tiled", plain, ["-c", "jpeg:90", "-t", "-w", "32", "-l", "16"]),
):
    data = with_tool(source, *arguments)
    add(f"tiff-jpeg-{name}.tif", data, rgba(data))
cmyk = Image.fromarray(rgb).convert("CMYK")
for mode, options in (("CMYK", {}), ("CMYK", {"compression": "tiff_lzw"})):
    file = io.BytesIO()
    cmyk.save(file, "TIFF", **options)
    add(f"tiff-cmyk{'-lzw' if options else ''}.tif", file.getvalue(), pillow(file.getvalue()))
lab = numpy.zeros((HEIGHT, WIDTH, 3), numpy.int16)
lab[:, :, 0] = gray
data = tiff(lab.astype(numpy.uint8), photometric="cielab", planarconfig="contig")
lightness = gray / 255 * 100
luminance = numpy.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness * 27 / 24389)
encoded = numpy.where(luminance <= 0.0031308, luminance * 12.92, 1.055 * luminance ** (1 / 2.4) - 0.055)
add("tiff-cielab8.tif", data, to_rgb((encoded * 255).round().astype(numpy.uint8)))
lab16 = lab.astype(numpy.uint16)
lab16[:, :, 0] = gray16
add(
    "tiff-cielab16.tif",
    tiff(lab16, photometric="cielab", planarconfig="contig", compression="lzw", predictor=True),
    to_rgb((encoded * 255).round().astype(numpy.uint8)),
)

# JPEG: sampling, scans, restart markers, damage.
ppm = f"P6 {WIDTH} {HEIGHT} 255\n".encode() + rgb.tobytes()
pgm = f"P5 {WIDTH} {HEIGHT} 255\n".encode() + gray.tobytes()
scans = OUT / "scans.tmp"
scans.write_text("0;\n1;\n2;\n")
jpegs = {}


def djpeg(data, *options):
    result = subprocess.run(["djpeg", "-ppm", *options], input=data, capture_output=True)
    # 2 means that there were warnings.
    if result.returncode not in (0, 2):
        return None, True
    image = numpy.asarray(Image.open(io.BytesIO(result.stdout)).convert("RGB"))
    return image, bool(result.stderr)


for name, source, arguments in (
    ("420", ppm, ["-sample", "2x2"]),
    ("422", ppm, ["-sample", "2x1"]),
    ("440", ppm, ["-sample", "1x2"]),
    ("444", ppm, ["-sample", "1x1"]),
    ("411", ppm, ["-sample", "4x1"]),
    ("410", ppm, ["-sample", "4x2"]),
    ("finer-chroma", ppm, ["-sample", "1x1,2x2,2x2"]),
    ("one-finer", ppm, ["-sample", "2x1,1x2,1x1"]),
    ("gray", pgm, []),
    ("gray-2x2", pgm, ["-sample", "2x2"]),
    ("rgb", ppm, ["-rgb"]),
    ("progressive-420", ppm, ["-progressive", "-sample", "2x2"]),
    ("progressive-440", ppm, ["-progressive", "-sample", "1x2"]),
    ("progressive-gray", pgm, ["-progressive"]),
    ("scans-420", ppm, ["-scans", scans, "-sample", "2x2"]),
    ("scans-422", ppm, ["-scans", scans, "-sample", "2x1"]),
    ("scans-440", ppm, ["-scans", scans, "-sample", "1x2"]),
    ("scans-411", ppm, ["-scans", scans, "-sample", "4x1"]),
    ("scans-finer-chroma", ppm, ["-scans", scans, "-sample", "1x1,2x2,2x2"]),
    ("restart", ppm, ["-restart", "2B", "-sample", "2x2"]),
    ("restart-progressive", ppm, ["-restart", "1", "-progressive"]),
    ("restart-scans", ppm, ["-restart", "3B", "-scans", scans, "-sample", "2x2"]),
    ("quality-5", ppm, ["-quality", "5"]),
):
    quality = [] if "quality" in name else ["-quality", "88"]
    data = run("cjpeg", *quality, *arguments, data=source).stdout
    jpegs[name] = data
    expected, damaged = djpeg(data)
    add(f"jpeg-{name}.jpg", data, expected, damaged)
add("jpeg-arithmetic.jpg", run("cjpeg", "-arithmetic", data=ppm).stdout, "unsupported-feature")
scans.unlink()
for name in ("cmyk",):
    file = io.BytesIO()
    cmyk.save(file, "JPEG", quality=90)
    add(f"jpeg-{name}.jpg", file.getvalue(), pillow(file.getvalue()))
random = numpy.random.default_rng(7)
for name in ("420", "gray", "restart", "progressive-420", "scans-420"):
    data = jpegs[name]
    start = data.index(b"\xff\xda") + 14
    for round in range(3):
        damaged = bytearray(data)
        at = int(random.integers(start, len(data) - 40))
        damaged[at] ^= 1 << int(random.integers(0, 8))
        expected, warned = djpeg(bytes(damaged))
        # What comes of wild values depends on the arithmetic: libjpeg's own two transforms must agree.
        if expected is None or numpy.abs(expected - djpeg(bytes(damaged), "-dct", "float")[0].astype(float)).mean() > 1:
            continue
        add(f"jpeg-damaged-{name}-{round}.jpg", bytes(damaged), expected, warned or "changed")
add("jpeg-no-end.jpg", jpegs["420"][:-2], djpeg(jpegs["420"])[0], True)
add("jpeg-rubbish-behind.jpg", jpegs["420"] + b"\xff\xd8 film", djpeg(jpegs["420"])[0])
data = jpegs["restart"]
first = data.index(b"\xff\xd1")
missing = data[: data.index(b"\xff\xd0")] + data[first:]
add("jpeg-restart-missing.jpg", missing, djpeg(missing)[0], True)


# BMP as OS/2 wrote it.
def bmp(header, body_rows, bits, table=b""):
    offset = 14 + len(header) + len(table)
    rows = b"".join(row + bytes(-len(row) % 4) for row in body_rows)
    return b"BM" + (offset + len(rows)).to_bytes(4, "little") + bytes(4) + offset.to_bytes(4, "little") + header + table + rows


def le(value, size):
    return value.to_bytes(size, "little")


bgr = [rgb[y, :, ::-1].tobytes() for y in reversed(range(HEIGHT))]
index = [numpy.asarray(palette)[y].tobytes() for y in reversed(range(HEIGHT))]
core = lambda depth: le(12, 4) + le(WIDTH, 2) + le(HEIGHT, 2) + le(1, 2) + le(depth, 2)
long = lambda size, depth: (le(size, 4) + le(WIDTH, 4) + le(HEIGHT, 4) + le(1, 2) + le(depth, 2)).ljust(size, b"\0")
triple = b"".join(bytes(c[::-1]) for c in listed.astype(numpy.uint8).tolist()).ljust(768, b"\0")
quad = b"".join(bytes(c[::-1]) + b"\0" for c in listed.astype(numpy.uint8).tolist()).ljust(1024, b"\0")
add("bmp-os2-1-24.bmp", bmp(core(24), bgr, 24), rgb)
add("bmp-os2-1-8.bmp", bmp(core(8), index, 8, triple), indexed)
add("bmp-os2-2-24.bmp", bmp(long(64, 24), bgr, 24), rgb)
add("bmp-os2-2-8.bmp", bmp(long(64, 8), index, 8, quad), indexed)
add("bmp-os2-2-short.bmp", bmp(long(16, 24), bgr, 24), rgb)

# Everything in one picture, and a list.
lines, pictures, row = [], [], 0
widest = max(e.shape[1] for _, e, _ in entries if not isinstance(e, str))
for name, expected, damaged in entries:
    if isinstance(expected, str):
        lines.append(f"{name}\t{expected}")
        continue
    height, width = expected.shape[:2]
    lines.append(f"{name}\t{width}\t{height}\t{row}\t{damaged}")
    padded = numpy.zeros((height, widest, 3), numpy.uint8)
    padded[:, :width] = expected
    pictures.append(padded)
    row += height
Image.fromarray(numpy.vstack(pictures)).save(OUT / "expected.png", optimize=True)
(OUT / "expected.tsv").write_text("\n".join(lines) + "\n")
