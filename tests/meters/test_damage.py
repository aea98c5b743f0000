"""Streams that went through bad light: whatever happened to them, nothing is believed that was not sent."""

import random

import pytest

from tests.meters.hearing import EXAMPLES, believed, telegram_of

SENT = {
    protocol: [telegram_of(example) for _, example in EXAMPLES if example.variant.protocol == protocol]
    for protocol in ("sml", "d0")
}
ROUNDS = 2000


def flip(stream: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        stream[chance.randrange(len(stream))] ^= 1 << chance.randrange(8)


def cut(stream: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(stream))
    del stream[begin : begin + chance.randint(1, 20)]


def splice(stream: bytearray, chance: random.Random) -> None:
    begin, end = sorted((chance.randrange(len(stream)), chance.randrange(len(stream))))
    place = chance.randrange(len(stream))
    stream[place:place] = stream[begin:end]


def overwrite(stream: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(stream))
    stream[place : place + 8] = chance.randbytes(8)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_believed_that_no_sml_meter_sent(seed: int) -> None:
    chance = random.Random(seed)
    spared = 0
    for _ in range(ROUNDS // 4):
        stream = bytearray(b"".join(chance.choices(SENT["sml"], k=3)))
        for harm in chance.choices((flip, cut, splice, overwrite), k=chance.randint(1, 3)):
            harm(stream, chance)
        heard = believed(bytes(stream), step=chance.choice((1, 16, 64, None)))
        assert {telegram.data for telegram, _ in heard} <= set(SENT["sml"])
        spared += len(heard)
    assert spared > ROUNDS // 8, "what damage spared is still read"


@pytest.mark.parametrize("seed", range(2))
def test_one_flipped_bit_in_each_character_is_found_by_its_parity(seed: int) -> None:
    chance = random.Random(seed)
    sent = {bytes(telegram.rstrip(b"\r\n\x8d")) for telegram in SENT["d0"]}
    for _ in range(ROUNDS // 4):
        stream = bytearray(b"".join(chance.choices(SENT["d0"], k=3)))
        for place in chance.sample(range(len(stream)), k=chance.randint(1, 4)):
            stream[place] ^= 1 << chance.randrange(8)
        assert {telegram.data for telegram, _ in believed(bytes(stream))} <= sent


@pytest.mark.parametrize("seed", range(2))
def test_no_damage_to_mode_d_stops_the_reader(seed: int) -> None:
    """Without a checksum a lost digit may go unseen; what follows the damage is read all the same."""
    chance = random.Random(seed)
    for _ in range(ROUNDS // 4):
        stream = bytearray(b"".join(chance.choices(SENT["d0"], k=3)))
        for harm in chance.choices((flip, cut, splice, overwrite), k=chance.randint(1, 3)):
            harm(stream, chance)
        assert len(believed(bytes(stream))) <= 3 + stream.count(b"/") + stream.count(b"\xaf")
        follows = telegram_of(next(example for _, example in EXAMPLES if example.variant.name == "mode_d"))
        assert believed(bytes(stream) + b"\r\n" + follows * 2)[-1][0].data == follows[:-2]
