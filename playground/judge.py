"""Play scenarios and count what is right: ``python -m playground.judge en``.

Every scenario is said to a real Home Assistant with a virtual house, which is the same at the
beginning of each. What the house is like afterwards decides, and what was called and replied.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
import json
import logging
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from tqdm import tqdm

from .scenario_file import HOMES, read_scenarios
from .scenarios import REQUESTS, Scenario, ScenarioFile
from .sections import HouseFileError

if TYPE_CHECKING:
    from .play import Result

SCENARIOS = Path(__file__).parent.parent / "tests" / "scenarios"

OK, ASSISTANT_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

_EXAMPLES = """
examples:
  script/judge
  script/judge en de
  script/judge tests/scenarios/en/maple_street.yaml --kind color --kind value
  script/judge en --agent conversation.home_assistant
  script/judge --json out/scenarios.json --mistakes out/mistakes.txt
  script/judge en zh-Hans --thresholds

The format of scenarios is described in tests/scenarios/README.md.

exit codes: 0 all were played, 1 the assistant did not start, 2 bad input.
"""


class UsageError(Exception):
    """The command line makes no sense; the message is one sentence."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        files = _chosen(arguments.what, arguments.kind)
        _check_outputs(arguments.json, arguments.mistakes)
    except (HouseFileError, UsageError) as err:
        sys.stderr.write(f"{err}\n")
        return BAD_INPUT
    if arguments.list:
        _show(_listing(files))
        return OK
    logging.basicConfig(level=logging.INFO if arguments.verbose else logging.CRITICAL)
    return _judge(arguments, files)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/judge",
        description="Play scenarios in virtual houses, and count what is right.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("what", nargs="*", metavar="FILE or LANGUAGE", help="all scenarios if none is given")
    add(
        "--kind",
        action="append",
        choices=REQUESTS,
        metavar="KIND",
        help=f"only these requests: {', '.join(REQUESTS)}",
    )
    add(
        "--agent",
        metavar="ENTITY_ID",
        help="another conversation agent, as Home Assistant's own conversation.home_assistant",
    )
    add("--json", type=Path, metavar="FILE", help="also write counts and every outcome there")
    add("--mistakes", type=Path, metavar="FILE", help="also write what was not right, to read")
    add(
        "--thresholds",
        action="store_true",
        help="also print what another agent would be asked, for each confidence that is needed",
    )
    add("--list", action="store_true", help="print the scenarios; play none")
    add("--verbose", action="store_true", help="show Home Assistant's log")
    return parser


def _chosen(what: Sequence[str], kinds: Sequence[str] | None) -> list[ScenarioFile]:
    """Read the files that are asked for, with the scenarios of some kinds."""
    paths = dict.fromkeys(path for word in what for path in _paths(word))
    files = [read_scenarios(path) for path in paths or _all_paths()]
    found = [kept for file in files if (kept := file.only(kinds or REQUESTS)).scenarios]
    if not found:
        raise UsageError("there are no such scenarios.")
    return found


def _all_paths() -> list[Path]:
    here = Path.cwd()
    folder = SCENARIOS.relative_to(here) if SCENARIOS.is_relative_to(here) else SCENARIOS
    return [path for path in sorted(folder.glob("*/*.yaml")) if path.parent.name != HOMES]


def _paths(word: str) -> list[Path]:
    """Return the files that a word of the command line means."""
    if Path(word).is_file():
        return [Path(word)]
    languages = sorted({path.parent.name for path in _all_paths()})
    if word not in languages:
        known = ", ".join(languages) or "there are none"
        raise UsageError(f"there is no file and no language '{word}' (languages: {known}).")
    return [path for path in _all_paths() if path.parent.name == word]


def _check_outputs(*paths: Path | None) -> None:
    """Refuse at once what could not be written at the end."""
    for path in paths:
        if path is not None and path.is_dir():
            raise UsageError(f"{path} is a folder, not a file to write.")


def _show(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _listing(files: Iterable[ScenarioFile]) -> Iterator[str]:
    for file in files:
        for scenario in file.scenarios:
            where = f" ({scenario.area})" if scenario.area else ""
            said = " / ".join((*scenario.before, scenario.say))
            yield f"{scenario.place}  {scenario.kind}  {said}{where}"


def _judge(arguments: argparse.Namespace, files: Sequence[ScenarioFile]) -> int:
    # Home Assistant takes seconds to import; help and bad input need not wait for it.
    from .assistant import AssistantError  # noqa: PLC0415
    from .house_setup import HouseSetupError  # noqa: PLC0415
    from .tally import as_dict, count, mistakes, result_as_dict, table  # noqa: PLC0415
    from .thresholds import table as threshold_table  # noqa: PLC0415

    try:
        results = _play_all(files, arguments.agent or "")
    except (AssistantError, HouseSetupError) as err:
        sys.stderr.write(f"{err}\n")
        return ASSISTANT_FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    groups = count(results)
    _show(table(groups))
    if arguments.thresholds:
        _show(("", *threshold_table(results)))
    if arguments.json is not None:
        told = {
            "agent": arguments.agent,
            "files_sha256": _hashes(files),
            "counts": as_dict(groups),
            "scenarios": list(map(result_as_dict, results)),
        }
        _write(arguments.json, json.dumps(told, indent=1, ensure_ascii=False, default=str) + "\n")
    if arguments.mistakes is not None:
        _write(arguments.mistakes, "".join(f"{line}\n" for line in mistakes(results)))
    return OK


def _play_all(files: Sequence[ScenarioFile], agent_id: str) -> list[Result]:
    """Play the scenarios house by house, and return the results in the order of the files."""
    total = sum(len(file.scenarios) for file in files)
    results = []
    with tqdm(total=total, unit=" scenarios", disable=None) as bar:
        by_home = sorted(files, key=lambda file: file.home)
        for home, group in groupby(by_home, key=lambda file: file.home):
            scenarios = [scenario for file in group for scenario in file.scenarios]
            for result in _play(home, scenarios, agent_id):
                results.append(result)
                bar.update()
    return results


def _play(home: Path, scenarios: Sequence[Scenario], agent_id: str) -> Iterator[Result]:
    """Play scenarios in one house."""
    from .dialogue import Address  # noqa: PLC0415
    from .play import Stage  # noqa: PLC0415
    from .session import Session  # noqa: PLC0415

    with Session(home, area=None, address=Address(agent_id=agent_id)) as session:
        stage = Stage(session.hass, session.house, session.address)
        for scenario in scenarios:
            try:
                yield session.run(stage.async_play(scenario))
            except Exception as err:
                err.add_note(f"while this was played: {scenario.place}")
                raise


def _hashes(files: Sequence[ScenarioFile]) -> dict[str, str]:
    """Return what was played: the hashes of the files of scenarios and houses."""
    paths = sorted({path for file in files for path in (file.path, file.home)})
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in paths}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
