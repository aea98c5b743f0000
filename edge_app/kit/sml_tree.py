"""An SML telegram as the tree that its bytes are, of which a leaf can be changed and the rest stays byte for byte.

What is not changed keeps the lengths, widths and checksum rule in which the meter sent it; smllib, which reads
telegrams, forgets these.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from edge_app.errors import TelegramError
from edge_app.metering.sml import crc
from edge_app.simulator.sml_writer import ESCAPE, LIST_RESPONSE, START

OCTETS, SIGNED, UNSIGNED, LIST = 0x00, 0x50, 0x60, 0x70
"""Bits of a head that tell what it stands before (BSI TR-03109-1, SML binary encoding)."""
_KIND, _MORE, _NIBBLE = 0x70, 0x80, 0x0F
_CHECKSUM = 4  # place in a message, between its body and its end
_ENTRIES = 4  # place in the body of a list


@dataclass(slots=True)
class Leaf:
    """Octets, a number, or nothing: what stands behind one head."""

    head: bytes
    content: bytes

    @property
    def kind(self) -> int:
        return self.head[0] & _KIND

    def encode(self) -> bytes:
        return self.head + self.content


@dataclass(slots=True)
class Branch:
    """A list."""

    head: bytes
    nodes: "list[Node]"

    def encode(self) -> bytes:
        return self.head + b"".join(node.encode() for node in self.nodes)


Node = Leaf | Branch


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the number that tells its kind, and what it holds."""

    root: Branch
    rule: crc.Rule
    """How its checksum is made."""

    @property
    def kind(self) -> Leaf:
        return _leaf(_branch(self.root.nodes[3]).nodes[0])

    @property
    def transaction(self) -> Leaf:
        return _leaf(self.root.nodes[0])

    @property
    def checksum_field(self) -> Leaf:
        return _leaf(self.root.nodes[_CHECKSUM])

    @property
    def body(self) -> list[Node]:
        return _branch(_branch(self.root.nodes[3]).nodes[1]).nodes

    def entries(self) -> Iterator[Branch]:
        """The entries of a list; none in a message of another kind."""
        if int.from_bytes(self.kind.content, "big") == LIST_RESPONSE:
            yield from map(_branch, _branch(self.body[_ENTRIES]).nodes)

    def encode(self) -> bytes:
        """The message with the checksum that fits what it holds now."""
        begin = self.root.head + b"".join(node.encode() for node in self.root.nodes[:_CHECKSUM])
        sent, before = self.rule(begin), self.checksum_field.content
        if len(before) == 1 and sent[0] == 0:
            sent = sent[1:]
        sent = bytes(max(len(before) - len(sent), 0)) + sent
        return begin + bytes([UNSIGNED | len(sent) + 1]) + sent + self.root.nodes[-1].encode()


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole telegram."""

    messages: list[Message]
    fill: int
    """Bytes between the last message and the end."""
    length: int
    """Of all messages, as sent."""
    rule: crc.Rule
    """How its checksum is made."""

    def encode(self) -> bytes:
        """The telegram with the checksums that fit what it holds now."""
        payload = b"".join(message.encode() for message in self.messages)
        fill = self.fill if len(payload) == self.length else -len(payload) % 4
        begin = START + payload.replace(ESCAPE, ESCAPE * 2) + bytes(fill) + ESCAPE + bytes([0x1A, fill])
        return begin + self.rule(begin)

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf of every message save its checksum."""
        for message in self.messages:
            for place, node in enumerate(message.root.nodes):
                if place != _CHECKSUM:
                    yield from _leaves(node)


def parse(data: bytes) -> Tree:
    """Take a telegram apart whose checksum was found right. Raises TelegramError where its structure is no SML."""
    fill = data[-3]
    payload = data[len(START) : len(data) - 8 - fill].replace(ESCAPE * 2, ESCAPE)
    messages, at = [], 0
    try:
        while at < len(payload):
            node, end = _node(payload, at)
            root = _branch(node)
            begin = root.head + b"".join(each.encode() for each in root.nodes[:_CHECKSUM])
            messages.append(Message(root, _rule(begin, _leaf(root.nodes[_CHECKSUM]).content)))
            at = end
    except (IndexError, RecursionError):
        raise TelegramError("content", "the tree of a message has no end") from None
    return Tree(messages, fill, len(payload), _rule(data[:-2], data[-2:]))


def _rule(begin: bytes, sent: bytes) -> crc.Rule:
    """By which of the two rules a checksum was made, of which a message may leave out or add leading zeros."""
    rule = crc.fitting(begin, sent.rjust(2, b"\x00")[-2:])
    if rule is None:
        raise TelegramError("checksum", "the checksum of a message does not fit")
    return rule


def _node(data: bytes, at: int) -> tuple[Node, int]:
    """The node that begins at a place, and where it ends."""
    begin, length = at, 0
    while True:
        length = length << 4 | data[at] & _NIBBLE
        at += 1
        if not data[at - 1] & _MORE:
            break
    head = data[begin:at]
    if head[0] & _KIND == LIST:
        nodes = []
        for _ in range(length):
            node, at = _node(data, at)
            nodes.append(node)
        return Branch(head, nodes), at
    end = max(begin + length, at)  # the end of a message is a head of length 0
    if end > len(data):
        raise IndexError
    return Leaf(head, data[at:end]), end


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    else:
        for each in node.nodes:
            yield from _leaves(each)


def _branch(node: Node) -> Branch:
    if not isinstance(node, Branch):
        raise TelegramError("content", "a list was expected")
    return node


def _leaf(node: Node) -> Leaf:
    if not isinstance(node, Leaf):
        raise TelegramError("content", "a single value was expected")
    return node
