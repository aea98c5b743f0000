"""Checks of what a plugin makes of telegrams: reads the whole ones to the digit, and refuses damaged ones.

A check is a function of a subject that gives one sentence for each thing that is wrong.
"""

from collections.abc import Iterator, Mapping

from edge_app.errors import TelegramError
from edge_app.kit.sample import believed, blank, read_examples, telegram_of
from edge_app.kit.subject import Subject
from edge_app.metering.profile import NumberEntry
from edge_app.model.obis import Obis
from edge_app.model.reading import Quantity, Reading

_LINE_END = b"\r\n\x8d"
"""Behind the exclamation mark of mode D, with or without parity."""


def lines(subject: Subject) -> Iterator[str]:
    """It has a line for the protocol of each variant, with seven bits for mode D."""
    spoken = {protocol.name for protocol in subject.meter.protocols}
    for variant in subject.profile.variants.values():
        wanted = 7 if variant.protocol == "d0" else 8
        if variant.protocol not in spoken:
            yield f"the variant {variant.name} speaks {variant.protocol}, which is none of the protocols of the class"
        elif (bits := subject.meter().line(variant.protocol).bytesize) != wanted:
            yield f"the line of {variant.protocol} has {bits} bits (expected {wanted})"


def examples(subject: Subject) -> Iterator[str]:
    """Its profile has an example of every state of every variant."""
    for variant in subject.profile.variants.values():
        shown = [example.state for example in subject.profile.examples if example.variant is variant]
        for name, state in (("unlocked", variant.unlocked), ("locked", variant.locked)):
            if state is not None and state not in shown:
                yield f"the variant {variant.name} has no [[telegram]] while {name}"


def length(subject: Subject) -> Iterator[str]:
    """Its telegrams are as long as the profile says that real ones are."""
    for example in subject.profile.examples:
        sent = len(blank(example.variant, example.state))
        if sent != example.state.length:
            yield f"{example.note}: {sent} bytes (the profile says {example.state.length})"


def reads(subject: Subject) -> Iterator[str]:
    """It reads each example to its values, and every register that was sent."""
    for example, reading in read_examples(subject.meter):
        sent = {entry.code for entry in example.state.entries if isinstance(entry, NumberEntry)}
        yield from (f"{example.note}: {wrong}" for wrong in _differing(reading, example.readings))
        for code in sorted(sent - example.readings.keys()):
            silent = reading.registers.get(code)
            if silent is None or (silent.unit and silent.value):
                yield f"{example.note}: {code.dotted} was sent as zero, and read as {_said(silent)}"
        for code in sorted(reading.registers.keys() - sent - example.readings.keys()):
            yield f"{example.note}: {code.dotted} is read, and was neither sent nor expected"


def reads_recordings(subject: Subject) -> Iterator[str]:
    """It reads each telegram of each recording, and those that a person has looked at to their values."""
    for recorded in subject.recordings:
        readings = {}
        for number, telegram in enumerate(recorded.telegrams(), start=1):
            try:
                readings[number] = subject.meter().read(telegram)
            except TelegramError as error:
                yield f"{recorded.name}, telegram {number}: refused, {error}"
        if not recorded.expected:
            yield f"{recorded.name}: nobody has said what is to be read in it"
        for number, expected in recorded.expected.items():
            if number in readings:
                wrongs = _differing(readings[number], expected)
                yield from (f"{recorded.name}, telegram {number}: {wrong}" for wrong in wrongs)
            else:
                yield f"{recorded.name} has no telegram {number} that can be read"


def shows_power(subject: Subject) -> Iterator[str]:
    """It shows power when unlocked and none when locked."""
    for example, reading in read_examples(subject.meter):
        if reading.unlocked is not (example.state is example.variant.unlocked):
            yield f"{example.note}: {'shows' if reading.unlocked else 'does not show'} power"


def keeps_promises(subject: Subject) -> Iterator[str]:
    """It shows the registers that the class promises, in the usual variant."""
    meter, usual = subject.meter, subject.profile.variant()
    for example, reading in read_examples(meter):
        shown = reading.registers.keys()
        if example.variant is not usual:
            continue
        unlocked = example.state is usual.unlocked
        wrong = meter.unlocked - shown if unlocked else (meter.unlocked & shown) - meter.locked
        said = "promised, and not shown" if unlocked else "shown while locked, which nobody has promised"
        yield from (f"{example.note}: {code.dotted} is {said}" for code in sorted(wrong))


def refuses_damage(subject: Subject) -> Iterator[str]:
    """It refuses every telegram in which one bit of one byte is wrong."""
    for note, whole in _whole(subject):
        for place in range(len(whole.rstrip(_LINE_END))):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << place % 8
            if believed(subject.meter(), bytes(damaged)):
                yield f"{note}: believed with byte {place} damaged"
                break


def in_pieces(subject: Subject) -> Iterator[str]:
    """It is heard the same in pieces of any size."""
    for note, whole in _whole(subject):
        at_once = believed(subject.meter(), whole * 3)
        if len(at_once) != 3:
            yield f"{note}: sent three times, and heard {len(at_once)} times"
        for step in (1, 7):
            if believed(subject.meter(), whole * 3, step=step) != at_once:
                yield f"{note}: heard otherwise in pieces of {step}"


def _whole(subject: Subject) -> Iterator[tuple[str, bytes]]:
    """The telegrams whose damage can be found: mode D without its parity has nothing to find it by."""
    for example in subject.profile.examples:
        yield example.note, telegram_of(example)
    for recorded in subject.recordings:
        for telegram in recorded.telegrams()[:1]:
            if telegram.protocol == "sml":
                yield recorded.name, telegram.data
            elif max(telegram.data) >= 0x80:
                yield recorded.name, telegram.data + b"\x8d\n"


def _differing(reading: Reading, expected: Mapping[Obis, Quantity]) -> Iterator[str]:
    for code, quantity in expected.items():
        found = reading.registers.get(code)
        if found != quantity:
            yield f"{code.dotted} is read as {_said(found)} (expected {_said(quantity)})"


def _said(quantity: Quantity | None) -> str:
    return "nothing" if quantity is None else f"{quantity.value:f} {quantity.unit or ''}".rstrip()
