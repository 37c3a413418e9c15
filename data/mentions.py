"""What a sentence refers to: devices, a room, a floor, the house, and how that is said."""

from collections.abc import Mapping
from dataclasses import replace
import random

from home_llm_core.calls import EVERYWHERE
from home_llm_core.home import Entity
from home_llm_core.text import label

from .domains import domain_of, sort_of
from .houses import House
from .names import Name
from .short_names import ShortNames
from .targets import Mention, Target, in_one_list
from .templates import Spoken

Slots = Mapping[str, str | Spoken]
_IN_ITS_AREA = 0.12
_VARIED = 0.35
_ELSEWHERE = 0.4
_ALL_THERE = 0.2
_OTHERS_OF_A_KIND = 0.45
_KINDS = "kinds"


class Mentions:
    """Refers to what is in a house, as somebody in a certain room would.

    Attributes:
        playing: whether it is about what is being played.

    """

    def __init__(self, house: House, rng: random.Random, speaker: str | None) -> None:
        """Refer to things in ``house``; ``speaker`` is the id of the speaker's area, if known."""
        self._house = house
        self._rng = rng
        self._speaker = speaker
        self._bank = house.language
        self._short_names = ShortNames(house, rng)
        self.playing = False

    def device(self, entity: Entity) -> Mention | None:
        """Return a mention of one device, or none if what came to mind fits another one, too."""
        name = said = self._one_of_its_names(entity)
        namesakes = [e for e in self._house.called.get(name.plain, ()) if e is not entity]
        area = self._house.area_of(entity)
        scope = "device"
        if namesakes:
            # In its own room the name is enough; elsewhere the room must be said.
            here = entity.area_id is not None and entity.area_id == self._speaker
            if not here or self._rng.random() < _ELSEWHERE:
                scope = "device_in_area"
        elif area is not None and self._rng.random() < _IN_ITS_AREA:
            scope = "device_in_area"
        elif self._rng.random() < _VARIED:
            scope, said = self._short_names.variation(entity, name)
        if scope == "device_in_area" and (area is None or name.words & area.words):
            if namesakes:
                return None
            scope = "device"
        return self._of_device(entity, name, said, scope)

    def _of_device(self, entity: Entity, name: Name, said: Name, scope: str) -> Mention | None:
        """Return a mention of a device whose ``name`` is said as ``said``."""
        house = self._house
        slots: dict[str, str | Spoken] = {"name": said, "kind": house.kind(sort_of(entity), "one")}
        area = house.area_of(entity)
        if area is not None:
            slots["area"] = area
        forms, _ = self.say(scope, slots)
        if scope != "device" and any(
            entity not in house.called[text] for text in _texts(forms) if text in house.called
        ):
            return None
        target = Target(sort=sort_of(entity), devices=(house.device_line[entity.entity_id],))
        return Mention(
            forms=forms,
            targets=(target,),
            subject=name.form("the"),
            many=house.is_plural(name),
            scope="device",
            plural=house.is_plural(said),
        )

    def called_so(self, entity: Entity, name: Name) -> Mention | None:
        """Return a mention of a device by a name that it goes by."""
        return self._of_device(entity, name, name, "device")

    def there(self, entity: Entity) -> Mention | None:
        """Return a mention of a device whose room is said beside it, if its name is then enough."""
        name, house = self._one_of_its_names(entity), self._house
        area = house.area_of(entity)
        others = [e for e in house.called.get(name.plain, ()) if e is not entity]
        if area is None or name.words & area.words:
            return None
        if any(other.area_id == entity.area_id for other in others):
            return None
        return self._of_device(entity, name, name, "device")

    def kind_in(
        self, sort: str, *, area_id: str | None = None, floor_id: str | None = None
    ) -> Mention | None:
        """Return "the light" or "all lights" of a place that is said beside it."""
        is_all = "all_there" in self._bank.targets and self._rng.random() < _ALL_THERE
        scope = "all_there" if is_all else "kind"
        if area_id is not None:
            return self._group(scope, sort, {}, self.implied_in(area_id, sort))
        return self._group(scope, sort, {}, self.implied_on(floor_id or "", sort))

    def named(self, entity: Entity, place: str = "") -> Mention | None:
        """Return a mention of one device by its name alone, or none if that is not enough.

        Args:
            entity: the device.
            place: ``area`` or ``floor``, if that is said next to the name.

        """
        name, house = self._one_of_its_names(entity), self._house
        area = house.area_of(entity)
        others = [e for e in house.called.get(name.plain, ()) if e is not entity]
        here = entity.area_id if place == "area" else self._speaker
        is_clear = entity.area_id is not None and entity.area_id == here
        if others and (not is_clear or any(e.area_id == entity.area_id for e in others)):
            return None
        if place and (area is None or name.words & area.words):
            return None
        mention = self._of_device(entity, name, name, "device")
        forms = {"full": name.plain, "the": name.form("the")}
        return replace(mention, forms=forms) if mention is not None else None

    def in_this_room(self, sort: str) -> Mention | None:
        """Return the devices of a sort where the speaker is known to be."""
        implied = self.implied(sort)
        is_here = self._speaker is not None and self._house.in_area(self._speaker, sort)
        return implied if is_here else None

    def _one_of_its_names(self, entity: Entity) -> Name:
        aliases = [self._house.names[f"alias {label(alias)}"] for alias in entity.aliases]
        return self._rng.choice([self._house.names[entity.entity_id], *aliases])

    def area(self, area_id: str, sort: str) -> Mention | None:
        """Return a mention of the devices of a sort in a room."""
        subject, many = self.subject_in(area_id, sort)
        return self._group(
            "area",
            sort,
            {"area": self._house.names[area_id]},
            Mention(
                forms={},
                targets=(self._whole(sort, area_id=area_id),),
                subject=subject,
                many=many,
                scope="area",
            ),
        )

    def floor(self, floor_id: str, sort: str) -> Mention | None:
        """Return a mention of the devices of a sort on a floor."""
        name = self._house.names[floor_id]
        return self._group("floor", sort, {"floor": name}, self.implied_on(floor_id, sort))

    def everywhere(self, sort: str) -> Mention | None:
        """Return a mention of all devices of a sort."""
        return self._group("house", sort, {}, self.implied_everywhere(sort))

    def kind(self, sort: str, *, here: bool = False) -> Mention | None:
        """Return "the light", if it is clear which is meant; with ``here``, "the light in here"."""
        implied = self.implied(sort)
        if implied is None or (here and implied.scope != "satellite"):
            return None
        scope = "here" if here else "one_kind" if implied.scope == "only_one" else "kind"
        return self._group(scope, sort, {}, implied)

    def some(self, sort: str) -> Mention | None:
        """Return "the light" where nobody can tell which."""
        return self._group("kind", sort, {}, Mention(forms={}, targets=(Target(sort=sort),)))

    def implied(self, sort: str) -> Mention | None:
        """Return what is meant where nothing is named, if that is clear; it has no forms.

        In a room that has such devices all of them are meant; else the only one in the house. Of
        players it may be the only one that plays.
        """
        if self.playing and domain_of(sort) == "media_player":
            found = self._house.of(sort)
            here = [e for e in found if self._speaker is not None and e.area_id == self._speaker]
            playing = [entity for entity in here or found if entity.state == "playing"]
            if len(playing) == 1 and len(here or found) > 1:
                return self._the_only(playing[0], sort)
        if self._speaker is not None and self._house.in_area(self._speaker, sort):
            subject, many = self.subject_in(self._speaker, sort)
            target = self._whole(sort, area_id=self._speaker)
            return Mention(
                forms={}, targets=(target,), subject=subject, many=many, scope="satellite"
            )
        found = self._house.of(sort)
        return self._the_only(found[0], sort) if len(found) == 1 else None

    def _the_only(self, entity: Entity, sort: str) -> Mention:
        name = self._house.names[entity.entity_id]
        target = Target(sort=sort, devices=(self._house.device_line[entity.entity_id],))
        return Mention(
            forms={},
            targets=(target,),
            subject=name.form("the"),
            many=self._house.is_plural(name),
            scope="only_one",
        )

    def implied_in(self, area_id: str, sort: str) -> Mention:
        """Return the devices of a sort in a room, where only the room is named."""
        subject, many = self.subject_in(area_id, sort)
        target = self._whole(sort, area_id=area_id)
        return Mention(forms={}, targets=(target,), subject=subject, many=many, scope="implied")

    def implied_on(self, floor_id: str, sort: str) -> Mention:
        """Return the devices of a sort on a floor, where only the floor is named."""
        subject = self._subject("subject_floor", sort, many=True, floor=self._house.names[floor_id])
        target = self._whole(sort, floor_id=floor_id)
        return Mention(forms={}, targets=(target,), subject=subject, many=True, scope="floor")

    def implied_everywhere(self, sort: str) -> Mention:
        """Return all devices of a sort, where only the house is named."""
        return Mention(
            forms={},
            targets=(self._whole(sort),),
            subject=self._subject("subject_house", sort, many=True),
            many=True,
            scope="house",
        )

    def here_or_everywhere(self, sort: str) -> Mention | None:
        """Return the devices of a sort where the speaker is, else those of the whole house."""
        everywhere = self.implied_everywhere(sort)
        if self._speaker is None:
            (target,) = everywhere.targets
            return replace(everywhere, targets=(replace(target, is_here=True),))
        if not self._house.in_area(self._speaker, sort):
            return None
        (target,) = self.implied_in(self._speaker, sort).targets
        return replace(everywhere, targets=(replace(target, is_here=True),))

    def _whole(
        self, sort: str, *, area_id: str | None = None, floor_id: str | None = None
    ) -> Target:
        """Return all devices of a sort in a place."""
        house, domain = self._house, domain_of(sort)
        if area_id is not None:
            found, others = house.in_area(area_id, sort), house.home.in_area(area_id, domain)
        elif floor_id is not None:
            found, others = house.on_floor(floor_id, sort), house.home.on_floor(floor_id, domain)
        else:
            found, others = house.of(sort), house.home.of_domain(domain)
        lines = tuple(house.device_line[e.entity_id] for e in found)
        return Target(
            sort=sort,
            devices=() if area_id is not None or floor_id is not None else (EVERYWHERE,),
            area=house.area_line[area_id] if area_id is not None else None,
            floor=house.floor_line[floor_id] if floor_id is not None else None,
            only=lines if found and len(found) < len(others) else (),
        )

    def pronoun(self, sort: str, *, many: bool) -> Mention:
        """Return a mention of what was spoken of before; of several one may say "it" as well."""
        kinds = {
            "kind": self._house.kind(sort, "one", self._rng),
            "kinds": self._house.kind(sort, "many", self._rng),
        }
        plurals = self._bank.plural_pronouns
        while True:
            forms, _ = self.say("pronoun", kinds)
            are_plural = {not plurals.isdisjoint(form.split()) for form in forms.values()}
            if len(are_plural) == 1 and (many or True not in are_plural):
                break
        return Mention(
            forms=forms,
            targets=(Target(sort=sort),),
            scope="pronoun",
            plural=True in are_plural,
        )

    def both(self, first: Mention, second: Mention) -> Mention:
        """Return a mention of two things."""
        forms = {
            form: self._one("pair", form, {"a": first.form(form), "b": second.form(form)})
            for form in first.forms
        }
        join = self._rng.choice(self._bank.replies["join"]["many"])
        return Mention(
            forms=forms,
            targets=in_one_list((*first.targets, *second.targets)),
            subject=join.say(self._rng, {"a": first.subject, "b": second.subject}),
            many=True,
            scope="several",
            plural=True,
        )

    def all_of(self, mentions: list[Mention]) -> Mention | None:
        """Return a mention of several things, if there are any."""
        whole = mentions[-1] if mentions else None
        for mention in reversed(mentions[:-1]):
            whole = self.both(mention, whole) if whole is not None else None
        return whole

    def those_in(self, area_id: str, sort: str) -> Mention | None:
        """Return what can be left out with a room: "the kitchen", "the ones in the kitchen"."""
        if "excepted_area" not in self._bank.targets:
            return None
        slots: dict[str, str | Spoken] = {"area": self._house.names[area_id]}
        target = Target(sort=sort, area=self._house.area_line[area_id])
        subject, many = self.subject_in(area_id, sort)
        whole = Mention(forms={}, targets=(target,), subject=subject, many=many)
        return self._group("excepted_area", sort, slots, whole)

    def all_but(self, whole: Mention, others: tuple[Entity, ...], but: Mention) -> Mention:
        """Return a mention of all that another one means, but for some devices and rooms."""
        rooms = tuple(target.area for target in but.targets if target.area is not None)
        devices = tuple(each for target in but.targets for each in target.devices)
        target = replace(whole.targets[0], excluding=(*rooms, *devices))
        if target.only or rooms:
            lines = tuple(self._house.device_line[entity.entity_id] for entity in others)
            target = replace(target, only=lines)
        scope, slots = "excepted", {"a": but, **self._kinds_for(target.sort)}
        if whole.scope == "house" and self._rng.random() < _OTHERS_OF_A_KIND:
            scope = "excepted_kind" if "excepted_kind" in self._bank.targets else scope
        forms = {
            form: self._one(
                scope, form if scope == "excepted" else "full", slots | {"target": whole.form(form)}
            )
            for form in whole.forms
        }
        subject = self._rng.choice(self._bank.replies["subject_except"]["one"])
        return Mention(
            forms=forms,
            targets=(target,),
            subject=subject.say(self._rng, {"subject": whole.subject, "except": but.subject}),
            many=True,
            scope="exclusion",
            plural=True,
        )

    def meant(self, target: Target) -> tuple[Entity, ...]:
        """Return the devices that a target comes to, whether they can be reached or not."""
        house, printed = self._house, self._house.printed
        if target.named or (target.only and target.excluding):
            lines = target.only or target.devices
            return tuple(house.home.entity_by_id[printed.devices[each]] for each in lines)
        if target.area is not None:
            found = house.in_area(printed.areas[target.area], target.sort)
        elif target.floor is not None:
            found = house.on_floor(printed.floors[target.floor], target.sort)
        else:
            found = house.of(target.sort)
        return tuple(e for e in found if house.device_line[e.entity_id] not in target.excluding)

    def by_name(self, mention: Mention) -> Mention:
        """Return a mention whose devices are named in calls, instead of places."""
        lines = self._house.device_line
        targets = tuple(
            Target(sort=t.sort, devices=tuple(lines[e.entity_id] for e in self.meant(t)))
            for t in mention.targets
        )
        return replace(mention, targets=targets)

    def subject_in(self, area_id: str, sort: str) -> tuple[str, bool]:
        """Return what a reply calls the devices of a sort in a room, and whether it is plural."""
        many = len(self._house.in_area(area_id, sort)) != 1
        area = self._house.names[area_id]
        return self._subject("subject_area", sort, many=many, area=area), many

    def say(self, scope: str, slots: Slots) -> tuple[dict[str, str], bool]:
        """Return every form of a reference, and whether it is to several things by their kind."""
        ways = self._bank.targets[scope]
        first = self._rng.choice(ways["full"])
        many = _KINDS in first.slot_names
        chosen = {}
        for form, templates in ways.items():
            alike = [each for each in templates if (_KINDS in each.slot_names) == many]
            way = first if form == "full" else self._rng.choice(alike or templates)
            chosen[form] = way.say(self._rng, slots)
        return chosen, many

    def _one(self, scope: str, form: str, slots: Slots) -> str:
        return self._rng.choice(self._bank.targets[scope][form]).say(self._rng, slots)

    def _group(
        self, scope: str, sort: str, slots: dict[str, str | Spoken], what: Mention
    ) -> Mention | None:
        """Return ``what`` with its forms, or none if a device is called just that."""
        forms, many = self.say(scope, slots | self._kinds_for(sort))
        if any(text in self._house.called for text in _texts(forms)):
            return None
        return replace(what, forms=forms, plural=many)

    def _kinds_for(self, sort: str) -> dict[str, str | Spoken]:
        """Return what fills the slots for the kind of a sort."""
        house, rng = self._house, self._rng
        return {"kind": house.kind(sort, "one", rng), "kinds": house.kind(sort, "many", rng)}

    def _subject(
        self,
        key: str,
        sort: str,
        *,
        many: bool,
        area: Name | None = None,
        floor: Name | None = None,
    ) -> str:
        kinds = {n: self._house.kind(sort, n) for n in ("one", "many")}
        slots: dict[str, str | Spoken] = {"kind": kinds["one"], "kinds": kinds["many"]}
        if area is not None:
            slots["area"] = area
        if floor is not None:
            slots["floor"] = floor
        templates = self._bank.replies[key]["many" if many else "one"]
        return self._rng.choice(templates).say(self._rng, slots)


def _texts(forms: Mapping[str, str]) -> set[str]:
    """Return what is said, with and without its first word, which may be an article."""
    return set(forms.values()) | {text.partition(" ")[2] for text in forms.values()}
