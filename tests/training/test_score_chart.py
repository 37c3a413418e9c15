"""Scores are drawn."""

from pathlib import Path

from matplotlib.image import imread
import numpy as np
from numpy.typing import NDArray
import pytest

from training.score_chart import draw_scores
from training.score_report import Groups
from training.scoring import Score

BLUE, RED = (0x44, 0x77, 0xAA), (0xCC, 0x33, 0x11)


def groups(wrong: int, kinds: int = 2) -> Groups:
    """Return scores of ten requests a kind, eight of them exact."""
    each = Score(requests=10, exact=8, wrong=wrong)
    return {"all": {"all": each}, "kind": {f"kind {number}": each for number in range(kinds)}}


def drawn(picture: Path) -> NDArray[np.intp]:
    """Return the pixels of a picture, ``(height, width, 3)``, 0 to 255."""
    return np.asarray(np.rint(imread(picture)[..., :3] * 255), dtype=np.intp)


def share(pixels: NDArray[np.intp], color: tuple[int, ...]) -> float:
    """Return how many of the coloured pixels have a colour."""
    found = [np.all(pixels == each, axis=-1).sum() for each in (BLUE, RED, (0xDD, 0xDD, 0xDD))]
    return float(np.all(pixels == color, axis=-1).sum() / sum(found))


@pytest.mark.parametrize(("wrong", "expected"), [(0, 0.0), (2, 0.2)])
def test_bars_are_as_long_as_rates(tmp_path: Path, wrong: int, expected: float) -> None:
    draw_scores({"split": groups(wrong)}, tmp_path / "out" / "chart.png")
    pixels = drawn(tmp_path / "out" / "chart.png")

    # The legend has colours, too.
    assert share(pixels, BLUE) == pytest.approx(0.8, abs=0.05)
    assert share(pixels, RED) == pytest.approx(expected, abs=0.05)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["chart.png"]


def test_there_is_room_for_every_row_and_part(tmp_path: Path) -> None:
    draw_scores({"split": groups(1)}, tmp_path / "a.png")
    draw_scores({"split": groups(1, kinds=40), "scenarios": groups(1)}, tmp_path / "b.png")
    (height, width, _), (tall, wide, _) = (
        drawn(tmp_path / name).shape for name in ("a.png", "b.png")
    )

    assert wide == 2 * width
    assert tall > 4 * height


def test_rates_of_nothing_and_everything_can_be_drawn(tmp_path: Path) -> None:
    ends = {
        f"{exact}/{n}": Score(requests=n, exact=exact) for n in range(1, 13) for exact in (0, n)
    }
    draw_scores({"split": {"kind": ends}}, tmp_path / "chart.png")

    assert share(drawn(tmp_path / "chart.png"), RED) < 0.01
