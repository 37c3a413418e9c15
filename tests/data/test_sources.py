"""Tests of reading YAML with line numbers."""

import gc
from pathlib import Path

import pytest

from data.sources import BankError, Source, read, uncollected


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "bank.yaml"
    path.write_text(
        '# a comment\ntext: hello\nlist: [1, "2", true]\nempty: ""\nslot: "{who} (is"\n'
    )
    return read(path)


def test_values_keep_their_types(source: Source) -> None:
    fields = source.fields()

    assert fields["text"].text() == "hello"
    assert [item.value() for item in fields["list"].items()] == [1, "2", True]
    assert fields["empty"].text(empty=True) == ""


def read_field(source: Source, field: str, read_as: str) -> object:
    """Return a field, read in one of the ways there are; of items, the first."""
    found = getattr(source.fields()[field], read_as)()
    return next(found) if read_as == "items" else found


@pytest.mark.parametrize(
    ("field", "read_as", "message"),
    [
        ("list", "text", "bank.yaml:3: a text is expected here"),
        ("empty", "text", "bank.yaml:4: a text is expected here"),
        ("text", "items", "bank.yaml:2: a list is expected here"),
        ("text", "fields", "bank.yaml:2: a mapping is expected here"),
        ("text", "number", "bank.yaml:2: a number is expected here"),
        ("slot", "template", "bank.yaml:5: brackets do not match"),
    ],
)
def test_an_error_names_file_and_line(
    source: Source, field: str, read_as: str, message: str
) -> None:
    with pytest.raises(BankError, match=message):
        read_field(source, field, read_as)


def test_fields_are_checked(source: Source) -> None:
    with pytest.raises(BankError, match=r"bank.yaml:2: unknown field 'text'; known are list"):
        source.fields(("list",))
    with pytest.raises(BankError, match=r"bank.yaml:2: 'more' is missing"):
        source.fields(required=("more",))


def test_an_unknown_slot_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "slots.yaml"
    path.write_text('\n- "turn {target}"\n- "turn {thing}"\n')
    known, unknown = read(path).items()

    assert known.template(["target"]).slot_names == {"target"}
    with pytest.raises(BankError, match=r"slots.yaml:3: unknown slot \{thing\}"):
        unknown.template(["target"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "broken.yaml:1: the file is empty"), ("a: 1\nb: [\n", "broken.yaml:3: ")],
)
def test_a_file_that_is_no_yaml(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)

    with pytest.raises(BankError, match=message):
        read(path)


def test_a_key_that_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n")

    with pytest.raises(BankError, match=r"twice.yaml:3: 'a' is there twice"):
        read(path).fields()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"none.yaml:1: No such file"):
        read(tmp_path / "none.yaml")


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_is_as_it_was(*, was_on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()
