"""Where llama-cpp-python comes from: upstream's wheels that fit this computer, then its source.

Home Assistant's own systems have no compiler, and the package index has the source alone. Upstream
builds wheels for glibc and musl, x86-64 and arm64, and lists them in an index of its own. The one
that fits is named by its address: no other package is looked for there, and Home Assistant's
settings of the installer stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
import logging
from typing import Final, override
from urllib.parse import unquote, urljoin, urlsplit

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from packaging.requirements import Requirement
from packaging.tags import Tag, sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

_LOGGER = logging.getLogger(__name__)

WHEEL_INDEX: Final = "https://abetlen.github.io/llama-cpp-python/whl/cpu/"
_PATIENCE = aiohttp.ClientTimeout(total=30)

# By default, the source is built for the very processor that builds it. That fails on another one,
# and where a virtual machine hides some of its instructions. This is for any of the last 20 years.
_PORTABLE: Final = {
    "CMAKE_ARGS": " ".join(
        f"-DGGML_{part}=OFF" for part in ("NATIVE", "SSE42", "AVX", "AVX2", "BMI2", "FMA", "F16C")
    ),
    # Or what was built for this processor would be taken once more.
    "UV_NO_CACHE": "1",
}


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build of llama-cpp-python.

    Args:
        requirement: what the installer is asked for.
        environment: variables for the installer.

    """

    requirement: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_portable(self) -> bool:
        """Whether it is built for processors that the others may not fit."""
        return bool(self.environment)


async def async_builds(hass: HomeAssistant, requirement: str) -> list[Build]:
    """Return the builds that may run here, the best first.

    Args:
        hass: Home Assistant.
        requirement: the package, with its version.

    """
    wheels = await _async_wheels(hass, Requirement(requirement))
    return [
        *(Build(requirement=f"{requirement.partition('==')[0]} @ {url}") for url in wheels),
        Build(requirement=requirement),
        Build(requirement=requirement, environment=_PORTABLE),
    ]


async def _async_wheels(hass: HomeAssistant, wanted: Requirement) -> list[str]:
    """Return the addresses of upstream's wheels that fit; none if its index cannot be read."""
    url = urljoin(WHEEL_INDEX, f"{canonicalize_name(wanted.name)}/")
    try:
        async with async_get_clientsession(hass).get(
            url, timeout=_PATIENCE, raise_for_status=True
        ) as response:
            links = _Links(str(response.url))
            links.feed(await response.text())
    except (aiohttp.ClientError, TimeoutError, UnicodeError) as err:
        _LOGGER.warning("The index of wheels cannot be read: %r", err)
        return []
    # The tags of this interpreter, the best first; finding them out reads files.
    tags = await hass.async_add_executor_job(lambda: list(sys_tags()))
    ranked = {url: _rank(url, wanted, tags) for url in links.urls}
    fitting = {url: rank for url, rank in ranked.items() if rank is not None}
    return sorted(fitting, key=fitting.__getitem__)


def _rank(url: str, wanted: Requirement, tags: list[Tag]) -> int | None:
    """Return how well a file fits, 0 for best; nothing if it does not."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    try:
        project, version, _, built_for = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return None
    if project != canonicalize_name(wanted.name) or version not in wanted.specifier:
        return None
    return min((tags.index(tag) for tag in built_for if tag in tags), default=None)


class _Links(HTMLParser):
    """Collects the links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self.urls: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.urls.append(urljoin(self._page, target))
