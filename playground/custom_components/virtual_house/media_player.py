"""Virtual televisions, speakers and receivers."""

from typing import override

from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)

from playground.house import Device

from .entity import Description, VirtualEntity, platform

_PLAYER = Description(
    base=MediaPlayerEntityFeature.TURN_ON | MediaPlayerEntityFeature.TURN_OFF,
    features={
        "play": MediaPlayerEntityFeature.PLAY | MediaPlayerEntityFeature.PAUSE,
        "stop": MediaPlayerEntityFeature.STOP,
        "tracks": MediaPlayerEntityFeature.NEXT_TRACK | MediaPlayerEntityFeature.PREVIOUS_TRACK,
        "volume": MediaPlayerEntityFeature.VOLUME_SET | MediaPlayerEntityFeature.VOLUME_STEP,
        "mute": MediaPlayerEntityFeature.VOLUME_MUTE,
    },
    implied={"source_list": MediaPlayerEntityFeature.SELECT_SOURCE},
    shown={
        "is_volume_muted": "is_volume_muted",
        "media_title": "media_title",
        "media_artist": "media_artist",
        "media_album_name": "media_album_name",
        "source_list": "source_list",
        "source": "source",
    },
)
_FULL = 100
_HALF = 50


class VirtualMediaPlayer(VirtualEntity, MediaPlayerEntity):
    """A player that plays a list of numbered tracks."""

    description = _PLAYER

    def __init__(self, device: Device) -> None:
        """Take state and volume of the file; the volume comes in percent."""
        super().__init__(device)
        self._attr_state = None if device.state is None else MediaPlayerState(device.state)
        if "tracks" in device.features:
            self._attr_media_track = 1
        if "volume" in device.features:
            self._attr_volume_level = device.attributes.get("volume_level", _HALF) / _FULL
        if "mute" in device.features:
            self._attr_is_volume_muted = device.attributes.get("is_volume_muted", False)

    @override
    async def async_turn_on(self) -> None:
        """Turn on."""
        self.become(state=MediaPlayerState.ON)

    @override
    async def async_turn_off(self) -> None:
        """Turn off."""
        self.become(state=MediaPlayerState.OFF)

    @override
    async def async_media_play(self) -> None:
        """Play."""
        self.become(state=MediaPlayerState.PLAYING)

    @override
    async def async_media_pause(self) -> None:
        """Pause."""
        self.become(state=MediaPlayerState.PAUSED)

    @override
    async def async_media_stop(self) -> None:
        """Stop."""
        self.become(state=MediaPlayerState.IDLE)

    @override
    async def async_media_next_track(self) -> None:
        """Go on to the next track."""
        self.become(media_track=(self.media_track or 1) + 1)

    @override
    async def async_media_previous_track(self) -> None:
        """Go back to the track before."""
        self.become(media_track=max(1, (self.media_track or 1) - 1))

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Set the volume, 0-1."""
        self.become(volume_level=volume)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        """Mute, or let it be heard again."""
        self.become(is_volume_muted=mute)

    @override
    async def async_select_source(self, source: str) -> None:
        """Choose an input."""
        self.become(source=source)


async_setup_entry = platform("media_player", VirtualMediaPlayer)
