"""Builds packages for tests of installing: they lead to the installed llama-cpp-python, or fail."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.util import find_spec
import io
from pathlib import Path
import tarfile
from zipfile import ZipFile

NAME = "home_llm_test_runtime"
VERSION = "1.0"
REQUIREMENT = f"{NAME.replace('_', '-')}=={VERSION}"
ANY = "py3-none-any"

_WORKS = """\
import sys
sys.path.append({site!r})
__path__[:] = [{package!r}]
__file__ = {package!r} + "/__init__.py"
exec(compile(open(__file__).read(), __file__, "exec"))
"""
DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"
"""A package that was built for another processor."""

BROKEN = "raise RuntimeError('libc.musl-x86_64.so.1: cannot open shared object file')\n"
"""A package that was built for another C library."""

# A build backend of its own: nothing has to be installed for it.
_BACKEND = """\
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import wheels


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    portable = "-DGGML_NATIVE=OFF" in os.environ.get("CMAKE_ARGS", "")
    module = {works!r} if portable else wheels.DIES
    return wheels.write(wheels.Path(wheel_directory), module).name
"""


def works() -> str:
    """Return the module of a package that runs models."""
    spec = find_spec("llama_cpp")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    return _WORKS.format(site=str(package.parent), package=str(package))


def write_wheel(
    folder: Path, *, module: str | None = None, tag: str = ANY, version: str = VERSION
) -> Path:
    """Write a wheel; ``UV_FIND_LINKS`` makes it installable.

    Args:
        folder: where to.
        module: the source of ``llama_cpp``; by default, one that runs models.
        tag: what it is built for.
        version: of the package.

    """
    return write(folder, module or works(), tag, version)


def write_source(folder: Path) -> None:
    """Write a package's source. What is built of it dies, but for portable builds."""
    project = (
        f'[project]\nname = "{NAME}"\nversion = "{VERSION}"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    files = {
        "pyproject.toml": project,
        "PKG-INFO": _metadata(VERSION),
        "backend.py": _BACKEND.format(works=works()),
        "wheels.py": Path(__file__).read_text(),
    }
    with tarfile.open(folder / f"{NAME}-{VERSION}.tar.gz", "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{NAME}-{VERSION}/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


def write(folder: Path, module: str, tag: str = ANY, version: str = VERSION) -> Path:
    """Write a wheel with one module."""
    info = f"{NAME}-{version}.dist-info"
    files = {
        "llama_cpp/__init__.py": module,
        f"{info}/METADATA": _metadata(version),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n"
        f"Tag: {tag}\n",
    }
    lines = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    path = folder / f"{NAME}-{version}-{tag}.whl"
    with ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def _metadata(version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"


def _digest(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
