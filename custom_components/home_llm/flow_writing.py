"""How a model writes: the fields that agents and AI tasks share."""

from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from .chat_model import ReplyOptions
from .flow_forms import Fields, clearable, share, whole_number
from .options import CONF_MAX_TOKENS, CONF_TEMPERATURE, CONF_THINKING, CONF_TOP_P

_MOST_TOKENS = 131_072
_HOTTEST = 2.0

_USUAL = ReplyOptions()
WRITING_DEFAULTS = {
    CONF_MAX_TOKENS: _USUAL.max_tokens,
    CONF_TEMPERATURE: _USUAL.temperature,
    CONF_TOP_P: _USUAL.top_p,
    CONF_THINKING: _USUAL.thinking,
}


def writing_fields(reply: ReplyOptions) -> Fields:
    """Return the fields, with what holds now."""
    return {
        vol.Required(CONF_THINKING, default=reply.thinking): BooleanSelector(),
        clearable(CONF_MAX_TOKENS, reply.max_tokens): whole_number(1, _MOST_TOKENS),
        clearable(CONF_TEMPERATURE, reply.temperature): share(0.05, _HOTTEST),
        clearable(CONF_TOP_P, reply.top_p): share(0.05),
    }
