"""The bundle of a measurement device, on its way to whoever writes it onto a card."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.message import Message


class Bundle(Message, frozen=True, kw_only=True):
    """The files of a bundle, by name; they are made anew each time and kept nowhere here."""

    files: Annotated[dict[str, str], Meta(description="Texts; a file named slip is for the participant alone.")]
