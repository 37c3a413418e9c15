"""Installing the runtime: builds from a real index, tried one after the other until one runs."""

from collections.abc import AsyncIterator
from os import environ, scandir
from pathlib import Path

from aiohttp import web
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from packaging.tags import sys_tags
import pytest

from custom_components.home_llm import runtime, wheel_index
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.wheel_index import Build, async_builds
from tests.integration import wheels
from tests.integration.conftest import RunWith
from tests.integration.disk import no_file_beyond, small_disk

BEST, *_, PLAIN = [f"py3-none-{tag.platform}" for tag in sys_tags() if tag.platform != "any"]
"""Wheels for this system by name, and for any that has its kind of processor."""

ELSEWHERE = (
    "py3-none-musllinux_1_2_armv7l",
    "py3-none-manylinux_2_17_s390x",
    "py3-none-win_amd64",
    "cp39-cp39-linux_x86_64",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the wheels that the index lists."""
    path = tmp_path / "index"
    path.mkdir()
    return path


@pytest.fixture
async def index(
    folder: Path, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Serve an index in the manner of upstream's, with links to files that lie elsewhere."""

    async def page(request: web.Request) -> web.Response:
        names = sorted(entry.name for entry in scandir(folder))
        links = "".join(f'<a href="/release/{name}">{name}</a><br>' for name in names)
        text = f"<html><body><h1>Links</h1><a>none</a>{links}</body></html>"
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/whl/cpu/home-llm-test-runtime/", page)
    app.router.add_static("/release/", folder)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    monkeypatch.setattr(wheel_index, "WHEEL_INDEX", f"http://127.0.0.1:{port}/whl/cpu/")
    monkeypatch.setattr(runtime, "RUNTIME_REQUIREMENT", wheels.REQUIREMENT)
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that stands for the package index."""
    path = tmp_path / "packages"
    path.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(path))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return path


@pytest.fixture
def bare(core: None, run_with: RunWith, bare_python: str) -> None:
    """Run models where no runtime is installed."""
    run_with(python=bare_python, search_paths=())


async def _add(hass: HomeAssistant) -> ConfigFlowResult:
    """Add the shipped model, and return what comes of it."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"next_step_id": "shipped"})
    return await _finish(hass, result)


async def _finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Submit the form once, and go on until it comes again or the flow is over."""
    flow = hass.config_entries.flow
    result = await flow.async_configure(result["flow_id"], {})
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done(wait_background_tasks=True)
        result = await flow.async_configure(result["flow_id"])
    return result


def _installed(hass: HomeAssistant) -> str:
    return Path(hass.config.path(DOMAIN, "runtime", "llama_cpp", "__init__.py")).read_text()


async def test_builds_that_fit_the_best_first(
    hass: HomeAssistant, index: str, folder: Path
) -> None:
    for tag in (PLAIN, *ELSEWHERE, BEST):
        wheels.write_wheel(folder, tag=tag)
    wheels.write_wheel(folder, tag=BEST, version="0.9")
    (folder / "README.txt").write_text("no wheel")
    builds = await async_builds(hass, wheels.REQUIREMENT)
    name = f"{wheels.NAME}-1.0"
    assert [(build.requirement, build.is_portable) for build in builds] == [
        (f"home-llm-test-runtime @ {index}/release/{name}-{BEST}.whl", False),
        (f"home-llm-test-runtime @ {index}/release/{name}-{PLAIN}.whl", False),
        (wheels.REQUIREMENT, False),
        (wheels.REQUIREMENT, True),
    ]


@pytest.mark.usefixtures("index", "packages", "bare")
async def test_wheel_of_the_index(hass: HomeAssistant, folder: Path) -> None:
    wheels.write_wheel(folder, tag=BEST)
    for tag in ELSEWHERE:
        wheels.write_wheel(folder, tag=tag, module=wheels.BROKEN)
    assert (await _add(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert _installed(hass) == wheels.works()


@pytest.mark.usefixtures("index", "packages", "bare")
@pytest.mark.parametrize("module", [wheels.DIES, wheels.BROKEN])
async def test_another_wheel_where_the_first_does_not_fit(
    hass: HomeAssistant, folder: Path, module: str
) -> None:
    wheels.write_wheel(folder, tag=BEST, module=module)
    wheels.write_wheel(folder, tag=PLAIN)
    assert (await _add(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert _installed(hass) == wheels.works()


@pytest.mark.usefixtures("index", "bare")
async def test_portable_build_where_the_native_one_dies(
    hass: HomeAssistant, folder: Path, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel dies, and so does what is built for this very processor."""
    monkeypatch.setenv("CMAKE_ARGS", "-DMINE=ON")
    wheels.write_wheel(folder, tag=BEST, module=wheels.DIES)
    wheels.write_source(packages)
    assert (await _add(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert _installed(hass) == wheels.works()
    assert environ["CMAKE_ARGS"] == "-DMINE=ON"
    assert "UV_NO_CACHE" not in environ


@pytest.mark.usefixtures("index", "bare")
async def test_no_portable_build_for_what_it_does_not_help(
    hass: HomeAssistant, folder: Path, packages: Path
) -> None:
    wheels.write_wheel(folder, tag=BEST, module=wheels.BROKEN)
    wheels.write_wheel(packages, module=wheels.BROKEN)
    result = await _add(hass)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": "runtime_broken"}
    # Everything is tried again, with what is there by now.
    wheels.write_wheel(packages)
    assert (await _finish(hass, result))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("index", "packages", "bare")
async def test_nothing_fits_this_processor(hass: HomeAssistant, folder: Path) -> None:
    wheels.write_wheel(folder, tag=BEST, module=wheels.DIES)
    result = await _add(hass)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": "worker_illegal_instruction"}
    wheels.write_wheel(folder, tag=BEST)
    assert (await _finish(hass, result))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("bare", "socket_enabled")
async def test_package_index_where_the_wheels_cannot_be_listed(
    hass: HomeAssistant, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel_index, "WHEEL_INDEX", "http://127.0.0.1:9/")
    monkeypatch.setattr(runtime, "RUNTIME_REQUIREMENT", wheels.REQUIREMENT)
    result = await _add(hass)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": "install_failed"}
    wheels.write_wheel(packages)
    assert (await _finish(hass, result))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("index", "packages", "core")
async def test_ours_comes_before_a_broken_one_that_is_there(
    hass: HomeAssistant, folder: Path, tmp_path: Path, run_with: RunWith, bare_python: str
) -> None:
    """Another integration has installed a version that does not run here."""
    theirs = tmp_path / "theirs" / "llama_cpp"
    theirs.mkdir(parents=True)
    (theirs / "__init__.py").write_text(wheels.BROKEN)
    run_with(python=bare_python, search_paths=(str(theirs.parent),))
    wheels.write_wheel(folder, tag=BEST)
    assert (await _add(hass))["type"] is FlowResultType.CREATE_ENTRY
    assert (theirs / "__init__.py").read_text() == wheels.BROKEN


@pytest.mark.usefixtures("index", "packages")
async def test_what_is_installed_stays_if_nothing_takes_its_place(
    hass: HomeAssistant, folder: Path
) -> None:
    wheels.write_wheel(folder, tag=BEST)
    builds = await async_builds(hass, wheels.REQUIREMENT)
    assert await runtime.async_install(hass, builds[0])
    assert not await runtime.async_install(hass, Build(requirement="home-llm-test-runtime==2.0"))
    assert _installed(hass) == wheels.works()
    assert [entry.name for entry in scandir(hass.config.path(DOMAIN))] == ["runtime"]


@pytest.fixture
def large(folder: Path) -> str:
    """Let the index have the only build, of 4 MB; return its source."""
    module = wheels.works() + f"# {'.' * 4 * 10**6}\n"
    wheels.write_wheel(folder, tag=BEST, module=module)
    return module


@pytest.mark.usefixtures("index", "packages", "bare")
async def test_disk_that_gets_full(
    hass: HomeAssistant, large: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was installed of it is no runtime, and leaves the room to Home Assistant."""
    monkeypatch.setattr(runtime, "INSTALL_ROOM", 3 * 10**6)
    place = Path(hass.config.path(DOMAIN))
    with small_disk(place, 35 * 10**5) as resize:
        result = await _add(hass)
        assert result["type"] is FlowResultType.FORM
        assert result["errors"] == {"base": "install_failed"}
        assert list(scandir(place)) == []
        resize(10**6)
        result = await _finish(hass, result)
        assert result["errors"] == {"base": "install_disk_full"}
        assert list(scandir(place)) == []
        resize(10**7)
        assert (await _finish(hass, result))["type"] is FlowResultType.CREATE_ENTRY
        assert _installed(hass) == large


@pytest.mark.usefixtures("index", "packages", "bare")
async def test_installer_that_dies_while_it_writes(hass: HomeAssistant, large: str) -> None:
    with no_file_beyond(10**6):
        result = await _add(hass)
    assert result["errors"] == {"base": "install_failed"}
    assert list(scandir(hass.config.path(DOMAIN))) == []
    assert (await _finish(hass, result))["type"] is FlowResultType.CREATE_ENTRY
    assert _installed(hass) == large
