"""Scrubbing SML: the places of a telegram where numbers of a meter stand, and keys and signatures made of them."""

from edge_app.errors import TelegramError
from edge_app.kit.disguise import Disguise
from edge_app.kit.sml_tree import OCTETS, Leaf, Message, Node, Tree
from edge_app.model.obis import Obis
from edge_app.simulator import sml_writer

PUBLIC_KEY = Obis("8181c78205ff")
"""129-129:199.130.5*255."""
_OPEN_SERVER_ID = 3
_LIST_SERVER_ID, _LIST_SIGNATURE = 1, 5
_ENTRY_NAME, _ENTRY_VALUE, _ENTRY_SIGNATURE = 0, 5, 6
# places in the bodies of BSI TR-03109-1, and in an entry of a list


def identifies(code: Obis) -> bool:
    """Whether a register tells which meter it is: 0.0.x, 42.0.x or 96.1.x."""
    return code.groups[2:4] in {(0, 0), (42, 0), (96, 1)}


def scrub(tree: Tree, disguise: Disguise) -> None:
    """Disguise what identifies a meter by its place. Raises TelegramError for a message of another kind than usual."""
    for message in tree.messages:
        match int.from_bytes(message.kind.content, "big"):
            case sml_writer.OPEN_RESPONSE:
                _name(message.body[_OPEN_SERVER_ID], disguise)
            case sml_writer.LIST_RESPONSE:
                _list(message, disguise)
            case sml_writer.CLOSE_RESPONSE:
                _key(message.body[0], disguise)
            case kind:
                raise TelegramError("content", f"nobody knows what a message of the kind {kind:04x} gives away")


def scrub_again(tree: Tree, disguise: Disguise) -> None:
    """Disguise what is known by now wherever else it stands; the names of registers stay."""
    names = {id(entry.nodes[_ENTRY_NAME]) for message in tree.messages for entry in message.entries()}
    for leaf in tree.leaves():
        if leaf.kind == OCTETS and id(leaf) not in names:
            leaf.content = disguise.within(leaf.content)


def _list(message: Message, disguise: Disguise) -> None:
    _name(message.body[_LIST_SERVER_ID], disguise)
    _key(message.body[_LIST_SIGNATURE], disguise)
    for entry in message.entries():
        code, value = entry.nodes[_ENTRY_NAME], entry.nodes[_ENTRY_VALUE]
        _key(entry.nodes[_ENTRY_SIGNATURE], disguise)
        if not isinstance(code, Leaf) or len(code.content) != 6:
            continue
        obis = Obis(code.content.hex())
        if obis == PUBLIC_KEY:
            _key(value, disguise)
        elif identifies(obis):
            _name(value, disguise)


def _name(node: Node, disguise: Disguise) -> None:
    if isinstance(node, Leaf):
        node.content = disguise.name(node.content) if node.kind == OCTETS else disguise.key(node.content)


def _key(node: Node, disguise: Disguise) -> None:
    if isinstance(node, Leaf) and node.kind == OCTETS:
        node.content = disguise.key(node.content)
