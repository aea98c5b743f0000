"""Diagnostics: what a device sends of itself when an administrator asks."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.message import Message


class Diagnostics(Message, frozen=True, kw_only=True):
    """What a device knows of its own state, with everything left out that is personal or secret."""

    files: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}\Z")], Annotated[str, Meta(max_length=131_072)]],
        Meta(max_length=32, description="Texts by the names of their files."),
    ]


class DiagnosticsKept(Message, frozen=True, kw_only=True):
    """That they were taken."""

    kept: bool
