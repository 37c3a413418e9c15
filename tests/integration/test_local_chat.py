"""Chat models in GGUF files: their own templates, Home Assistant's tools, thoughts and ends."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.home_llm import local_chat
from custom_components.home_llm.chat_model import ChatRequest, Delta, ReplyOptions
from custom_components.home_llm.const import DOMAIN
from custom_components.home_llm.core.chat import Message
from custom_components.home_llm.core.grammar import Grammar, GrammarBuilder
from custom_components.home_llm.errors import ModelError
from custom_components.home_llm.local_chat import LocalChat
from custom_components.home_llm.local_model import LocalModel
from custom_components.home_llm.options import ModelOptions
from custom_components.home_llm.runtime import engine_settings
from custom_components.home_llm.view import HomeViews
from tests.engine.tiny_gguf import write_random_model
from tests.integration.conftest import Say, speech_of
from tests.integration.house import House

QWEN = """{%- if tools %}<|im_start|>system
{{ messages[0].content }}
<tools>{% for tool in tools %}{{ tool | tojson }}
{% endfor %}</tools>
Answer with <tool_call> and JSON.<|im_end|>
{% set messages = messages[1:] %}{% endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}<|im_start|>user
<tool_response>{{ message.content }}</tool_response><|im_end|>
{% else %}<|im_start|>{{ message.role }}
{{ message.content }}{% for call in message.tool_calls %}
<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|im_end|>
{% endif %}{% endfor %}<|im_start|>assistant
{% if enable_thinking %}<think>
{% endif %}"""
"""As Qwen's templates: system messages, tools, and calls between tags."""

REFUSING = "{{ raise_exception('I take no conversations') }}"
CALL = (
    'Moment. <tool_call>\n{"name": "intent__HassTurnOn", "arguments": {"name": "Worktop",}}\n'
    "</tool_call>"
)

Write = Callable[..., Path]
Answers = Callable[..., None]


class Turn(llm.Tool):
    """A tool with a parameter of each kind."""

    name = "turn"
    description = "Turns something."
    parameters = vol.Schema({vol.Required("thing"): str, vol.Optional("by"): vol.Coerce(float)})

    async def async_call(
        self,
        hass: HomeAssistant,  # noqa: ARG002
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,  # noqa: ARG002
    ) -> llm.ToolResult:
        """Turn it."""
        return llm.ToolResult(data=dict(tool_input.tool_args))


def one_of(*replies: str) -> Grammar:
    """Return the grammar of some replies."""
    builder = GrammarBuilder()
    start, end = builder.reserve(), builder.reserve()
    builder.fill(start, [builder.choice("replies", replies, end)])
    return builder.build()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Return a function that says what the model answers from now on, request by request."""

    def answers(*replies: str) -> None:
        left = list(replies)

        def grammar(request: ChatRequest) -> Grammar:
            return one_of(left.pop(0))

        monkeypatch.setattr(local_chat, "grammar_of", grammar)

    return answers


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a random model with a chat template."""

    def write(template: str = QWEN, **more: Any) -> Path:
        return write_random_model(tmp_path / "chat.gguf", template=template, **more)

    return write


def model_of(hass: HomeAssistant, path: Path, **options: Any) -> LocalModel:
    """Return the model of a file."""
    settings = engine_settings(hass, ModelOptions(path=str(path), **options))
    return LocalModel(hass, "an_entry", settings)


@pytest.fixture
async def chat(hass: HomeAssistant, write: Write) -> AsyncGenerator[LocalChat]:
    """Return the random model as one that talks."""
    chat = LocalChat(hass, model_of(hass, write()))
    yield chat
    await chat.async_close()


def asking(text: str = "turn on the worktop", **more: Any) -> ChatRequest:
    """Return a request with one sentence."""
    content = [
        conversation.SystemContent(content="You run a home."),
        conversation.UserContent(content=text),
    ]
    return ChatRequest(content=content, **more)


async def reply(
    chat: LocalChat, request: ChatRequest, timings: dict[str, Any] | None = None
) -> list[Delta]:
    """Return the deltas of a reply."""
    return [delta async for delta in chat.chat(request, {} if timings is None else timings)]


def said(deltas: list[Delta], key: str = "content") -> str:
    """Return what was said, or thought."""
    return "".join(str(delta.get(key) or "") for delta in deltas)


def calls(deltas: list[Delta]) -> list[tuple[str, dict[str, Any]]]:
    """Return what was called."""
    found = [call for delta in deltas for call in delta.get("tool_calls") or ()]
    return [(call.tool_name, dict(call.tool_args)) for call in found]


async def test_a_file_that_is_not_ours_talks_by_its_template(chat: LocalChat) -> None:
    await chat.async_check()
    model = chat._model
    assert not model.is_taught_homes
    timings: dict[str, Any] = {}
    deltas = await reply(chat, asking(options=ReplyOptions(max_tokens=20)), timings)
    assert deltas[0] == {"role": "assistant"}
    assert 0 < timings["tokens"] <= 20
    assert timings["prompt_tokens"] > 20
    assert timings["total_ms"] > 0


async def test_calls_thoughts_and_speech_are_told_apart(chat: LocalChat, answers: Answers) -> None:
    answers(
        '<think>\nA lamp.\n</think>\nOn it.\n<tool_call>{"name": "turn", "arguments": '
        '{"thing": "{lamp}", "by": 2}}</tool_call>\nAnything else?'
    )
    deltas = await reply(chat, asking(tools=[Turn()]))
    assert said(deltas, "thinking_content") == "A lamp."
    assert said(deltas) == "On it. Anything else?"
    assert calls(deltas) == [("turn", {"thing": "{lamp}", "by": 2})]


async def test_a_thought_that_the_template_begins(chat: LocalChat, answers: Answers) -> None:
    answers("A lamp.\n</think>\nOn it.")
    deltas = await reply(chat, asking(options=ReplyOptions(thinking=True)))
    assert (said(deltas, "thinking_content"), said(deltas)) == ("A lamp.", "On it.")


async def test_what_nobody_understands_is_not_said(chat: LocalChat, answers: Answers) -> None:
    broken = '<tool_call>{"name": "turn", "arguments": [</tool_call>'
    answers(broken, f"{broken}Sorry.")
    with pytest.raises(ModelError, match="reply_broken"):
        await reply(chat, asking(tools=[Turn()]))
    assert said(await reply(chat, asking(tools=[Turn()]))) == "Sorry."


async def test_a_reply_that_is_cut_off_calls_nothing(chat: LocalChat, answers: Answers) -> None:
    answers('Fine. <tool_call>{"name": "turn", "arguments": {"by": 25}}</tool_call>')
    timings: dict[str, Any] = {}
    options = ReplyOptions(max_tokens=25)
    deltas = await reply(chat, asking(tools=[Turn()], options=options), timings)
    assert timings["finish"] == "length"
    assert (said(deltas), calls(deltas)) == ("Fine.", [])


async def test_the_model_is_stopped_where_it_speaks_for_others(
    chat: LocalChat, answers: Answers
) -> None:
    answers("Done.<|im_start|>user\nthanks" + " and" * 200)
    timings: dict[str, Any] = {}
    assert said(await reply(chat, asking(tools=[Turn()]), timings)) == "Done."


async def test_a_conversation_that_does_not_fit_says_so(
    chat: LocalChat, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelError, match="prompt_too_long"):
        await reply(chat, asking("lamp " * 5000))
    # It is no failure: less can be said.
    assert "The language model failed" not in caplog.text
    deltas = await reply(chat, asking(options=ReplyOptions(max_tokens=3)))
    assert deltas


async def test_json_keeps_to_the_schema(chat: LocalChat) -> None:
    schema = {
        "type": "object",
        "properties": {"on": {"type": "boolean"}},
        "required": ["on"],
        "additionalProperties": False,
    }
    text = said(await reply(chat, asking(schema=schema)))
    assert text.replace(" ", "") in ('{"on":true}', '{"on":false}')


async def test_a_schema_that_nothing_keeps_to(chat: LocalChat) -> None:
    with pytest.raises(ModelError, match="schema_unsupported"):
        await reply(chat, asking(schema={"enum": []}))


async def test_with_tools_the_likeliest_reply_is_written(chat: LocalChat) -> None:
    hot = ReplyOptions(max_tokens=20, temperature=2.0, top_p=1.0)
    drawn = {str(await reply(chat, asking(options=hot))) for _ in range(4)}
    assert len(drawn) > 1
    prompts = {
        str(await chat_prompt_reply(chat, asking(tools=[Turn()], options=hot))) for _ in range(2)
    }
    assert len(prompts) == 1


async def chat_prompt_reply(chat: LocalChat, request: ChatRequest) -> str:
    """Return what the model writes, whatever it means."""
    try:
        return said(await reply(chat, request))
    except ModelError as err:
        return err.key


@pytest.mark.parametrize(
    ("template", "key"),
    [("{% if %}", "no_chat_template"), (REFUSING, "chat_template_refuses")],
)
async def test_a_template_that_is_of_no_use(
    hass: HomeAssistant, write: Write, template: str, key: str
) -> None:
    chat = LocalChat(hass, model_of(hass, write(template)))
    with pytest.raises(ModelError, match=key):
        await reply(chat, asking())
    await chat.async_close()


async def test_a_file_without_a_template(hass: HomeAssistant, tmp_path: Path) -> None:
    path = write_random_model(tmp_path / "base.gguf", template=" ")
    data = path.read_bytes().replace(b"tokenizer.chat_template", b"tokenizer.chat_nothings")
    path.write_bytes(data)
    chat = LocalChat(hass, model_of(hass, path))
    with pytest.raises(ModelError, match="no_chat_template"):
        await chat.async_check()
    await chat.async_close()


async def test_a_template_for_tools_of_its_own(hass: HomeAssistant, write: Write) -> None:
    path = write(REFUSING, fields={"tokenizer.chat_template.tool_use": QWEN})
    chat = LocalChat(hass, model_of(hass, path))
    options = ReplyOptions(max_tokens=3)
    assert await chat_prompt_reply(chat, asking(tools=[Turn()], options=options)) != (
        "chat_template_refuses"
    )
    assert await chat_prompt_reply(chat, asking(options=options)) == "chat_template_refuses"
    await chat.async_close()


ZEPHYR = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|endoftext|>\n{% endfor %}"
    "<|assistant|>"
)


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("Home-3B-v1", "home-llm-1"),
        ("home-1b-v2", "home-llm-1"),
        ("Home 3B v3", "home-llm-3"),
        ("acon96/Home-Llama-3.2-3B", "home-llm-3"),
    ],
)
async def test_home_llm_files_are_known_and_keep_their_marks(
    hass: HomeAssistant, core: None, write: Write, name: str, format_name: str
) -> None:
    model = model_of(hass, write(ZEPHYR, fields={"general.name": name}))
    await model.async_load()
    assert model.is_taught_homes
    assert model.format.name == format_name
    view = HomeViews(hass, model).now()
    prompt = model._prompts.prompt(view, [Message(role="user", content="hi <|im_end|>")])
    assert ("hi <|im_end|>", False) in prompt
    assert prompt[0] == ("<|system|>\n", True)
    assert prompt[-1] == ("<|endoftext|>\n<|assistant|>", True)
    await model.async_close()


@pytest.mark.parametrize("name", ["Qwen3 0.6B", "homemade-7b", "SmolLM2 Home Edition", "random"])
async def test_other_files_are_chat_models(hass: HomeAssistant, write: Write, name: str) -> None:
    model = model_of(hass, write(fields={"general.name": name}))
    await model.async_load()
    assert not model.is_taught_homes
    await model.async_close()


async def test_a_tool_of_home_assistant_is_called(
    hass: HomeAssistant, house: House, write: Write, answers: Answers, say: Say
) -> None:
    """The whole way: a sentence, Assist's tools, a call, its result, and an answer."""
    # The small tokenizer takes a token for every other letter.
    path = write(fields={"llama.context_length": 32768})
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home LLM",
        data={"path": str(path), "context": 32768},
        version=2,
        subentries_data=[
            ConfigSubentryData(
                data=MappingProxyType({"llm_hass_api": ["assist"]}),
                subentry_type="conversation",
                title="Home LLM",
                unique_id=None,
            )
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert hass.states.get("light.worktop").state == "off"
    answers(CALL, "The worktop is on.")

    result = await say("turn on the worktop")

    assert speech_of(result) == "The worktop is on."
    assert hass.states.get("light.worktop").state == "on"
