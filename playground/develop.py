"""A virtual house behind Home Assistant's real web interface: ``python -m playground.develop``.

Everything is ready: a user, the house, the integration, and an assistant in the web interface that
speaks with our agent. What is changed there is kept in ``.homeassistant/``, one folder a house.
"""

import argparse
from collections.abc import Sequence
import importlib.util
from pathlib import Path
import socket
import sys

import yaml

from .configuration import configuration
from .house import House
from .house_file import HouseFileError, read_house
from .run import BAD_INPUT, DEFAULT_HOME
from .session import REPOSITORY, link_components

_LOCALHOST = ("127.0.0.1", "::1")

# No recorder, and so no history: nobody asks for it here, and it costs seconds.
_COMPONENTS = ("assist_pipeline", "config", "conversation", "media_source", "mobile_app", "my")
_EPILOG = """
The web interface logs you in by itself on this computer. Start again with another house, and it
has a Home Assistant of its own; delete its folder to begin afresh.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command until it is interrupted, and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        house = read_house(arguments.home)
    except HouseFileError as err:
        sys.stderr.write(f"{err}\n")
        return BAD_INPUT
    if not _is_free(arguments.host, arguments.port):
        sys.stderr.write(f"Port {arguments.port} is in use: choose another one with --port.\n")
        return BAD_INPUT
    if importlib.util.find_spec("hass_frontend") is None:
        sys.stderr.write("The web interface is not installed: start with script/develop.\n")
        return BAD_INPUT
    config_dir = arguments.config / arguments.home.stem
    write_configuration(config_dir, house)
    # Home Assistant's web interface takes seconds to import; bad input need not wait for it.
    from .web import Site, run  # noqa: PLC0415

    site = Site(
        config_dir=config_dir, home=arguments.home, host=arguments.host, port=arguments.port
    )
    return run(site, verbose=arguments.verbose)


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/develop",
        description="Start Home Assistant with its web interface and a virtual house.",
        epilog=_EPILOG,
    )
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, metavar="FILE")
    parser.add_argument("--host", default=_LOCALHOST[0], help="the address it listens on")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument(
        "--config",
        type=Path,
        default=REPOSITORY / ".homeassistant",
        metavar="FOLDER",
        help="where the configurations are kept (.homeassistant if not given)",
    )
    parser.add_argument("--verbose", action="store_true", help="show more of the log")
    return parser


def write_configuration(config_dir: Path, house: House) -> None:
    """Write ``configuration.yaml``, and link the custom components as an installation has them.

    Args:
        config_dir: Home Assistant's configuration folder.
        house: whose helpers it holds.

    """
    link_components(config_dir)
    providers = [
        {
            "type": "trusted_networks",
            "trusted_networks": list(_LOCALHOST),
            "allow_bypass_login": True,
        },
        {"type": "homeassistant"},
    ]
    content = {
        "homeassistant": {"auth_providers": providers},
        **dict.fromkeys(_COMPONENTS),
        **configuration(house),
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    note = "# Written by playground/develop.py at each start.\n"
    (config_dir / "configuration.yaml").write_text(note + text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
