"""One line of the training set: a house with its requests, rendered by the format itself."""

from typing import Any

from home_llm_core.calls import Call, resolve
from home_llm_core.chat import Message
from home_llm_core.errors import CallError, CannotBeSaidError
from home_llm_core.formats.base import Hearing
from home_llm_core.home import home_to_dict
from home_llm_core.parser import BadCall, Unclear
from home_llm_core.turns import turn_to_dict

from .domains import domain_of
from .effects import done
from .houses import FORMAT, House
from .replies import speak
from .requests import Request
from .scenes import Draft

JOINT = " + "
"""What stands between the patterns of a sentence."""


def record(
    house: House, made: list[Request], number: int, *, speech: bool = False
) -> dict[str, Any]:
    """Return a JSON-ready line.

    Args:
        house: the house.
        made: its requests.
        number: the number of the house within its split, from 1.
        speech: whether replies are wanted that take a look at the home.

    """
    line = {
        "id": f"{house.split}-{number:06d}",
        "split": house.split,
        "language": house.language.code,
        "format": FORMAT.name,
        "domains": list(house.domains),
        "home": home_to_dict(house.home),
        "names": {
            "invented": house.namer.invented,
            "styles": {key: name.style for key, name in house.names.items()},
        },
        "requests": [_request(house, request) for request in made],
    }
    if speech:
        speak(house, line)
    return line


def _request(house: House, request: Request) -> dict[str, Any]:
    draft = request.draft
    area = house.home.area_by_id[request.speaker] if request.speaker is not None else None
    heard = FORMAT.hear(request.heard.text, house.home, area, house.allowed, draft.turn)
    reply = _reply(heard, draft, house)
    messages = (
        Message(role="user", content=heard.message),
        Message(role="assistant", content=reply),
    )
    calls = draft.calls if draft.calls is not None else _calls_in(heard, reply, house)
    return {
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "record": {
            "kind": draft.kind,
            "domains": list(dict.fromkeys(map(domain_of, draft.sentence.sorts))),
            "pattern": JOINT.join(pattern.id for pattern in draft.sentence.patterns),
            "text": request.heard.text,
            "speaker_area": request.speaker,
            "calls": _calls(house, calls),
            "values": list(draft.sentence.values),
            "noise": list(request.heard.tags),
            "courtesy": courtesy.id if (courtesy := request.heard.courtesy) else None,
            "speech": draft.speech,
            "before": draft.before,
            "turn": turn_to_dict(draft.turn),
        },
    }


def _reply(heard: Hearing, draft: Draft, house: House) -> str:
    """Return what a model should write, or nothing after a slip of the tongue too many.

    The room that would have told two lamps apart may have been lost, or the word without which
    nobody is taken to mean all of them.
    """
    try:
        reply = heard.reply(draft.said, draft.speech)
    except CannotBeSaidError:
        return ""
    if draft.calls is None:
        return reply
    events = tuple(heard.parser().feed(reply))
    if draft.calls and any(isinstance(event, Unclear | BadCall) for event in events):
        return ""
    calls = [event for event in events if isinstance(event, Call)]
    return reply if done(calls, house) == done(draft.calls, house) else ""


def _calls_in(heard: Hearing, reply: str, house: House) -> tuple[Call, ...]:
    """Return the calls that a right reply comes to, which the home may refuse."""
    calls = [event for event in heard.parser().feed(reply) if isinstance(event, Call)]
    return tuple(call for call in calls if _is_possible(call, house))


def _is_possible(call: Call, house: House) -> bool:
    try:
        resolve(call, house.home, house.printed)
    except CallError:
        return False
    return True


def _calls(house: House, calls: tuple[Call, ...]) -> list[dict[str, Any]]:
    return [
        _call(call) | {"entity_ids": list(resolve(call, house.home, house.printed).entity_ids)}
        for call in calls
    ]


def _call(call: Call) -> dict[str, Any]:
    written: dict[str, Any] = {"action": call.action}
    if call.area is not None:
        written["area"] = call.area
    elif call.floor is not None:
        written["floor"] = call.floor
    else:
        written["devices"] = list(call.devices)
    if call.excluding:
        written["excluding"] = list(call.excluding)
    return written | {"arguments": dict(call.arguments)}
