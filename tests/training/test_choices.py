"""What a model is asked while it replies: what the grammar leaves open, and nothing else."""

from home_llm_core.calls import Call
from home_llm_core.formats import TINY, get_format
from home_llm_core.home import Area, Entity, Home
from home_llm_core.parser import Say
from tests.training.conftest import ALLOWED
from training.choices import FREE, Choices, TrainingVocabulary
from training.tokenizer import TURN_END, SegmentEncoder

HOME = Home(
    entities=(
        Entity(entity_id="light.a", name="Desk", area_id="kitchen", features=frozenset({"dim"})),
        Entity(entity_id="light.b", name="Wall", area_id="kitchen"),
    ),
    areas=(Area(area_id="kitchen", name="Kitchen"),),
)
OFF = Call(action="light.turn_off", devices=("light wall",))
ON = Call(action="light.turn_on", area="area kitchen", arguments={"brightness": 30})

Told = list[tuple[str, set[str] | None]]


def told(choices: Choices, vocabulary: TrainingVocabulary, sentence: str, reply: str) -> Told:
    """Return each token of a reply with what is allowed there; none for anything at all.

    The last token is the end of the turn.
    """
    ids = (*vocabulary.string(reply), *vocabulary.ends)

    def text(token: int) -> str:
        return vocabulary.text(token)

    along = choices.along(TINY.hear(sentence, HOME, allowed=ALLOWED).grammar, ids)
    return [
        (text(token), None if allowed == FREE else set(map(text, allowed)))
        for token, allowed in zip(ids, along, strict=True)
    ]


def test_a_whole_reply_is_bounded(choices: Choices, vocabulary: TrainingVocabulary) -> None:
    sentence = "turn the wall off and the kitchen to 30"
    reply = TINY.hear(sentence, HOME, allowed=ALLOWED).reply([OFF, ON])
    tokens = told(choices, vocabulary, sentence, reply)
    assert "".join(token for token, _ in tokens) == reply + TURN_END
    for token, allowed in tokens:
        assert allowed is not None
        assert token in allowed
    # One line can follow another, or the end of the turn.
    assert tokens[-1] == (TURN_END, {">", TURN_END})


def test_what_can_only_be_one_thing_is_no_choice(
    choices: Choices, vocabulary: TrainingVocabulary
) -> None:
    reply = TINY.hear("thanks", HOME, allowed=ALLOWED).reply([Say(key="thanks")])
    tokens = told(choices, vocabulary, "thanks", reply)
    forced = "".join(token for token, allowed in tokens if allowed == {token})
    # What is said is all that is written.
    assert forced.startswith(">")
    assert forced.endswith(f"\n{TURN_END}")
    assert "say" not in forced


def test_the_grammar_is_that_of_the_sentence(
    choices: Choices, vocabulary: TrainingVocabulary
) -> None:
    reply = "> off light A\n"

    def after_the_kind(sentence: str) -> set[str]:
        said = ""
        for token, allowed in told(choices, vocabulary, sentence, reply):
            if said == "> off light":
                return allowed or set()
            said += token
        return set()

    assert after_the_kind("off") < after_the_kind("wall off") < after_the_kind("wall and desk off")
    # A place is not named like a device.
    assert after_the_kind("wall off in the kitchen") == after_the_kind("wall off")
    # The letter of something that the sentence does not name, and all that follows it.
    tokens = told(choices, vocabulary, "off", reply)
    free = [token for token, allowed in tokens if allowed is None]
    assert "".join(free) == f" A\n{TURN_END}"


def test_formats_without_a_grammar_are_free(choices: Choices, encoder: SegmentEncoder) -> None:
    grammar = get_format("home-llm-1").hear("wall off", HOME).grammar
    ids = (*encoder.text("Off."), encoder.turn_end)
    assert choices.along(grammar, ids) == [FREE] * len(ids)
