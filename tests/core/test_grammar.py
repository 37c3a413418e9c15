"""Automata over strings: what they accept, and how they are told apart."""

from home_llm_core.grammar import Grammar, GrammarBuilder


def greeting() -> Grammar:
    """Return a grammar of "hello" or "bye", perhaps several times, and of words of a sentence."""
    builder = GrammarBuilder()
    start, text, end = builder.reserve(), builder.reserve(), builder.reserve()
    again = builder.node([builder.literal(";", start), builder.literal("", end)])
    builder.fill(start, [builder.choice("words", (" hello", " bye"), again)])
    builder.fill(start, [*builder.build().nodes[start], builder.literal(" say", text)])
    builder.fill(text, [builder.literal("\n", end)])
    return builder.build(text)


def test_what_is_accepted_is_whole() -> None:
    grammar = greeting()
    for text in (" hello", " bye; hello", " hello; hello; bye"):
        assert grammar.accepts(text)
    for text in ("", "hello", " hello;", " hello bye", " hello ", " bye bye", " hell"):
        assert not grammar.accepts(text)


def test_words_of_the_sentence_stand_in_a_row() -> None:
    """They are no part of the grammar, which serves all sentences."""
    grammar, words = greeting(), ("green", "tea", "and", "tea")
    for text in (" say green\n", " say tea and tea\n", " say tea\n", " say and\n"):
        assert grammar.accepts(text, words)
    for text in (" say\n", " say green and\n", " say milk\n", " say green", " say tea tea\n"):
        assert not grammar.accepts(text, words)
    assert grammar.accepts(" hello", words)
    assert not grammar.accepts(" say green\n")
    assert grammar.with_words(()) is grammar


def test_words_take_nothing_away() -> None:
    """A word of the sentence can be called like a set of strings."""
    grammar, words = greeting(), ("words", "hello", ";")
    assert grammar.accepts(" hello; bye", words)
    assert grammar.accepts(" say words hello ;\n", words)


def test_equal_grammars_have_equal_digests() -> None:
    assert greeting().digest == greeting().digest
    assert greeting().digest != GrammarBuilder().build().digest
    assert greeting().digest != greeting().with_words(("tea",)).digest


def test_the_engine_takes_json() -> None:
    data = greeting().to_dict()
    assert data["text"] == 1
    assert data["sets"] == {
        "words": [" hello", " bye"],
        ";": [";"],
        "": [""],
        " say": [" say"],
        "\n": ["\n"],
    }
    assert len(data["nodes"]) == 4  # type: ignore[arg-type]
