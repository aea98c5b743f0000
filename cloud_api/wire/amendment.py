"""What was changed of a registered household, for researchers."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.fields import Moment
from cloud_api.wire.message import Message


class Amendment(Message, frozen=True, kw_only=True):
    """A field that was changed. Values are gone once consent is revoked; those of a location are never kept."""

    at: Moment
    who: Annotated[str, Meta(description="Group, and the name that was given at log-in.")]
    field: Annotated[str, Meta(description="As a JSON pointer; an entry of a list is named by its uuid.")]
    before: str | None
    after: str | None


class Amendments(Message, frozen=True, kw_only=True):
    """What was changed of a household, the newest first."""

    amendments: list[Amendment]
