"""What is said of what was done."""

from collections.abc import Mapping, Sequence

from .control import Outcome, Problem
from .core.calls import Call
from .core.home import Entity, Home, Value
from .naming import Naming
from .quantities import duration, quantity
from .speech import Sentences
from .timers import Timer

_UNTOLD = ("percentage_step", "volume_step")
"""By how much something got faster or louder."""

_STEPS: Mapping[str, tuple[str, str]] = {
    "brightness_step": ("brighter", "dimmer"),
    "temperature_step": ("warmer", "cooler"),
}
_DEGREES = ("temperature", "temperature_step")
_COLOR = "color"
_ITEM = "item"
_GATHERED = ("did_add_item", "did_complete_item", "did_remove_item")
_SECONDS = (("hours", 3600), ("minutes", 60), ("seconds", 1))
_CHANGED = ("start", "add_time", "take_time")
"""What is done to a timer with a duration; to others it tells which one is meant."""

_OF_DEVICES = ("unavailable", "unsupported", "wrong_domain", "failed", "unconfirmed")
"""The reasons that name devices."""

type Result = tuple[Call | None, Outcome]


class Results:
    """Sentences of one language about calls that were carried out in one home."""

    def __init__(self, sentences: Sentences, home: Home) -> None:
        """Take a language, and the home in which the calls were made."""
        self._sentences = sentences
        self._say = sentences.say
        self._home = home
        self._naming = Naming(sentences, home)

    def told(self, results: Sequence[Result]) -> list[str]:
        """Return a sentence for each kind of thing that was done, with all that it was done to."""
        known = [(call, outcome) for call, outcome in results if call is not None]
        timers = [text for call, outcome in known for text in self._timer(call, outcome)]
        return [*self._deeds(known), *timers]

    def reply(self, results: Sequence[Result], error: str | None, *, understood: bool) -> str:
        """Return what is said of calls: what was done, or what went wrong.

        Args:
            results: calls and what came of each; there is none for the tools of others.
            error: the key of what ended the model's reply before its time, if anything did.
            understood: whether every line of the model's reply made sense.

        """
        problems = [problem for _, outcome in results for problem in outcome.problems]
        if error is not None:
            problems.append(Problem(reason=error))
        elif not understood:
            problems.append(Problem(reason="misunderstood"))
        if not problems:
            return self._sentences.joined(self.told(results)) or self._say("done")
        sentences = self._problems(problems)
        if any(outcome.is_done for _, outcome in results):
            # Nobody knows what else a reply that was cut short would have done.
            sentences.append(self._say("rest_done" if error is None else "part_done"))
        return self._sentences.joined(sentences)

    def _problems(self, problems: Sequence[Problem]) -> list[str]:
        """Return one sentence for each reason, with all the names that it is true of."""
        names: dict[tuple[str, str], dict[str, None]] = {}
        for problem in problems:
            of_device = problem.reason in _OF_DEVICES
            name = self._naming.with_article(problem.name) if of_device else problem.name
            names.setdefault((problem.reason, problem.detail), {})[name] = None
        # What an integration says about its error seldom is a whole sentence.
        return [
            self._sentences.sentence(
                self._say(
                    f"{reason}_because" if detail else reason,
                    name=self._sentences.listed(list(of)),
                    detail=detail,
                )
            )
            for (reason, detail), of in names.items()
        ]

    def _deeds(self, results: Sequence[tuple[Call, Outcome]]) -> list[str]:
        touched: dict[tuple[str, str], dict[str, Entity]] = {}
        for call, outcome in results:
            # What was added to the home meanwhile has no name yet.
            known = {e: self._home.entity_by_id[e] for e in outcome.entity_ids if self._has(e)}
            for did in self._did(call, outcome, list(known.values())) if known else ():
                touched.setdefault(did, {}).update(known)
        # Several things for one list are one sentence.
        values: dict[tuple[str, str, str], list[str]] = {}
        for (key, value), entities in touched.items():
            what = self._naming.some(entities.values())
            apart = "" if key in _GATHERED else value
            values.setdefault((key, what, apart), []).append(value)
        return [
            self._sentences.sentence(self._say(key, what=what, value=self._sentences.listed(those)))
            for (key, what, _), those in values.items()
        ]

    def _has(self, entity_id: str) -> bool:
        return entity_id in self._home.entity_by_id

    def _did(
        self, call: Call, outcome: Outcome, entities: Sequence[Entity]
    ) -> list[tuple[str, str]]:
        """Return the keys of what a call did, with the value of each."""
        domain, _, verb = call.action.partition(".")
        if domain == "todo":
            items = outcome.items or (str(call.arguments.get(_ITEM, "")),)
            return [(f"did_{verb}", item) for item in items]
        told = {k: v for k, v in call.arguments.items() if k not in _UNTOLD}
        if not told:
            return [(self._sentences.known(f"did_{domain}_{verb}", f"did_{verb}") or "done", "")]
        did = []
        for name, value in told.items():
            key, text = name, self._value(name, value, entities)
            if name in _STEPS:
                more, less = _STEPS[name]
                key = more if float(str(value)) > 0 else less
            elif isinstance(value, bool):
                key = f"{name}_{str(value).lower()}"
            found = self._sentences.known(f"did_{domain}_{key}", f"did_{key}")
            did.append((found or "done", text))
        return did

    def _value(self, name: str, value: Value, entities: Sequence[Entity]) -> str:
        """Return the value of an argument in words."""
        if name == "hvac_mode":
            return self._say(f"mode_{value}") if f"mode_{value}" in self._sentences else str(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self._sentences.color(str(value)) if name == _COLOR else str(value)
        if name in _DEGREES:
            return quantity(self._sentences, abs(value), self._sentences.degrees)
        unit = str(entities[0].attributes.get("unit", "")) if name == "value" else ""
        return quantity(self._sentences, value, unit)

    def _timer(self, call: Call, outcome: Outcome) -> list[str]:
        domain, _, verb = call.action.partition(".")
        if domain != "timer" or outcome.problems:
            return []
        if verb == "status":
            timers = outcome.timers or ()
            told = [self._status(timer, alone=len(timers) == 1) for timer in timers]
            return told or [self._say("timers_none")]
        seconds = sum(int(str(call.arguments.get(name, 0))) * n for name, n in _SECONDS)
        length = duration(self._sentences, seconds) if seconds else ""
        name = str(call.arguments.get("name", ""))
        timer = self._called(name, "" if verb in _CHANGED else length)
        key = self._sentences.known(f"did_timer_{verb}_named" if name else "", f"did_timer_{verb}")
        did = self._say(key or "done", timer=timer, name=name, duration=length)
        return [self._sentences.sentence(did)]

    def _called(self, name: str, length: str) -> str:
        if name:
            return self._say("timer_named", name=name)
        return self._say("timer_of", duration=length) if length else self._say("timer")

    def _status(self, timer: Timer, *, alone: bool) -> str:
        """Return how much is left of a timer."""
        left = duration(self._sentences, timer.seconds_left)
        name = self._called(timer.name, "" if alone else duration(self._sentences, timer.seconds))
        key = "timer_left" if timer.is_active else "timer_paused"
        return self._sentences.sentence(self._say(key, timer=name, duration=left))
