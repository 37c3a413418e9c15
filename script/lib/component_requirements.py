"""Print what components of the installed Home Assistant require, with all they depend on."""

from importlib.util import find_spec
import json
from pathlib import Path
import sys


def component_requirements(components: Path, domains: list[str]) -> list[str]:
    """Return the sorted requirements of the domains and of all their dependencies.

    Home Assistant installs them when a component is first set up; tests and an offline start need
    them beforehand.

    Args:
        components: The folder that holds a folder with a manifest for each domain.
        domains: Where to start, such as `["conversation"]`.
    """
    waiting, seen, requirements = list(domains), set[str](), set[str]()
    while waiting:
        domain = waiting.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = json.loads((components / domain / "manifest.json").read_text(encoding="utf-8"))
        requirements.update(manifest.get("requirements", []))
        waiting.extend(manifest.get("dependencies", []))
    return sorted(requirements)


def main() -> None:
    """Print one requirement a line for the domains given as arguments."""
    spec = find_spec("homeassistant")
    if spec is None or spec.origin is None:
        sys.exit("Home Assistant is not installed here.")
    components = Path(spec.origin).parent / "components"
    for line in component_requirements(components, sys.argv[1:]):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
