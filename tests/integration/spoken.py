"""The English sentences, without Home Assistant."""

import json
from pathlib import Path

from custom_components.home_llm import speech
from custom_components.home_llm.speech import Sentences

_FILE = Path(speech.__file__).parent / "translations" / "en.json"
_KNOWN = json.loads(_FILE.read_text())["exceptions"]

ENGLISH = Sentences({key: said["message"] for key, said in _KNOWN.items()})
