"""Names that several modules of the integration share."""

from pathlib import Path
from typing import Final

DOMAIN: Final = "home_llm"
DEFAULT_NAME: Final = "Home LLM"
SUBENTRY_CONVERSATION: Final = "conversation"
SUBENTRY_TASK: Final = "ai_task_data"

SHIPPED_MODEL_ID: Final = "home-llm-tiny"
SHIPPED_MODEL_PATH: Final = Path(__file__).parent / "model" / f"{SHIPPED_MODEL_ID}.gguf"

# Not in the manifest: on a machine without a compiler that alone would break the integration.
RUNTIME_REQUIREMENT: Final = "llama-cpp-python==0.3.36"
