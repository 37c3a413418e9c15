"""What a model is asked while it replies: what the grammar leaves open, and nothing else."""

from home_llm_core.calls import Call
from home_llm_core.formats import TINY, get_format
from home_llm_core.home import Area, Entity, Home
from training.choices import FREE, Choices, TrainingVocabulary
from training.tokenizer import SegmentEncoder

HOME = Home(
    entities=(
        Entity(entity_id="light.a", name="Desk", area_id="kitchen", features=frozenset({"dim"})),
        Entity(entity_id="light.b", name="Wall", area_id="kitchen"),
    ),
    areas=(Area(area_id="kitchen", name="Kitchen"),),
)


def told(
    encoder: SegmentEncoder, vocabulary: TrainingVocabulary, reply: str
) -> list[tuple[str, set[str] | None]]:
    """Return each token of a reply with what is allowed there; none for anything at all."""
    ids = tuple(encoder.text(reply))

    def text(token: int) -> str:
        return vocabulary.text(token)

    along = Choices(TINY, HOME, vocabulary).along(ids)
    return [
        (text(token), None if allowed == FREE else set(map(text, allowed)))
        for token, allowed in zip(ids, along, strict=True)
    ]


def test_what_can_only_be_one_thing_is_no_choice(
    encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> None:
    off = Call(action="light.turn_off", devices=("light wall",))
    reply = TINY.reply([off], "")
    tokens = told(encoder, vocabulary, reply)
    assert "".join(token for token, _ in tokens) == reply
    assert tokens[0] == (">", None)
    for token, allowed in tokens[1:]:
        assert allowed is not None
        assert token in allowed
    forced = "".join(token for token, allowed in tokens[1:] if allowed == {token})
    # The domain of the only devices that there are.
    assert "light" in forced
    assert "off" not in forced


def test_speech_is_free(encoder: SegmentEncoder, vocabulary: TrainingVocabulary) -> None:
    assert {allowed for _, allowed in told(encoder, vocabulary, "no lamp")} == {None}


def test_what_is_not_in_the_grammar_is_free_from_there_on(
    encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> None:
    tokens = told(encoder, vocabulary, "> off fan: all\n")
    assert tokens[-1] == ("\n", None)


def test_formats_without_a_grammar_are_free(
    encoder: SegmentEncoder, vocabulary: TrainingVocabulary
) -> None:
    choices = Choices(get_format("home-llm-1"), HOME, vocabulary)
    assert set(choices.along(tuple(encoder.text("```")))) == {FREE}
