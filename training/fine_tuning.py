"""Fine-tuning a base model on chats: trl's trainer, told what is learned and what is kept."""

from collections.abc import Sequence
from dataclasses import replace
import os
from pathlib import Path
import shutil
import sys
import warnings

from datasets import Dataset
from peft import PeftModel
import torch
from tqdm import tqdm
from transformers import PreTrainedModel, PreTrainedTokenizerBase, set_seed
from transformers.trainer_utils import get_last_checkpoint
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from training.base_models import (
    hold_in_32_bits,
    load_base_model,
    load_base_tokenizer,
    lora_config,
)
from training.chat_files import read_chats
from training.chats import Chat, ChatEncoder, Style, style_of
from training.errors import TrainingError
from training.history import draw_history
from training.model import is_bf16_fast
from training.train_options import BaseModel, TrainOptions


def fine_tune(options: TrainOptions) -> Path:
    """Train and return the folder of the result: ``OUT/model``, or ``OUT/adapter``.

    Raises:
        TrainingError: something in the options cannot be used.

    """
    checkpoint = _checkpoint(options)
    options = _for_this_machine(options)
    # trl itself still asks for checkpointing by the name that transformers will drop.
    warnings.filterwarnings("ignore", message=".*_checkpointing", category=FutureWarning)
    paths = [options.train, *([options.test] if options.test is not None else [])]
    chats = [read_chats(path) for path in paths]
    config = _config(options)
    tokenizer = load_base_tokenizer(options.base)
    with_tools = any(chat.uses_tools for those in chats for chat in those)
    encoder = ChatEncoder(tokenizer, _style(options, tokenizer, with_tools=with_tools))
    learned, *tests = (
        _dataset(path, those, encoder, options.context)
        for path, those in zip(paths, chats, strict=True)
    )
    model = load_base_model(options.base, tokenizer)
    _check_context(model, options.context)
    set_seed(options.seed)
    trainer = SFTTrainer(
        model=model,
        args=config,
        train_dataset=learned,
        eval_dataset=tests[0] if tests else None,
        processing_class=tokenizer,
        peft_config=lora_config(options.lora, model) if options.lora is not None else None,
    )
    # peft has put its adapters into the model itself.
    hold_in_32_bits(model)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint is not None else None)
    return _save(trainer, tokenizer, options)


def _checkpoint(options: TrainOptions) -> Path | None:
    """Return the checkpoint to go on from, if that is wanted."""
    last = get_last_checkpoint(str(options.out)) if options.out.is_dir() else None
    if options.resume is None:
        if last is not None:
            raise TrainingError(
                f"{options.out} holds a run: use --resume_from_checkpoint, or another --run_name"
            )
        return None
    found = Path(last) if options.resume == Path() and last is not None else options.resume
    if not (found / "trainer_state.json").is_file():
        raise TrainingError(f"there is no checkpoint in {options.out if last is None else found}")
    return found


def _style(options: TrainOptions, tokenizer: PreTrainedTokenizerBase, *, with_tools: bool) -> Style:
    """Return how chats are written down: as was asked for, or as the model knows it."""
    if options.chat == "chatml" and with_tools:
        raise TrainingError("ChatML has no words for tools: take --chat template, or leave it out")
    return options.chat or style_of(tokenizer, with_tools=with_tools)


def _for_this_machine(options: TrainOptions) -> TrainOptions:
    """Return options without bfloat16 where there are no instructions for it."""
    if not options.bf16 or is_bf16_fast():
        return options
    sys.stderr.write("This machine is slow in bfloat16: computing in 32 bits instead.\n")
    return replace(options, bf16=False, base=replace(options.base, bf16=False))


def _config(options: TrainOptions) -> SFTConfig:
    return SFTConfig(
        output_dir=str(options.out),
        per_device_train_batch_size=options.micro_batch_size,
        per_device_eval_batch_size=options.micro_batch_size,
        gradient_accumulation_steps=options.accumulation(int(os.environ.get("WORLD_SIZE", "1"))),
        num_train_epochs=options.epochs,
        max_steps=options.max_steps or -1,
        learning_rate=options.learning_rate,
        lr_scheduler_type=options.schedule,
        warmup_steps=options.warmup,
        weight_decay=options.weight_decay,
        max_grad_norm=options.clip,
        gradient_checkpointing=options.checkpointing,
        train_sampling_strategy="group_by_length" if options.by_length else "random",
        max_length=options.context,
        packing=options.packing,
        bf16=options.bf16,
        # Without a GPU, transformers takes bfloat16 only where it is told that there is none.
        use_cpu=options.bf16 and not torch.cuda.is_available(),
        optim="adamw_torch_fused" if torch.cuda.is_available() else "adamw_torch",
        save_steps=options.save_steps,
        save_total_limit=options.save_total_limit,
        eval_strategy="steps" if options.test is not None else "no",
        eval_steps=options.eval_steps,
        logging_steps=options.logging_steps,
        report_to=["tensorboard"],
        seed=options.seed,
    )


def _dataset(path: Path, chats: Sequence[Chat], encoder: ChatEncoder, context: int) -> Dataset:
    """Return the replies of chats as token ids, and tell how many cannot be learned."""
    found = [list(encoder.encode(chat)) for chat in tqdm(chats, desc=path.name, unit=" chats")]
    if marked := sum(not those for those in found):
        _say_left_out(path, f"{marked:,} of {len(chats):,} chats hold a special token of the model")
    examples = [example for those in found for example in those]
    if not examples:
        raise TrainingError(f"{path}: there is no chat that can be learned")
    fitting = [each for each in examples if len(each.input_ids) <= context]
    if not fitting:
        shortest = min(len(each.input_ids) for each in examples)
        raise TrainingError(
            f"{path}: no chat fits into --ctx_size {context}; the shortest has {shortest} tokens"
        )
    if long := len(examples) - len(fitting):
        which = f"{long:,} of {len(examples):,} replies do not fit, with their prompts, into"
        _say_left_out(path, f"{which} --ctx_size {context}")
    return Dataset.from_dict(
        {
            "input_ids": [each.input_ids for each in fitting],
            "labels": [each.labels for each in fitting],
            "length": [len(each.input_ids) for each in fitting],
        }
    )


def _say_left_out(path: Path, which: str) -> None:
    sys.stderr.write(f"{path}: {which} and are left out\n")


def _check_context(model: PreTrainedModel, context: int) -> None:
    most = getattr(model.config.get_text_config(), "max_position_embeddings", context)
    if context > most:
        raise TrainingError(f"--ctx_size {context} is more than the {most} that the model can read")


def _save(trainer: SFTTrainer, tokenizer: PreTrainedTokenizerBase, options: TrainOptions) -> Path:
    """Write what was trained, and the picture of the run; return the folder."""
    folder = options.out / ("model" if options.lora is None else "adapter")
    partial = folder.with_name(f".partial-{folder.name}")
    trainer.save_model(str(partial))
    if not trainer.is_world_process_zero():
        return folder
    (partial / "training_args.bin").unlink()
    _put(partial, folder)
    draw_history(trainer.state.log_history, options.out / "curves.png")
    return (
        merge(folder, options.base, tokenizer, options.out / "model") if options.merge else folder
    )


def _put(partial: Path, folder: Path) -> None:
    """Give a folder that is whole its name."""
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def merge(adapter: Path, base: BaseModel, tokenizer: PreTrainedTokenizerBase, out: Path) -> Path:
    """Write a base model with an adapter merged into it, as a whole or not at all.

    Args:
        adapter: the folder that peft wrote.
        base: the model that it was trained on; it is loaded without quantization.
        tokenizer: of the model, with its new tokens.
        out: folder to write.

    """
    model = load_base_model(replace(base, four_bits=False), tokenizer)
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    partial = out.with_name(f".partial-{out.name}")
    merged.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    _put(partial, out)
    return out
