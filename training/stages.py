"""The curriculum: files in order, each for a share of the run, each an endless stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.batches import Batch, Plan, batch, plan
from training.errors import TrainingError
from training.token_file import TokenFile


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of the run.

    Args:
        path: JSONL file of generated homes.
        share: how much of the run it takes, relative to the other stages.

    """

    path: Path
    share: float


def parse_stage(text: str) -> Stage:
    """Read a stage as it is given on the command line: ``FILE[:SHARE]``.

    Raises:
        TrainingError: the share is no positive number.

    """
    path, _, share = text.partition(":")
    try:
        stage = Stage(path=Path(path), share=float(share or 1))
    except ValueError as err:
        raise TrainingError(f"{text!r} is not FILE[:SHARE]") from err
    if stage.share <= 0:
        raise TrainingError(f"{text!r}: a share is above 0")
    return stage


def stage_at(stages: Sequence[Stage], progress: float) -> int:
    """Return the number of the stage at a share of the run, 0-1."""
    total = sum(stage.share for stage in stages)
    passed = 0.0
    for number, stage in enumerate(stages):
        passed += stage.share / total
        if progress < passed:
            return number
    return len(stages) - 1


class BatchStream:
    """Batches of one file, put together anew in every epoch. Its place in the data is two numbers.

    Args:
        data: the requests.
        length: tokens in a batch.
        seed: names the order of the data.
        prompt_share: which share of the prompts' tokens is learned as well.

    Raises:
        TrainingError: batches are so short that none of the requests fits.

    """

    def __init__(
        self, data: TokenFile, *, length: int, seed: str, prompt_share: float = 0.0
    ) -> None:
        self._data = data
        self.length = length
        self._seed = seed
        self._prompt_share = prompt_share
        self.epoch = 0
        self.number = 0
        self.plan = self._plan()

    def _plan(self) -> Plan:
        rng = np.random.default_rng((*self._seed.encode(), self.epoch))
        made = plan(self._data, self.length, rng)
        if not made.batches:
            raise TrainingError(f"{self.length} tokens are too short for every request")
        return made

    @property
    def position(self) -> tuple[int, int]:
        """Epoch, and number of the next batch in it."""
        return self.epoch, self.number

    @position.setter
    def position(self, position: tuple[int, int]) -> None:
        if position[0] != self.epoch:
            self.epoch = position[0]
            self.plan = self._plan()
        self.number = position[1]

    def take(self) -> Batch:
        """Return the next batch; the data begins anew when it is through."""
        if self.number >= len(self.plan.batches):
            self.position = (self.epoch + 1, 0)
        numbers = self.plan.batches[self.number]
        self.number += 1
        seed = (*self._seed.encode(), self.epoch, self.number)
        return batch(numbers, self._data, self._prompt_share, seed)
