"""Plays scenarios in a house that is the same at the beginning of each."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from time import perf_counter

from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import SERVICE_TURN_OFF, STATE_ON
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import restore_state
from homeassistant.helpers.state import async_reproduce_state

from .call_faults import call_faults, timer_faults
from .device_faults import device_faults
from .dialogue import Address, Call, Exchange, async_say, async_settle
from .house import House
from .house_setup import HouseSetupError
from .kinds import KINDS
from .readings import READ, async_look
from .registry import async_add_speaker
from .reply_faults import reply_faults
from .scenarios import Fault, Outcome, Scenario, outcome_of


@dataclass(frozen=True, kw_only=True)
class Result:
    """A scenario that was played.

    Args:
        scenario: that was played.
        exchange: its sentence and what came of it.
        faults: everything that is not as it should be.

    """

    scenario: Scenario
    exchange: Exchange
    faults: Collection[Fault]

    @property
    def outcome(self) -> Outcome:
        """What it comes to."""
        return outcome_of(self.faults)


class Stage:
    """A house in Home Assistant on which scenarios are played, one after the other."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[House], address: Address) -> None:
        """Remember how everything is before anybody speaks.

        Args:
            hass: Home Assistant.
            entry: the config entry of the house.
            address: who is spoken to.

        """
        self._hass = hass
        self._entry = entry
        self._address = address
        self._house = entry.runtime_data
        self._first = async_look(hass, self._house)
        helpers = [d for d in self._house.of_kind(*READ) if KINDS[d.kind].own]
        self._helpers = [state for d in helpers if (state := hass.states.get(d.entity_id))]

    async def async_play(self, scenario: Scenario) -> Result:
        """Play a scenario, and bring everything back.

        Raises:
            HouseSetupError: something did not come back.

        """
        address = replace(
            self._address,
            conversation_id=None,
            device_id=None if scenario.area is None else self._satellite(scenario.area),
            language=scenario.language,
        )
        started = perf_counter()
        for sentence in scenario.before:
            earlier = await async_say(self._hass, sentence, address)
            address = replace(address, conversation_id=earlier.conversation_id)
        before = async_look(self._hass, self._house)
        exchange = await async_say(self._hass, scenario.say, address)
        elapsed = perf_counter() - started
        after = async_look(self._hass, self._house)
        await self._async_reset()
        return Result(
            scenario=scenario,
            exchange=exchange,
            faults=(
                *device_faults(scenario.expect, before, after),
                *call_faults(scenario, [call for call in exchange.calls if self._acts(call)]),
                *timer_faults(scenario.timers, before.timers, after.timers, elapsed),
                *reply_faults(scenario, exchange),
            ),
        )

    def _satellite(self, area: str) -> str:
        return async_add_speaker(self._hass, self._entry.entry_id, area)

    def _acts(self, call: Call) -> bool:
        """Return whether an action does more than tell something."""
        response = self._hass.services.supports_response(*call.action.split("."))
        return response is not SupportsResponse.ONLY

    async def _async_reset(self) -> None:
        """Bring everything back: what the house file makes is made anew, the rest is set."""
        hass, entries = self._hass, self._hass.config_entries
        for script in self._house.of_kind("script"):
            if hass.states.is_state(script.entity_id, STATE_ON):
                target = {"entity_id": script.entity_id}
                await hass.services.async_call("script", SERVICE_TURN_OFF, target, blocking=True)
        manager = hass.data[TIMER_DATA]
        for timer_id in list(manager.timers):
            manager.cancel_timer(timer_id)
        await entries.async_unload(self._entry.entry_id)
        # Buttons and scenes would remember when they were last used.
        restore_state.async_get(hass).last_states.clear()
        await entries.async_setup(self._entry.entry_id)
        await async_reproduce_state(hass, self._helpers)
        await async_settle(hass)
        if (now := async_look(hass, self._house)) != self._first:
            changed = [
                key for key, value in now.devices.items() if value != self._first.devices[key]
            ]
            raise HouseSetupError(f"this did not come back as it was: {', '.join(changed)}")
