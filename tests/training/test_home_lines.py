"""Homes become prompts in the format of the model, and replies are judged by what they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
from typing import Any

import pytest

from home_llm_core.calls import Call
from home_llm_core.formats import TINY, get_format
from home_llm_core.home import home_from_dict
from training.errors import TrainingError
from training.home_lines import HomeLine
from training.prompts import ChatPrompt, Prompt

RED = {"service": "light.turn_on", "target_device": "light.n0", "rgb_color": [255, 0, 0]}


@dataclass(frozen=True, kw_only=True)
class Known:
    """A model as far as lines need it: what it says about itself."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    knows_chatml: bool = True

    def replies(self, prompts: Sequence[Prompt | ChatPrompt]) -> list[str]:
        """Return nothing: tests give the replies."""
        return [""] * len(prompts)


def home_llm_line(home: Mapping[str, Any], name: str = "home-llm-3") -> dict[str, Any]:
    """Return a home with one request about its first light in a Home-LLM format."""
    snapshot, format_ = home_from_dict(home["home"]), get_format(name)
    call = Call(action="light.turn_on", devices=("light.n0",), arguments={"rgb_color": (255, 0, 0)})
    messages = [
        {"role": "system", "content": format_.system(snapshot)},
        {"role": "user", "content": "make it red"},
        {"role": "assistant", "content": format_.hear("", snapshot).reply([call], "It is red.")},
    ]
    record = home["requests"][0]["record"] | {
        "text": "make it red",
        "kind": "color",
        "calls": [
            {"action": "light.turn_on", "arguments": {"color": "red"}, "entity_ids": ["light.n0"]}
        ],
    }
    return {**home, "format": name, "requests": [{"messages": messages, "record": record}]}


def fenced(*calls: dict[str, Any]) -> str:
    """Return a reply that calls as the Home-LLM models do."""
    lines = "\n".join(map(json.dumps, calls))
    return f"Sure.\n```homeassistant\n{lines}\n```"


@pytest.fixture
def colored(homes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a home whose two lights take colours."""
    home = json.loads(json.dumps(homes[1]))
    for entity in home["home"]["entities"]:
        entity["features"] = ["color", "dim"]
    return dict(home)


def test_ours_is_heard_anew_and_bound(homes: list[dict[str, Any]]) -> None:
    line = HomeLine(homes[1], Known())

    for prompt, request in zip(line.prompts, homes[1]["requests"], strict=True):
        assert isinstance(prompt, Prompt)
        assert prompt.segments[1].text == f"{request['messages'][0]['content']}\n"
        assert prompt.grammar is not None
        assert prompt.grammar.accepts(request["messages"][1]["content"])


def test_what_ours_should_write_is_exact(homes: list[dict[str, Any]]) -> None:
    line = HomeLine(homes[1], Known())
    right = [request["messages"][1]["content"] for request in homes[1]["requests"]]

    assert {answer.outcome for answer in line.answers(right)} == {"exact"}
    # It is switched off, not dimmed; and nothing is done at all.
    swapped = [*right[:3], right[2], *right[4:]]
    assert [a.outcome for a in line.answers(swapped)][:4] == ["exact", "exact", "exact", "wrong"]
    assert [a.outcome for a in line.answers([""] * len(right))] == [
        "exact",
        *["missed"] * (len(right) - 1),
    ]


def test_a_model_hears_only_what_it_was_trained_on(homes: list[dict[str, Any]]) -> None:
    knows_fans = Known(metadata={"home_llm.domains": "fan"})
    (_, dark, *_) = HomeLine(homes[1], knows_fans).prompts
    right = homes[1]["requests"][1]["messages"][1]["content"]

    assert isinstance(dark, Prompt)
    assert dark.grammar is not None
    assert not dark.grammar.accepts(right)


def test_theirs_is_read_as_it_stands(colored: dict[str, Any]) -> None:
    data = home_llm_line(colored)
    (prompt,) = HomeLine(data, Known()).prompts

    assert isinstance(prompt, Prompt)
    text = "".join(segment.text for segment in prompt.segments)
    system = data["requests"][0]["messages"][0]["content"]
    assert text == (
        f"<|im_start|>system\n{system}<|im_end|>\n"
        "<|im_start|>user\nmake it red<|im_end|>\n<|im_start|>assistant\n"
    )
    assert prompt.grammar is None


def test_a_model_without_chatml_reads_its_own_template(colored: dict[str, Any]) -> None:
    data = home_llm_line(colored)
    (prompt,) = HomeLine(data, Known(knows_chatml=False)).prompts

    assert prompt == ChatPrompt(messages=data["requests"][0]["messages"][:-1])


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (fenced(RED), "exact"),
        (fenced(RED | {"rgb_color": "(255, 0, 0)"}), "exact"),
        (fenced(RED | {"rgb_color": [0, 0, 255]}), "wrong"),
        (fenced(RED | {"target_device": "light.n1"}), "wrong"),
        (fenced(RED, {"service": "light.turn_off", "target_device": "light.n1"}), "wrong"),
        (fenced(RED, {"service": "fly"}), "missed"),
        ("It is red.", "missed"),
    ],
)
def test_what_theirs_wrote_is_judged_in_their_words(
    colored: dict[str, Any], reply: str, outcome: str
) -> None:
    (answer,) = HomeLine(home_llm_line(colored), Known()).answers([reply])

    assert (answer.outcome, answer.kind, answer.reply) == (outcome, "color", reply)
    assert answer.expected.startswith("It is red.\n```homeassistant\n")


def test_our_model_is_asked_about_their_lines_in_its_own_words(colored: dict[str, Any]) -> None:
    ours = Known(metadata={"home_llm.format": TINY.name})
    (prompt,) = HomeLine(home_llm_line(colored), ours).prompts

    assert isinstance(prompt, Prompt)
    assert prompt.grammar is not None


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (Known(metadata={"home_llm.format": "home-llm-1"}), "the model reads home-llm-1, the line"),
        (Known(knows_chatml=False), "no token <|im_start|>, with which tiny-6 begins"),
    ],
)
def test_what_cannot_be_asked(homes: list[dict[str, Any]], known: Known, message: str) -> None:
    with pytest.raises(TrainingError) as raised:
        HomeLine(homes[1], known)

    assert message in str(raised.value)
