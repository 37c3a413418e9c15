"""Files that were downloaded: what tells them from people's own, and how they go again.

Whatever else lies in the folder of models was put there by people, and stays.
"""

from collections.abc import Iterator
import json
from pathlib import Path

_PART = ".part"


def part_of(target: Path, checksum: str) -> Path:
    """Return where a version of a file is kept until it is whole."""
    return target.with_name(f"{target.name}.{checksum[:12]}{_PART}")


def parts_of(target: Path) -> Iterator[Path]:
    """Yield what was received of a file's versions."""
    for path in target.parent.glob(f"*{_PART}"):
        if path.name.startswith(f"{target.name}."):
            yield path


def note(target: Path, size: int) -> None:
    """Write down that a file of so many bytes was downloaded."""
    _note_of(target).write_text(json.dumps({"size": size}), encoding="utf-8")


def remove(target: Path, root: Path) -> bool:
    """Remove a downloaded file, what was received of others of its name, and emptied folders.

    Args:
        target: the file.
        root: the folder of models.

    Returns:
        Whether it was one that was downloaded, and is as it was then.

    """
    if not (target.is_relative_to(root) and _is_downloaded(target)):
        return False
    for path in (target, _note_of(target), *parts_of(target)):
        path.unlink(missing_ok=True)
    for folder in target.parents:
        if not folder.is_relative_to(root.parent) or any(folder.iterdir()):
            break
        folder.rmdir()
    return True


def _is_downloaded(target: Path) -> bool:
    try:
        noted = json.loads(_note_of(target).read_text(encoding="utf-8"))
        return bool(noted["size"] == target.stat().st_size)
    except OSError, ValueError, LookupError, TypeError:
        return False


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.downloaded")
