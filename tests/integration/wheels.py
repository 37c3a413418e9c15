"""Builds a wheel for tests of installing: it leads to the installed llama-cpp-python."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

NAME = "home_llm_test_runtime"
REQUIREMENT = f"{NAME.replace('_', '-')}==1.0"

_LEAD = """\
import sys
sys.path.append({site!r})
__path__[:] = [{package!r}]
__file__ = {package!r} + "/__init__.py"
exec(compile(open(__file__).read(), __file__, "exec"))
"""


def write_wheel(folder: Path) -> None:
    """Write the wheel; ``UV_FIND_LINKS`` makes it installable."""
    spec = find_spec("llama_cpp")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    files = {
        "llama_cpp/__init__.py": _LEAD.format(site=str(package.parent), package=str(package)),
        f"{NAME}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n",
        f"{NAME}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{NAME}-1.0.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""])
    with ZipFile(folder / f"{NAME}-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


def _digest(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
