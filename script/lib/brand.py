"""Draws the PNGs of the brand from the SVGs beside them, as far as these two need SVG.

Usage: ``python script/lib/brand.py FOLDER``. It knows circles, and paths of M, L, C and Z in
absolute coordinates, filled or drawn with a round pen.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
import re
import sys
from xml.etree import ElementTree as ET

from PIL import Image, ImageDraw

HEIGHTS: Mapping[str, int] = {"": 256, "@2x": 512}
"""The heights of the files by the ends of their names, as Home Assistant wants them."""

_SVG = "{http://www.w3.org/2000/svg}"
_FINER = 4
_CURVE_STEPS = 24
_COLORS = 32
_TOKEN = re.compile(r"[MLCZ]|-?[\d.]+")

type Point = tuple[float, float]


def main(folder: Path) -> None:
    """Draw every SVG of a folder in each size."""
    for path in sorted(folder.glob("*.svg")):
        for ending, height in HEIGHTS.items():
            image = drawn(path, height).quantize(_COLORS, Image.Quantize.FASTOCTREE)
            image.save(path.with_name(f"{path.stem}{ending}.png"), optimize=True)


def drawn(path: Path, height: int) -> Image.Image:
    """Return the picture of an SVG file, with a transparent ground."""
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    _, _, wide, high = map(float, root.attrib["viewBox"].split())
    width, scale = round(height * wide / high), height * _FINER / high
    # Transparent, but of the colour of the edges, so that none of another shines through.
    image = Image.new("RGBA", (width * _FINER, height * _FINER), "#3b82f600")
    pen = ImageDraw.Draw(image)
    for element in root:
        if element.tag == f"{_SVG}circle":
            x, y, r = (float(element.attrib[name]) * scale for name in ("cx", "cy", "r"))
            _dot(pen, (x, y), r, element.attrib["fill"])
        elif element.tag == f"{_SVG}path":
            _path(pen, element.attrib, scale)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _path(pen: ImageDraw.ImageDraw, attributes: Mapping[str, str], scale: float) -> None:
    width = float(attributes.get("stroke-width", 0)) * scale
    for line in _lines(attributes["d"]):
        points = [(x * scale, y * scale) for x, y in line]
        if attributes["fill"] != "none":
            pen.polygon(points, fill=attributes["fill"])
        if width:
            pen.line(points, fill=attributes["stroke"], width=round(width))
            for point in points:
                _dot(pen, point, width / 2, attributes["stroke"])


def _dot(pen: ImageDraw.ImageDraw, center: Point, radius: float, color: str) -> None:
    x, y = center
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def _lines(data: str) -> Iterator[list[Point]]:
    """Yield the parts of a path as points; curves become short lines."""
    tokens = iter(_TOKEN.findall(data))
    points: list[Point] = []

    def point() -> Point:
        return float(next(tokens)), float(next(tokens))

    for command in tokens:
        if command == "M" and points:
            yield points
        if command == "M":
            points = [point()]
        elif command == "L":
            points.append(point())
        elif command == "C":
            points += _curve(points[-1], point(), point(), point())
        else:
            points.append(points[0])
    yield points


def _curve(start: Point, leave: Point, arrive: Point, end: Point) -> list[Point]:
    """Return points on a cubic Bézier curve, without the first."""
    found = []
    for step in range(1, _CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x, y = (
            sum(w * p[axis] for w, p in zip(weights, (start, leave, arrive, end), strict=True))
            for axis in (0, 1)
        )
        found.append((x, y))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
