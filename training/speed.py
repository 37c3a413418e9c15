"""How fast GGUF files read prompts and write replies, side by side.

All files do the same work, whatever they would say: each prompt in one go and each given reply
token by token, as the engine runs them. They take turns, so that what slows the machine down for a
while slows them all; figures are medians over the rounds, and a ratio is one of the same round.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from llama_cpp import llama_cpp
from tqdm import tqdm

from home_llm_engine.cache import Cache
from home_llm_engine.errors import EngineError
from training.chats import Chat
from training.errors import TrainingError
from training.gguf_chats import ChatIds, encode_chats, opened


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast a file is.

    Args:
        prompt: tokens of prompts per second.
        reply: tokens of replies per second, one after another.
        ratio: how often it does the whole work while the first file does it once.

    """

    prompt: float
    reply: float
    ratio: float


@dataclass(frozen=True, kw_only=True)
class _Round:
    """What one file took for all of the work, in seconds."""

    prompt: float
    reply: float

    @property
    def whole(self) -> float:
        return self.prompt + self.reply


def measure_speed(
    models: Sequence[Path], chats: Sequence[Chat], rounds: int, threads: int
) -> list[Speed]:
    """Return how fast each file is; all of them are loaded at the same time.

    Args:
        models: GGUF files.
        chats: the work.
        rounds: how often each file does it.
        threads: that evaluate.

    Raises:
        TrainingError: a file cannot be loaded, or a chat is longer than its context.

    """
    with ExitStack() as stack:
        timers = [_Timer(model, chats, threads, stack) for model in models]
        # A first round that does not count: it fetches the weights into memory.
        for timer in timers:
            timer.measure()
        taken: list[list[_Round]] = [
            [timer.measure() for timer in timers]
            for _ in tqdm(range(rounds), unit=" rounds", desc="speed", disable=None)
        ]
    return [
        Speed(
            prompt=timer.prompt_tokens / median(each[index].prompt for each in taken),
            reply=timer.reply_tokens / median(each[index].reply for each in taken),
            ratio=median(each[0].whole / each[index].whole for each in taken),
        )
        for index, timer in enumerate(timers)
    ]


class _Timer:
    """A loaded file with the work that is measured; both end with the stack."""

    def __init__(self, file: Path, chats: Sequence[Chat], threads: int, stack: ExitStack) -> None:
        model = stack.enter_context(opened(file))
        self._work = encode_chats(model, chats)
        self.prompt_tokens = sum(len(ids.prompt) for ids in self._work)
        self.reply_tokens = sum(len(ids.reply) for ids in self._work)
        longest = max(len(ids.prompt) + len(ids.reply) for ids in self._work)
        if longest > llama_cpp.llama_model_n_ctx_train(model):
            raise TrainingError(f"{file}: a chat of {longest} tokens is longer than its context")
        vocabulary = llama_cpp.llama_model_get_vocab(model)
        try:
            self._cache = Cache(
                model,
                n_ctx=longest,
                n_vocab=llama_cpp.llama_vocab_n_tokens(vocabulary),
                n_threads=threads,
            )
        except EngineError as err:
            raise TrainingError(f"{file} cannot be run: {err}") from err
        stack.callback(self._cache.close)

    def measure(self) -> _Round:
        """Do the work once."""
        taken = [self._chat(ids) for ids in self._work]
        return _Round(
            prompt=sum(each.prompt for each in taken), reply=sum(each.reply for each in taken)
        )

    def _chat(self, ids: ChatIds) -> _Round:
        cache = self._cache
        cache.clear()
        start = cache.native_ms
        cache.append(ids.prompt)
        middle = cache.native_ms
        for token in ids.reply:
            cache.append([token])
        return _Round(prompt=(middle - start) / 1000, reply=(cache.native_ms - middle) / 1000)
