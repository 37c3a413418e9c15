"""Icon and logo: small, of the sizes that Home Assistant asks for, and served by it."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from PIL import Image, ImageChops
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components import home_llm
from script.lib.brand import HEIGHTS, drawn

_BRAND = Path(home_llm.__file__).parent / "brand"
_NAMES = [f"{name}{ending}" for name in ("icon", "logo") for ending in HEIGHTS]


def test_all_are_small() -> None:
    files = sorted(_BRAND.glob("*.png"))
    assert [path.stem for path in files] == sorted(_NAMES)
    assert sum(path.stat().st_size for path in files) < 30_000


@pytest.mark.parametrize("name", _NAMES)
def test_the_files_are_drawn_from_the_svg(name: str) -> None:
    ending = "@2x" if name.endswith("@2x") else ""
    svg = _BRAND / f"{name.removesuffix(ending)}.svg"
    with Image.open(_BRAND / f"{name}.png") as image:
        shown = image.convert("RGBA")
    anew = drawn(svg, HEIGHTS[ending])
    assert shown.size == anew.size
    assert shown.height == (512 if ending else 256)
    # Few colours make small files; nobody sees the difference.
    ground = Image.new("RGBA", anew.size, "white")
    pictures = (Image.alpha_composite(ground, picture) for picture in (shown, anew))
    difference = ImageChops.difference(*pictures).convert("L").histogram()
    assert sum(difference[48:]) == 0
    corners = [(0, 0), (shown.width - 1, shown.height - 1)]
    assert [shown.getpixel(corner)[3] for corner in corners] == [0, 0]  # type: ignore[index]
    assert shown.getpixel((shown.height // 2, shown.height // 4))[3] >= 254  # type: ignore[index]


@pytest.mark.parametrize("name", [*_NAMES, "dark_icon", "dark_logo@2x"])
async def test_home_assistant_serves_them(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, name: str
) -> None:
    assert await async_setup_component(hass, "brands", {})
    client = await hass_client()
    response = await client.get(f"/api/brands/integration/home_llm/{name}.png")
    assert response.status == 200
    expected = _BRAND / f"{name.removeprefix('dark_')}.png"
    assert await response.read() == await hass.async_add_executor_job(expected.read_bytes)
