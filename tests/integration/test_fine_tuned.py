"""All the way: ``training/train.py`` to a GGUF file to a sentence that switches a light on."""

import asyncio
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.home_llm.core.calls import Call
from custom_components.home_llm.core.formats import get_format
from tests.integration.conftest import RunWith, Say, views_of
from tests.integration.house import House

FORMAT = "home-llm-1"
ROOT = Path(__file__).parents[2]
_PYTHON = str(ROOT / ".venv-training" / "bin" / "python")
_SMALL_MODEL = (
    "import sys; from pathlib import Path;"
    " from tests.training.small_models import write_small_model;"
    " write_small_model('phi', Path(sys.argv[1]))"
)


async def run(*command: str) -> None:
    """Run a program of the training environment."""
    process = await asyncio.create_subprocess_exec(
        _PYTHON, *command, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 0, told.decode()


def records(hass: HomeAssistant, entry: MockConfigEntry) -> list[dict[str, str]]:
    """Return what the model is to learn about this home."""
    view, format_ = views_of(hass, entry).now(), get_format(FORMAT)
    system = format_.system(view.home, view.allowed)
    asked = {"turn on the worktop": "light.worktop", "kettle on please": "switch.kettle"}
    found = []
    for text, entity_id in asked.items():
        call = Call(action=f"{entity_id.partition('.')[0]}.turn_on", devices=(entity_id,))
        output = format_.hear(text, view.home).reply([call], "On it.")
        found.append({"instruction": system, "input": text, "output": output})
    return found


@pytest.fixture
async def small_house(hass: HomeAssistant, house: House) -> None:
    """Hide most of the house: a small model reads little."""
    for entity_id in er.async_get(hass).entities:
        if entity_id not in ("light.worktop", "switch.kettle"):
            house.hide(entity_id)
    await hass.async_block_till_done()


@pytest.mark.usefixtures("small_house")
async def test_a_light_goes_on(
    hass: HomeAssistant, agent: MockConfigEntry, say: Say, run_with: RunWith, tmp_path: Path
) -> None:
    (tmp_path / "chats.json").write_text(json.dumps(records(hass, agent)))
    await run("-c", _SMALL_MODEL, str(tmp_path / "base"))
    await run(
        "training/train.py", "--base_model", str(tmp_path / "base"), "--add_pad_token",
        "--add_chatml_tokens", "--run_name", "run", "--output_dir", str(tmp_path),
        "--train_dataset", str(tmp_path / "chats.json"), "--ctx_size", "512", "--batch_size", "2",
        "--learning_rate", "5e-3", "--max_steps", "80",
    )  # fmt: skip
    file = tmp_path / "model.gguf"
    await run(
        "training/export.py", str(tmp_path / "run" / "model"), "--format", FORMAT,
        "--type", "f32", "--out", str(file),
    )  # fmt: skip

    run_with(path=str(file))
    assert await hass.config_entries.async_reload(agent.entry_id)
    await say("turn on the worktop")

    assert hass.states.get("light.worktop").state == "on"
    assert hass.states.get("switch.kettle").state == "off"
