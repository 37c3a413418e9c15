"""Tests of Home Assistant's phrases where they are, and where they are not."""

from pathlib import Path
import sys

import pytest

from data import intent_files, phrasings
from data.generate import main
from data.intents import groups_of
from data.phrasings import PhrasingsError, groups
from data.sources import BankError

WITHOUT_BANKS = "sv"


@pytest.fixture
def nothing_known() -> None:
    groups.cache_clear()
    phrasings.phrasings.cache_clear()


def test_the_packages_may_be_missing(
    nothing_known: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    for name in ("data.intents", "data.intent_files", "data.intent_filling"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hassil", None)

    out = ["--out", str(tmp_path / "x"), "--homes", "1", "--workers", "1"]
    assert main(out) == 1
    (sentence,) = capsys.readouterr().err.strip().splitlines()[-1:]
    assert sentence == (
        "Home Assistant's sentences need hassil, which is not installed:"
        " run script/setup --training, or do without them (--intents 0)."
    )
    assert main([*out, "--intents", "0"]) == 0


def test_a_language_without_banks_is_refused(
    nothing_known: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert intent_files.files_of(WITHOUT_BANKS)
    with pytest.raises(BankError, match=f"there are no banks for the language '{WITHOUT_BANKS}'"):
        groups(WITHOUT_BANKS)
    assert phrasings.main(["--language", WITHOUT_BANKS]) == 1
    assert "there are no banks" in capsys.readouterr().err


def test_a_language_that_home_assistant_has_no_sentences_in(
    nothing_known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(intent_files.FILES, "en", ())  # type: ignore[index]
    groups_of.cache_clear()
    try:
        with pytest.raises(PhrasingsError, match="no sentences in the language 'en'"):
            groups("en")
    finally:
        groups_of.cache_clear()


@pytest.mark.parametrize("share", ["2", "-0.1", "some"])
def test_a_share_is_from_0_to_1(
    share: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "x"), "--intents", share])
    assert f"{share!r} is no number from 0 to 1" in capsys.readouterr().err


def test_phrases_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert phrasings.main(["--each", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert any(line.startswith("HassVacuumStart") or "vacuum.start" in line for line in lines)
    assert len(lines) > 100
