"""What is learned from teachers: the loss, its gradient, and what becomes of a student."""

from collections.abc import Callable, Sequence
from dataclasses import replace
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from training.batches import Batch, batch, plan
from training.dataset import Request
from training.distillation import Distillation, Mixture, kl_divergence
from training.model import Shape, build_model
from training.objective import predict, total_loss, trunk_of
from training.stages import BatchStream, Stage
from training.token_file import TokenFile
from training.trainer import Settings, Trainer

FORBIDDEN = -math.inf


def make_teacher(seed: int) -> LlamaForCausalLM:
    """Return a random model that is wider than the student and sure of what it says."""
    shape = Shape(hidden=48, layers=1, heads=3, kv_heads=3, feed_forward=64)
    teacher = build_model(shape, 400, seed)
    with torch.no_grad():
        # Embeddings are tied to the head, which stands behind a norm: logits grow as they do.
        teacher.model.embed_tokens.weight.mul_(20)
    return teacher


def weights(model: LlamaForCausalLM) -> torch.Tensor:
    """Return a copy of all weights in one vector."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def gradients(model: LlamaForCausalLM) -> dict[str, torch.Tensor]:
    """Return the gradients that there are, by name."""
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(("temperature", "expected"), [(1.0, 0.130812), (2.0, 0.036341)])
def test_divergence_by_hand(temperature: float, expected: float) -> None:
    # Of two choices the teacher gives one 3/4, and with temperature 2 sqrt(3) / (1 + sqrt(3));
    # the student cannot tell them apart. A third choice is forbidden.
    teacher = torch.tensor([[math.log(3), FORBIDDEN, 0.0]])
    student = torch.tensor([[0.0, FORBIDDEN, 0.0]])
    found = kl_divergence(student, [teacher], temperature)
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_it_is_zero_where_both_say_the_same() -> None:
    logits = torch.tensor([[1.0, FORBIDDEN, -3.0, 40.0]])
    # What is added to all logits changes no probability.
    assert float(kl_divergence(logits + 5, [logits], 2.0)) == pytest.approx(0.0, abs=1e-6)


def test_probabilities_of_teachers_are_averaged() -> None:
    teachers = [torch.tensor([[math.log(8), 0.0]]), torch.tensor([[0.0, 0.0]])]
    p = (8 / 9 + 1 / 2) / 2
    expected = p * math.log(2 * p) + (1 - p) * math.log(2 * (1 - p))
    found = kl_divergence(torch.zeros(1, 2), teachers, 1.0)
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_gradient_by_hand(temperature: float) -> None:
    rng = torch.Generator().manual_seed(4)
    student, one, two = (torch.randn(6, 9, generator=rng, dtype=torch.float64) for _ in range(3))
    for logits in (student, one, two):
        logits[:, 2:5] = FORBIDDEN
    student.requires_grad_()
    (temperature**2 * kl_divergence(student, [one, two], temperature)).backward()
    q, p, other = (
        torch.exp(z.detach() / temperature) / torch.exp(z.detach() / temperature).sum(-1, True)
        for z in (student, one, two)
    )
    expected = temperature * (q - (p + other) / 2)
    torch.testing.assert_close(student.grad, expected, atol=1e-12, rtol=1e-9)
    assert not expected[:, 2:5].any()
    assert expected.abs().max() > 0.1


def test_at_high_temperature_logits_are_matched() -> None:
    """The limit that Hinton et al. give: (z - v) / choices, both with a mean of 0."""
    rng = torch.Generator().manual_seed(4)
    student, teacher = (torch.randn(3, 7, generator=rng, dtype=torch.float64) for _ in range(2))
    student.requires_grad_()
    (1e8 * kl_divergence(student, [teacher], 1e4)).backward()
    z, v = (
        logits.detach() - logits.detach().mean(-1, keepdim=True) for logits in (student, teacher)
    )
    torch.testing.assert_close(student.grad, (z - v) / 7, atol=1e-3, rtol=1e-3)


def alone(
    student: LlamaForCausalLM,
    teachers: Sequence[LlamaForCausalLM],
    request: Request,
    mixture: Mixture,
) -> torch.Tensor:
    """Return the loss of a request by itself, place by place, from logits of all tokens."""
    ids, heat = torch.tensor([request.ids]), mixture.temperature
    logits = student(ids).logits[0]
    taught = [teacher(ids).logits[0].detach() for teacher in teachers]
    soft = hard = torch.zeros((), dtype=torch.float64)
    for place in range(1, len(request.ids)):
        allowed = request.allowed[place - request.prompt] if place >= request.prompt else ()
        if len(allowed) == 1:
            continue
        few = list(allowed or range(logits.shape[1]))
        z = logits[place - 1, few]
        p = sum((v[place - 1, few] / heat).softmax(-1) for v in taught) / len(taught)
        soft = soft + (p * (p.log() - (z / heat).log_softmax(-1))).sum()
        hard = hard - z.log_softmax(-1)[few.index(request.ids[place])]
    return mixture.alpha * heat**2 * soft + (1 - mixture.alpha) * hard


def test_gradients_equal_those_of_single_requests(
    data: TokenFile, make_model: Callable[[], LlamaForCausalLM]
) -> None:
    mixture = Mixture(alpha=0.7, temperature=1.5)
    student, other = make_model(), make_model().double()
    teachers = [make_teacher(seed) for seed in (1, 2)]
    numbers = range(0, len(data), 9)
    made = batch(numbers, data, prompt_share=1.0)
    loss = Distillation(teachers, mixture)(predict(student, trunk_of(student), made), made)
    loss.backward()
    precise = [make_teacher(seed).double() for seed in (1, 2)]
    expected = 0.0
    for number in numbers:
        part = alone(other, precise, data.request(number), mixture)
        part.backward()
        expected += part.item()
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    found, right = gradients(student), gradients(other)
    assert found.keys() == right.keys() == dict(student.named_parameters()).keys()
    for name, theirs in right.items():
        scale = float(theirs.abs().max())
        assert torch.allclose(found[name].double(), theirs, atol=1e-4 * scale, rtol=1e-3), name
    assert not any(gradients(each) for each in teachers)


def test_with_alpha_1_nothing_depends_on_what_is_right(
    data: TokenFile, make_model: Callable[[], LlamaForCausalLM]
) -> None:
    student, made = make_model(), batch(range(20), data)
    with torch.no_grad():
        said = predict(student, trunk_of(student), made)
    wrong = [replace(part, targets=part.logits.argmax(-1)) for part in said]
    assert float(total_loss(said)) != pytest.approx(float(total_loss(wrong)), rel=1e-3)
    only, both = (Distillation([make_teacher(1)], Mixture(alpha=alpha)) for alpha in (1.0, 0.5))
    assert float(only(said, made)) == float(only(wrong, made))
    assert float(both(said, made)) != pytest.approx(float(both(wrong, made)), rel=1e-3)


@pytest.fixture
def settings(homes_file: Path, tmp_path: Path) -> Settings:
    stages = (Stage(path=homes_file, share=1),)
    return Settings(
        out=tmp_path, stages=stages, steps=40, length=1024, bf16=False, compile_model=False
    )


MakeTrainer = Callable[[LlamaForCausalLM, Settings], Trainer]


@pytest.fixture
def make_trainer(data: TokenFile, tokenizer: PreTrainedTokenizerFast) -> MakeTrainer:
    def make(model: LlamaForCausalLM, settings: Settings) -> Trainer:
        stream = BatchStream(data, length=settings.length, seed="a", prompt_share=0.1)
        return Trainer(model, tokenizer, [stream], [], settings)

    return make


def test_with_alpha_0_training_is_that_without_a_teacher(
    make_model: Callable[[], LlamaForCausalLM], make_trainer: MakeTrainer, settings: Settings
) -> None:
    without = make_trainer(make_model(), settings)
    none, some = (
        make_trainer(
            make_model(),
            replace(settings, objective=Distillation([make_teacher(1)], Mixture(alpha=alpha))),
        )
        for alpha in (0.0, 0.5)
    )
    losses = [[each.train_step()["loss"] for _ in range(3)] for each in (without, none, some)]
    assert losses[0] == losses[1] != losses[2]
    assert torch.equal(weights(without.model), weights(none.model))
    assert not torch.equal(weights(without.model), weights(some.model))


def mean_divergence(
    student: LlamaForCausalLM, teacher: LlamaForCausalLM, batches: Sequence[Batch]
) -> float:
    """Return KL(teacher || student) per place, in nats."""
    measured, trunk = Distillation([teacher], Mixture(temperature=1.0)), trunk_of(student)
    with torch.no_grad():
        total = sum(
            float(measured.divergence(predict(student, trunk, each), each)) for each in batches
        )
    return total / sum(len(each.targets) for each in batches)


def test_a_student_comes_nearer_to_its_teacher(
    data: TokenFile,
    make_model: Callable[[], LlamaForCausalLM],
    make_trainer: MakeTrainer,
    settings: Settings,
) -> None:
    teacher, student = make_teacher(1), make_model()
    taught = weights(teacher)
    batches = [batch(n, data) for n in plan(data, 1024, np.random.default_rng(1)).batches]
    before = mean_divergence(student, teacher, batches)
    # What such a teacher says is seldom right: no other way leads to it than by its logits.
    mixture = Mixture(alpha=1.0, temperature=2.0)
    make_trainer(student, replace(settings, objective=Distillation([teacher], mixture))).run()
    after = mean_divergence(student, teacher, batches)
    assert after < 0.3 * before
    other = make_model()
    make_trainer(other, settings).run()
    assert mean_divergence(other, teacher, batches) > 0.8 * before
    assert torch.equal(weights(teacher), taught)
