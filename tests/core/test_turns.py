"""What came of the turn before, and how it is written to a file."""

import json

from home_llm_core.calls import Call
from home_llm_core.home import Home
from home_llm_core.parser import Unclear
from home_llm_core.turns import Turn, turn_from_dict, turn_to_dict
from tests.core.hearing import turn_of

LIGHTS_ON = Call(action="light.turn_on", area="area kitchen", arguments={"brightness": 30})
FAN_OFF = Call(action="fan.turn_off", devices=("fan lena's fan",))
TIMER = Call(action="timer.start", arguments={"minutes": 5, "name": "Tea"})


def test_what_a_turn_was_about(house: Home) -> None:
    """Each device once; what was asked about only if nothing was done."""
    assert turn_of(house, LIGHTS_ON, FAN_OFF, FAN_OFF).entity_ids == ("light.k1", "fan.b2")
    assert Turn(spoken_of=("light.k2",)).entity_ids == ("light.k2",)
    assert Turn().entity_ids == ()
    assert turn_of(house, TIMER).entity_ids == ()


def test_a_turn_survives_json(house: Home) -> None:
    asked = Unclear(entity_ids=("light.k1",), verb="on", arguments={"brightness": 5})
    for turn in (
        turn_of(house, LIGHTS_ON, FAN_OFF, TIMER),
        Turn(asked=asked),
        Turn(spoken_of=("light.k1",)),
        Turn(),
    ):
        written = json.loads(json.dumps(turn_to_dict(turn)))
        assert turn_from_dict(written, house) == turn
    assert turn_to_dict(None) is None
    assert turn_from_dict(None, house) is None
