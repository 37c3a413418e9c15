"""Talk to a virtual house: ``python -m playground.run "turn on the kitchen lights"``.

A real Home Assistant starts, adds the integration through its own config flow, and gets the
sentence through ``conversation.process``. Then this prints the reply, the actions that ran, what
changed, and where the time went.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
import json
import logging
from logging.handlers import MemoryHandler
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Any

from .house import House
from .house_file import HouseFileError, read_house

if TYPE_CHECKING:
    from .dialogue import Change, Exchange, Timings
    from .session import Session

HOMES = Path(__file__).parent / "homes"
DEFAULT_HOME = HOMES / "cottage.yaml"

OK, ASSISTANT_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

_EXAMPLES = f"""
examples:
  script/run "turn on the kitchen lights"
  script/run --area Bedroom "turn off the light"
  script/run --json "all lights off"
  script/run --home {HOMES.relative_to(HOMES.parent.parent)}/villa.yaml
  script/run --list

Without a sentence you can keep talking; Ctrl-D ends it. Sentences can also come line by line
from a file: script/run --json < sentences.txt. The format of house files is described in
playground/README.md.

exit codes: 0 done, 1 the assistant failed, 2 bad input.
"""
_PERCENT_ATTRIBUTES = {"brightness": 255, "volume_level": 1}
_KEPT_ERRORS = 1_000
_NEVER = logging.CRITICAL + 1
_HIDDEN_ATTRIBUTES = {"xy_color", "hs_color", "color_mode", "is_closed", "last_transition"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        house = read_house(arguments.home)
    except HouseFileError as err:
        return _refuse(str(err))
    area = None if arguments.area is None else house.area_name(arguments.area)
    if arguments.area is not None and area is None:
        known = ", ".join(place.name for place in house.areas)
        return _refuse(f"there is no area '{arguments.area}' in this house (areas: {known})")
    if arguments.list:
        _show(_listing(house))
        return OK
    if arguments.sentence is not None and not arguments.sentence.strip():
        return _refuse("the sentence is empty")
    return _talk(arguments, area, _keep_log(verbose=arguments.verbose))


def _keep_log(*, verbose: bool) -> logging.Handler:
    """Show Home Assistant's log, or keep its errors for when something cannot be set up."""
    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    kept = MemoryHandler(_KEPT_ERRORS, flushLevel=_NEVER, target=shown, flushOnClose=False)
    level, handler = (logging.INFO, shown) if verbose else (logging.ERROR, kept)
    logging.basicConfig(level=level, handlers=[handler])
    return handler


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/run",
        description="Talk to a virtual house in a real Home Assistant.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sentence", nargs="?", help="what you say; without it you can keep talking")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object for a sentence, nothing else"
    )
    parser.add_argument(
        "--home",
        type=Path,
        default=DEFAULT_HOME,
        metavar="FILE",
        help=f"a house file ({HOMES.name}/{DEFAULT_HOME.name} if not given)",
    )
    parser.add_argument("--area", metavar="NAME", help="the area in which you stand")
    parser.add_argument("--language", metavar="CODE", help="of what you say, as 'en' or 'zh-cn'")
    parser.add_argument(
        "--agent",
        metavar="ENTITY_ID",
        help="another conversation agent, as Home Assistant's own conversation.home_assistant",
    )
    parser.add_argument("--list", action="store_true", help="print what is in the house")
    parser.add_argument("--verbose", action="store_true", help="show Home Assistant's log")
    return parser


def _refuse(problem: str) -> int:
    sys.stderr.write(f"{problem}\n")
    return BAD_INPUT


def _show(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _talk(arguments: argparse.Namespace, area: str | None, log: logging.Handler) -> int:
    # Home Assistant takes seconds to import; help and bad input need not wait for it.
    from .assistant import AssistantError  # noqa: PLC0415
    from .dialogue import Address  # noqa: PLC0415
    from .house_setup import HouseSetupError  # noqa: PLC0415
    from .session import Session  # noqa: PLC0415

    address = Address(agent_id=arguments.agent or "", language=arguments.language)
    try:
        with Session(arguments.home, area=area, address=address) as session:
            report = _json if arguments.json else _report
            if arguments.sentence is None:
                return _converse(session, report)
            exchange = session.say(arguments.sentence)
            _show(report(exchange))
            return ASSISTANT_FAILED if exchange.failed else OK
    except (AssistantError, HouseSetupError) as err:
        log.flush()
        sys.stderr.write(f"{err}\n")
        return ASSISTANT_FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _converse(session: Session, report: Callable[[Exchange], Iterable[str]]) -> int:
    """Answer sentence by sentence until the person, or the file, has no more."""
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - gives input() a history, where there is one
    prompt = "> " if sys.stdin.isatty() else ""
    failed = False
    with suppress(EOFError):
        while True:
            if sentence := input(prompt).strip():
                exchange = session.say(sentence)
                failed |= exchange.failed
                _show(report(exchange))
    _show([""] if prompt else [])
    return ASSISTANT_FAILED if failed else OK


def _json(exchange: Exchange) -> Iterable[str]:
    # Attributes may hold times and the like.
    yield json.dumps(exchange.as_dict(), default=str)


def _report(exchange: Exchange) -> Iterable[str]:
    yield exchange.speech or "(nothing was said)"
    for call in exchange.calls:
        data = "".join(f" {name}={value}" for name, value in call.data.items())
        yield f"  call     {call.action}{data} → {', '.join(call.targets) or 'nothing'}"
    for entity_id, change in exchange.changed.items():
        yield f"  changed  {entity_id}: {_change(change)}"
    yield f"  time     {_time(exchange.timings)}"


def _change(change: Change) -> str:
    states = "" if change.old == change.new else f"{change.old} → {change.new}"
    attributes = [
        f"{name} {_value(name, old)} → {_value(name, new)}"
        for name, (old, new) in change.attributes.items()
        if name not in _HIDDEN_ATTRIBUTES
    ]
    return ", ".join(filter(None, [states, *attributes]))


def _value(name: str, value: Any) -> str:  # noqa: ANN401 - whatever an attribute holds
    if value is None:
        return "–"
    if name in _PERCENT_ATTRIBUTES:
        return f"{round(100 * value / _PERCENT_ATTRIBUTES[name])}%"
    return str(value)


def _time(timings: Timings) -> str:
    parts = {
        "model loaded in": timings.load,
        "prompt": timings.prompt,
        "first token after": timings.first_token,
    }
    told = [f"{name} {value:.0f} ms" for name, value in parts.items() if value is not None]
    if timings.tokens is not None:
        told.append(f"{timings.tokens} tokens")
    return f"{timings.total:.0f} ms" + (f" ({', '.join(told)})" if told else "")


def _listing(house: House) -> Iterable[str]:
    """Yield the devices of a house by area."""
    yield house.name
    for area in (*house.areas, None):
        inside = [d for d in house.devices if d.area == (area and area.name)]
        if inside:
            yield ""
            yield _place(area.name, area.floor, area.aliases) if area else "Anywhere"
        for device in inside:
            state = device.state or "" if device.available else "unavailable"
            name = _named(device.name, device.aliases)
            yield f"  {name:40} {device.entity_id:40} {state}".rstrip()


def _place(name: str, floor: str | None, aliases: tuple[str, ...]) -> str:
    return _named(name, aliases) + (f", {floor}" if floor else "")


def _named(name: str, aliases: Iterable[str]) -> str:
    return " / ".join((name, *aliases))


if __name__ == "__main__":
    sys.exit(main())
