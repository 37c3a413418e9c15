"""Models and engines that the tests share: a tiny random model, real in all but what it says."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from home_llm_engine.client import Engine, EngineSettings
from home_llm_engine.model import Model
from tests.engine.tiny_gguf import write_random_model

MODELS = Path(__file__).parents[2] / "custom_components" / "home_llm" / "model"
SHIPPED = sorted(MODELS.glob("*.gguf"))


@pytest.fixture(scope="session")
def random_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model with random weights."""
    return write_random_model(tmp_path_factory.mktemp("model") / "random.gguf")


@pytest.fixture(scope="session")
def random_model(random_model_path: Path) -> Iterator[Model]:
    """Return the random model, loaded in this process."""
    with Model(random_model_path, n_threads=1) as model:
        yield model


@pytest.fixture(scope="session", params=["random", *(path.name for path in SHIPPED)])
def model(request: pytest.FixtureRequest, random_model: Model) -> Iterator[Model]:
    """Return, one after the other, the random model and those that ship, loaded in this process."""
    if request.param == "random":
        yield random_model
        return
    with Model(MODELS / request.param, n_threads=1) as shipped:
        yield shipped


@pytest.fixture(params=["random", *(path.name for path in SHIPPED)])
def model_path(request: pytest.FixtureRequest, random_model_path: Path) -> Path:
    """Return, one after the other, the random model and those that ship."""
    return random_model_path if request.param == "random" else MODELS / request.param


@pytest.fixture
def settings(random_model_path: Path) -> EngineSettings:
    """Return settings that run the random model."""
    return EngineSettings(path=str(random_model_path), n_threads=1)


@pytest.fixture
async def engine(settings: EngineSettings) -> AsyncGenerator[Engine]:
    """Return an engine for the random model that is started when it is needed."""
    engine = Engine(settings)
    yield engine
    await engine.close()


@pytest.fixture
def endless() -> dict[str, Any]:
    """Return a grammar of replies that never end, with a choice at each step."""
    return {"sets": {"words": [" light", " fan"]}, "nodes": [[["words", 0]]]}
