"""A draft of a profile, drawn from a telegram of SML: its head, its entries, its checksums."""

from edge_app.kit import sml_tree
from edge_app.kit.draft import SERIAL, Draft, energies_in, is_feeding, of_first, power_in, status_words, worked_out
from edge_app.kit.draft_entries import Fields, drawn_entries, readings_in
from edge_app.kit.sml_tree import Branch, Leaf, Message, Node, Tree
from edge_app.metering.derive import complete
from edge_app.metering.ear import read
from edge_app.metering.sml import crc
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram


def drawn(first: Telegram, *, every: float, source: str) -> Draft:
    """What a telegram tells, which is not damaged and `lists_registers`."""
    tree, reading = sml_tree.parse(first.data), complete(read(first))
    opening, listing = tree.messages[0], tree.messages[1]
    server_id, serial = _server_id(reading)
    readings = readings_in(reading)
    entries = tuple(drawn_entries(listing, reading, serial))
    unlocked, locked = of_first(reading, entries=entries, readings=readings, source=source)
    return Draft(
        maker=reading.maker,
        layout=reading.layout,
        source=source,
        every=every,
        serial=serial or SERIAL,
        head={
            "server_id": server_id,
            **_said("client_id", opening.body[1]),
            "transaction": _counting(opening.transaction),
            "file_id": _counting(opening.body[2]),
            **_said("list_name", listing.body[2]),
            **({"kind_width": len(opening.kind.content)} if len(opening.kind.content) > 2 else {}),
            **({"dated_opening": True} if isinstance(opening.body[4], Branch) else {}),
            **({"kermit": True} if tree.rule is crc.kermit else {}),
            **({"short_checksum": True} if _is_short(tree) else {}),
        },
        status=status_words(reading, width=_status_width(listing)),
        feeding=is_feeding(reading),
        unlocked=unlocked,
        locked=locked,
        energies=energies_in(reading),
        power=power_in(reading),
        worked_out=worked_out(reading),
        heard=readings,
    )


def lists_registers(telegram: Telegram) -> bool:
    """Whether a list of registers stands between an opening and a closing message."""
    return len(sml_tree.parse(telegram.data).messages) == 3


def _server_id(reading: Reading) -> tuple[str, int]:
    """The server id as a profile writes it, and the number in it; 0 where it is in no form that is known."""
    octets = bytes.fromhex(reading.server_id)
    number = int.from_bytes(octets[-4:], "big")
    if len(octets) == 10 and number < 100_000_000:
        return f"{octets[:-4].hex()}{{serial}}", number
    if len(octets) == 8 and octets.isdigit():
        return "{digits}", int(octets)
    return octets.hex(), 0


def _counting(node: Node) -> str:
    octets = node.content if isinstance(node, Leaf) else b""
    return "{counter}" if len(octets) == 4 else octets.hex()


def _said(key: str, node: Node) -> Fields:
    return {key: node.content.hex()} if isinstance(node, Leaf) and node.content else {}


def _is_short(tree: Tree) -> bool:
    return any(len(message.checksum_field.content) == 1 for message in tree.messages)


def _status_width(listing: Message) -> int:
    """Octets of the longest status word in a list; one where there is none."""
    nodes = [entry.nodes[1] for entry in listing.entries()]
    return max((len(node.content) for node in nodes if isinstance(node, Leaf) and node.content), default=1)
