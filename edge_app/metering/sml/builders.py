"""The builders by which smllib makes objects out of a telegram's bytes, extended by the means that it offers for that.

smllib checks neither the checksum of a message nor whether a value is there, decodes text by guess, and gives a
telegram up for one odd field. These check each message and leave what an entry holds as it was sent.
"""

from dataclasses import dataclass
from typing import Any

from smllib.builder import (
    CTX_HINT,
    SmlGetListResponseBuilder,
    SmlListEntryBuilder,
    SmlMessageBuilder,
    SmlOpenResponseBuilder,
    create_context,
)
from smllib.sml import SmlCloseResponse, SmlGetListResponse, SmlListEntry, SmlMessage, SmlObjFieldInfo, SmlOpenResponse
from smllib.sml.message import MSG_TYPES
from smllib.sml_frame import SmlFrame
from smllib.sml_frame_snippet import SmlFrameSnippet

from edge_app.errors import TelegramError
from edge_app.metering.sml import crc


class Frame(SmlFrame):
    """A frame in which no list claims more elements than there are bytes left to hold them."""

    def get_value(self, pos: int | None = None) -> SmlFrameSnippet:
        place = self.next_pos if pos is None else pos
        head, length = place, 0
        while head < self.buf_len:
            length = length << 4 | self.buffer[head] & 0x0F
            if not self.buffer[head] & 0x80:
                break
            head += 1
        if place < self.buf_len and self.buffer[place] & 0x70 == 0x70 and length > self.buf_len - head:
            raise TelegramError("content", f"a list at byte {place} is longer than its telegram")
        return super().get_value(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list as it was sent: names and texts in hexadecimal, numbers as they are."""

    name: object
    status: object
    unit: object
    scaler: object
    value: object
    width: int
    """How many bytes the value has."""


class EntryBuilder(SmlListEntryBuilder):
    """Takes what an entry holds, without smllib's guess at text, and gives no telegram up for one odd entry."""

    def build(self, obj: SmlFrameSnippet, classes: CTX_HINT[Any]) -> Entry:  # type: ignore[override]  # see `Entry`
        fields = obj.get_value(list)
        if len(fields) != len(self.fields):
            raise TelegramError("content", f"an entry has {len(self.fields)} fields")
        name, status, _time, unit, scaler, value, _signature = fields
        width = 0 if value.msg is None else len(value.msg) - 1
        return Entry(
            name=name.value, status=status.value, unit=unit.value, scaler=scaler.value, value=value.value, width=width
        )


class MessageBuilder(SmlMessageBuilder):
    """Checks the checksum of a message by the rule that the whole telegram follows.

    Kinds that smllib does not know pass, as messages that say nothing.
    """

    def __init__(self, rule: crc.Rule) -> None:
        super().__init__()
        self._rule = rule

    def build(self, obj: SmlFrameSnippet, classes: CTX_HINT[Any]) -> SmlMessage:
        parts = obj.get_value(list)
        if len(parts) != 6 or obj.msg is None:
            raise TelegramError("content", "a message has six parts")
        checksum = parts[4]
        sent = checksum.get_value(int).to_bytes(4, "big")[-2:]
        if self._rule(obj.msg[: checksum.pos - obj.pos]) != sent:
            raise TelegramError("checksum", "the checksum of a message does not fit")
        if parts[3].get_value(list)[0].get_value(int) in MSG_TYPES:
            message: SmlMessage = super().build(obj, classes)
            return message
        other = SmlMessage()
        other.message_body = SmlCloseResponse()
        return other


class OpenResponseBuilder(SmlOpenResponseBuilder):
    """Lets every field hold what it likes; two of them are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.fields = dict.fromkeys(self.fields, SmlObjFieldInfo(type=object))


class GetListResponseBuilder(SmlGetListResponseBuilder):
    """Lets every field hold what it likes, save the list."""

    def __init__(self) -> None:
        super().__init__()
        anything = SmlObjFieldInfo(type=object)
        self.fields = {name: info if name == "val_list" else anything for name, info in self.fields.items()}


def _context(rule: crc.Rule) -> CTX_HINT[Any]:
    return {
        **create_context(),
        SmlMessage: MessageBuilder(rule),
        SmlOpenResponse: OpenResponseBuilder(),
        SmlGetListResponse: GetListResponseBuilder(),
        SmlListEntry: EntryBuilder(),
    }


CONTEXTS: dict[crc.Rule, CTX_HINT[Any]] = {rule: _context(rule) for rule in (crc.x25, crc.kermit)}
"""The builders for telegrams of each rule."""
