"""What is put into the Home Assistant behind the web interface."""

from homeassistant.auth import auth_manager_from_config
from homeassistant.auth.providers.homeassistant import async_get_provider
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from playground.web import PASSWORD, USER, async_add_user, async_prefer


async def test_an_administrator_who_can_log_in(hass: HomeAssistant) -> None:
    hass.auth = await auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
    for _ in range(2):
        await async_add_user(hass)
    (user,) = await hass.auth.async_get_users()
    assert user.is_admin
    assert user.is_owner
    await async_get_provider(hass).async_validate_login(USER, PASSWORD)


async def test_the_assistant_speaks_with_the_agent(hass: HomeAssistant) -> None:
    for domain in ("homeassistant", "assist_pipeline"):
        assert await async_setup_component(hass, domain, {})
    await async_prefer(hass, "conversation.home_llm")
    pipeline = async_get_pipeline(hass)
    assert pipeline.conversation_engine == "conversation.home_llm"
    assert not pipeline.prefer_local_intents
