"""A house as Home Assistant's Assist API describes it to a language model: prompt, tools, context.

Source: homeassistant/components/{homeassistant,intent,llm,todo,calendar,script}/llm.py of Home
Assistant 2026.10; the texts and the schemas stand in ``assist.json``, and a test of the integration
compares them with the Home Assistant that is installed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, lru_cache
import json
from pathlib import Path
from typing import Any

import yaml

from home_llm_core.home import Area, Entity, Home, Value

from .domains import facts

_PATH = Path(__file__).parent / "assist.json"
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_ANYWHERE = ("homeassistant", "intent", "llm")
_MOVING = ("cover", "valve")
_MOVERS = ("intent__HassSetPosition", "intent__HassStopMoving")
_OWN_TOOLS = ("script", "calendar")
_SHOWN = ("temperature", "current_temperature", "humidity", "percentage")
_CHOSEN: Mapping[str, str] = {"todo": "todo_list", "calendar": "calendar"}


@lru_cache(maxsize=1)
def assist() -> Mapping[str, Any]:
    """Return the texts and tools of the Assist API."""
    data: dict[str, Any] = json.loads(_PATH.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=64)
def properties(name: str) -> frozenset[str]:
    """Return the arguments that a tool takes."""
    tool = next(tool for tool in assist()["tools"] if tool["name"] == name)
    return frozenset(tool["parameters"].get("properties", {}))


class AssistHome:
    """What Assist tells of one home."""

    def __init__(self, home: Home) -> None:
        """Describe ``home``, all of which is exposed."""
        self.home = home

    def prompt(self, speaker: Area | None) -> str:
        """Return the system prompt, in short; ``speaker`` is where the voice satellite stands."""
        return "\n".join([assist()["instructions"], *self._overview, self._control(speaker)])

    @cached_property
    def _overview(self) -> tuple[str, ...]:
        listed = [self._names(entity) for entity in self._exposed(self.home.entities)]
        if not listed:
            return (assist()["nothing"],)
        return (assist()["context"], assist()["overview"], _dumped(listed))

    def _control(self, speaker: Area | None) -> str:
        floor = next(
            (f for f in self.home.floors if speaker and f.floor_id == speaker.floor_id), None
        )
        if speaker is None:
            where = assist()["nowhere"]
        elif floor is None:
            where = assist()["area"].format(area=speaker.name)
        else:
            where = assist()["floor"].format(area=speaker.name, floor=floor.name)
        return f"{assist()['control']}\n{where}"

    def _exposed(self, entities: Collection[Entity]) -> list[Entity]:
        """Return what the overview lists, by name; scripts and calendars are tools."""
        listed = (entity for entity in entities if entity.domain not in _OWN_TOOLS)
        return sorted(listed, key=lambda entity: entity.name)

    def _names(self, entity: Entity) -> dict[str, Any]:
        info = {"names": ", ".join((entity.name, *entity.aliases)), "domain": entity.domain}
        area = self.home.area_by_id.get(entity.area_id or "")
        return info | ({"areas": ", ".join((area.name, *sorted(area.aliases)))} if area else {})

    @cached_property
    def tools(self) -> list[dict[str, Any]]:
        """The tools as functions that a model may call."""
        domains = frozenset(entity.domain for entity in self.home.entities)
        known = [tool for tool in assist()["tools"] if _is_there(tool["name"], domains)]
        return [_function(self._filled(tool)) for tool in (*known, *self._scripts())]

    def _filled(self, tool: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a tool with the names of the home's lists or calendars."""
        domain = tool["name"].partition("__")[0]
        slot = _CHOSEN.get(domain, "")
        if slot not in tool["parameters"].get("properties", {}):
            return tool
        filled: dict[str, Any] = deepcopy(dict(tool))
        entities = sorted(self.home.of_domain(domain), key=lambda entity: entity.name)
        names = [name for entity in entities for name in (entity.name, *entity.aliases)]
        filled["parameters"]["properties"][slot]["enum"] = names
        return filled

    def _scripts(self) -> Iterator[Mapping[str, Any]]:
        nothing = {"type": "object", "properties": {}, "additionalProperties": False}
        for entity in sorted(self.home.of_domain("script"), key=lambda entity: entity.name):
            about = f"Aliases: {sorted(entity.aliases)}" if entity.aliases else entity.name
            name = entity.entity_id.replace(".", "__", 1)
            yield {"name": name, "description": about, "parameters": nothing}

    def live(self, arguments: Mapping[str, Any]) -> Mapping[str, str]:
        """Return what the tool for the live context answers to arguments."""
        found = [e for e in self._exposed(self.home.entities) if self._fits(e, arguments)]
        if not found:
            return {"error": f"No exposed entities found in domain(s): {arguments.get('domain')}"}
        listed = [self._states(entity) for entity in found]
        return {"result": "\n".join([assist()["live"], _dumped(listed)])}

    def _fits(self, entity: Entity, arguments: Mapping[str, Any]) -> bool:
        area = self.home.area_by_id.get(entity.area_id or "")
        names = {name.lower() for name in (entity.name, *entity.aliases)}
        domains = arguments.get("domain", entity.domain)
        return (
            arguments.get("name", entity.name).lower() in names
            and entity.domain in ([domains] if isinstance(domains, str) else domains)
            and ("area" not in arguments or (area is not None and area.name == arguments["area"]))
        )

    def _states(self, entity: Entity) -> dict[str, Any]:
        info = self._names(entity)
        areas = {"areas": info.pop("areas")} if "areas" in info else {}
        attributes = dict(_attributes(entity))
        info |= {"state": entity.state} | areas
        return info | ({"attributes": attributes} if attributes else {})


def _attributes(entity: Entity) -> Iterator[tuple[str, Any]]:
    """Yield what the live context tells of a device beyond its state, as Home Assistant has it."""
    readings = entity.attributes
    for name in _SHOWN:
        if name in readings:
            yield name, _text(readings[name])
    if entity.domain == "weather":
        yield "temperature_unit", "°C"
    number = facts().domains["sensor"].numbers.get(entity.device_class or "")
    if entity.domain == "sensor" and number is not None and number.unit:
        yield "unit_of_measurement", number.unit
    if entity.device_class:
        yield "device_class", entity.device_class
    if "brightness" in readings:
        percent = float(str(readings["brightness"]))
        yield "brightness", str(round(percent * 255 / 100))
    if "position" in readings:
        yield "current_position", _text(readings["position"])
    if "volume_level" in readings:
        yield "volume_level", float(str(readings["volume_level"])) / 100
    if "brightness" in readings:
        yield "brightness_pct", _text(readings["brightness"])


def _text(value: Value) -> Value:
    return value if isinstance(value, float) else str(value)


def _is_there(name: str, domains: frozenset[str]) -> bool:
    domain = name.partition("__")[0]
    if name in _MOVERS:
        return not domains.isdisjoint(_MOVING)
    return domain in _ANYWHERE or domain in domains


def _function(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": dict(tool)}


def _dumped(items: Sequence[Mapping[str, Any]]) -> str:
    return yaml.dump(
        list(items), default_flow_style=False, allow_unicode=True, sort_keys=False, Dumper=_Dumper
    )
