"""The sentences of a language, without Home Assistant."""

import json
from pathlib import Path

from custom_components.home_llm import speech
from custom_components.home_llm.speech import Sentences

_FOLDER = Path(speech.__file__).parent / "translations"


def spoken(language: str) -> Sentences:
    """Return the sentences of a language."""
    texts = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    messages = {key: said["message"] for key, said in texts["exceptions"].items()}
    return Sentences(messages, language=language)


ENGLISH = spoken("en")
