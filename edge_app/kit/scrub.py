"""Scrubbing a recording, so that people may share it: made-up numbers of meters, and everything else as it was.

Only whole telegrams are kept. What is damaged, or was cut off, may hold half a number that nobody finds.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from edge_app.errors import TelegramError
from edge_app.kit import scrub_mode_d, scrub_sml, sml_tree
from edge_app.kit.disguise import Disguise
from edge_app.kit.scrub_sml import identifies
from edge_app.metering import sml
from edge_app.metering.ear import Ear, read
from edge_app.metering.probe.recording import Piece, Recording
from edge_app.model.obis import Obis
from edge_app.model.reading import Quantity
from edge_app.model.slot import EPOCH
from edge_app.model.telegram import Chunk, Telegram

_LINE_END = b"\r\n"
_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """A recording that may be shared, and what it cost."""

    recording: Recording
    telegrams: int
    left_out: int
    """Bytes of the original that were no part of a telegram that could be scrubbed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A whole telegram, and where it stands in the stream."""

    telegram: Telegram
    begin: int
    end: int


def scrub(recording: Recording, chance: random.Random) -> Scrubbed:
    """Make the numbers of meters up, consistently, and repair the checksums."""
    stream, disguise = recording.data, Disguise(chance)
    by_place = [(found, changed) for found in _whole(recording) if (changed := _scrub(found.telegram, disguise))]
    pieces: list[Piece] = []
    left_out, telegrams = len(stream), 0
    for found, changed in by_place:
        after = _scrub_again(found.telegram.protocol, changed, disguise)
        if disguise.betrays(after) or _told(found.telegram.data) != _told(after):
            continue
        ending = stream[found.begin + len(found.telegram.data) : found.end]
        pieces += _timed(recording, found, after + ending)
        left_out -= found.end - found.begin
        telegrams += 1
    begin = pieces[0].seconds if pieces else 0.0
    kept = tuple(Piece(seconds=piece.seconds - begin, data=piece.data) for piece in pieces)
    return Scrubbed(recording=Recording(pieces=kept, scrubbed=True), telegrams=telegrams, left_out=left_out)


def _whole(recording: Recording) -> Iterator[_Found]:
    """The telegrams of a recording that can be read."""
    stream, ear, at = recording.data, Ear(), 0
    for chunk in recording.chunks():
        for telegram in ear.hear(chunk):
            if not isinstance(telegram, Telegram) or _told(telegram.data) is None:
                continue
            begin = stream.index(telegram.data, at)
            at = begin + len(telegram.data)
            if telegram.protocol != sml.name and stream[at : at + 2].translate(_SEVEN_BITS) == _LINE_END:
                at += 2
            yield _Found(telegram=telegram, begin=begin, end=at)


def _scrub(telegram: Telegram, disguise: Disguise) -> bytes:
    """What is left of a telegram once its numbers are disguised by their places; nothing where that is not possible."""
    if telegram.protocol != sml.name:
        return scrub_mode_d.scrub(telegram.data, disguise)
    try:
        tree = sml_tree.parse(telegram.data)
        scrub_sml.scrub(tree, disguise)
    except TelegramError:
        return b""
    return tree.encode()


def _scrub_again(protocol: str, data: bytes, disguise: Disguise) -> bytes:
    if protocol != sml.name:
        return scrub_mode_d.scrub_again(data, disguise)
    tree = sml_tree.parse(data)
    scrub_sml.scrub_again(tree, disguise)
    return tree.encode()


def _told(data: bytes) -> dict[Obis, Quantity] | None:
    """What a telegram says beside who sent it; None where it is not whole."""
    heard = list(Ear().hear(Chunk(data=data, at=EPOCH)))
    try:
        (reading,) = [read(each) for each in heard if isinstance(each, Telegram)]
    except (TelegramError, ValueError):
        return None
    return {code: quantity for code, quantity in reading.registers.items() if not identifies(code)}


def _timed(recording: Recording, found: _Found, data: bytes) -> Iterator[Piece]:
    """The bytes of a scrubbed telegram at the moments at which those of the true one came."""
    begin = taken = 0
    for piece in recording.pieces:
        end = begin + len(piece.data)
        if begin < found.end and end > found.begin:
            share = data[taken:] if end >= found.end else data[taken : end - found.begin]
            taken += len(share)
            yield Piece(seconds=piece.seconds, data=share)
        begin = end
