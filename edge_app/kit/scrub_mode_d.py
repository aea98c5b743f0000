"""Scrubbing mode D: the lines of a telegram in which numbers of a meter stand."""

import re
from collections.abc import Callable

from edge_app.kit.disguise import Disguise
from edge_app.kit.scrub_sml import identifies
from edge_app.model.obis import Obis
from edge_app.simulator.mode_d_writer import with_even_parity

_LINE = re.compile(rb"(?P<code>[^(\r\n]+)\((?P<value>[^*)\r\n]*)")
_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))


def scrub(data: bytes, disguise: Disguise) -> bytes:
    """Disguise what identifies a meter by its code."""
    return _through_text(data, lambda text: _LINE.sub(lambda line: _line(line, disguise), text))


def scrub_again(data: bytes, disguise: Disguise) -> bytes:
    """Disguise what is known by now wherever else it stands, such as in the first line."""
    return _through_text(data, disguise.within)


def _line(line: re.Match[bytes], disguise: Disguise) -> bytes:
    try:
        code = Obis.parse(line["code"].decode("ascii"))
    except ValueError:
        return line[0]
    return line["code"] + b"(" + (disguise.name(line["value"]) if identifies(code) else line["value"])


def _through_text(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the characters of a telegram and give them their parity again, where they had one."""
    changed = change(data.translate(_SEVEN_BITS))
    return with_even_parity(changed) if max(data) >= 0x80 else changed
