"""The builders by which smllib makes objects out of a telegram's bytes, extended by the means that it offers for that.

smllib checks neither the checksum of a message nor whether a value is there, decodes text by guess, and gives a
telegram up for one odd field. These check each message and leave what an entry holds as it was sent.
"""

from typing import Any

from smllib.builder import (
    CTX_HINT,
    SmlGetListResponseBuilder,
    SmlListEntryBuilder,
    SmlMessageBuilder,
    SmlObjBuilder,
    SmlOpenResponseBuilder,
    create_context,
)
from smllib.sml import SmlGetListResponse, SmlListEntry, SmlMessage, SmlOpenResponse
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


def _accept_anything(builder: SmlObjBuilder[Any], *names: str) -> None:
    """Let fields of a builder hold whatever was sent."""
    for name in names:
        builder.fields[name].func = None
        builder.fields[name].type = object


class MessageBuilder(SmlMessageBuilder):
    """Checks the checksum of a message, and lets pass kinds that are of no interest here."""

    def build(self, obj: SmlFrameSnippet, classes: CTX_HINT) -> SmlMessage:
        parts = obj.get_value(list)
        if len(parts) != 6 or obj.msg is None:
            raise TelegramError("content", "a message has six parts")
        checksum = parts[4]
        sent = checksum.get_value(int).to_bytes(4, "big")[-2:]
        if not crc.fits(obj.msg[: checksum.pos - obj.pos], sent):
            raise TelegramError("checksum", "the checksum of a message does not fit")
        kind = parts[3].get_value(list)[0].get_value(int)
        if kind not in MSG_TYPES:
            message = SmlMessage()
            message.message_body = None
            return message
        return super().build(obj, classes)


class OpenResponseBuilder(SmlOpenResponseBuilder):
    def __init__(self) -> None:
        super().__init__()
        _accept_anything(self, *self.fields)


class GetListResponseBuilder(SmlGetListResponseBuilder):
    def __init__(self) -> None:
        super().__init__()
        _accept_anything(self, *(name for name in self.fields if name != "val_list"))


class ListEntryBuilder(SmlListEntryBuilder):
    """Keeps name and value as sent, without smllib's guess at text, and notes how many bytes a value has."""

    def __init__(self) -> None:
        super().__init__()
        _accept_anything(self, *self.fields)

    def build(self, obj: SmlFrameSnippet, classes: CTX_HINT) -> SmlListEntry:
        entry: SmlListEntry = SmlObjBuilder.build(self, obj, classes)
        value = obj.get_value(list)[5]
        entry.width = 0 if value.msg is None else len(value.msg) - 1
        return entry


CONTEXT: CTX_HINT = {
    **create_context(),
    SmlMessage: MessageBuilder(),
    SmlOpenResponse: OpenResponseBuilder(),
    SmlGetListResponse: GetListResponseBuilder(),
    SmlListEntry: ListEntryBuilder(),
}
