"""Whatever stands in the place of metadata or documents is refused in words and never a crash."""

import random
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from edge_app.errors import UpdateError
from edge_app.fleet.update.documents import Channel, Holds, Release, decode
from tests.update.conftest import Shop

BODIES = 100
"""Of metadata, in this suite; `python -m tests.update.fuzz` tries 10,000."""

WORDS = [
    *(b"", b'"', b"{", b"}", b"[", b"]", b"null", b"true", b"-1", b"1e999", b"[]", b"{}", b"\xff", b"\x00"),
    *(b'"signed"', b'{"signed":{}}', b'{"signed":null,"signatures":null}', b"[" * 999, b"[" * 5000),
]

DOCUMENT = (
    b"""{"version":"1.1.0","channel":"stable","python":"3.11","salt":"s","downgrade":false,"held":{"1.0.0":"no"},
"wheels":[{"name":"zaehlwerk-1.1.0-py3-none-any.whl","sha256":"%064d","length":1}],"versions":["1.0.0","1.1.0"],
"stages":[{"share":1.0,"from":"2026-11-25T00:00:00Z"}],"pinned":{"8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02":"1.0.0"}}"""
    % 0
)
"""Fit for every kind of document, until it is damaged."""


def damaged(rng: random.Random, body: bytes) -> bytes:
    """A body with something wrong: bits, pieces, lengths, or JSON of another kind."""
    kind = rng.randrange(6)
    if kind == 0:
        place = rng.randrange(len(body))
        return body[:place] + bytes([body[place] ^ 1 << rng.randrange(8)]) + body[place + 1 :]
    if kind == 1:
        return body[: rng.randrange(len(body))]
    if kind == 2:
        first, last = sorted(rng.randrange(len(body)) for _ in range(2))
        return body[:first] + body[last:]
    if kind == 3:
        place = rng.randrange(len(body))
        return body[:place] + rng.choice(WORDS) + body[place + rng.randrange(20) :]
    if kind == 4:
        return rng.choice(WORDS)
    return rng.randbytes(rng.randrange(200))


def fuzz(shop: Shop, number: int, seed: int) -> int:
    """Serve damaged metadata again and again, each to a device that knows nothing yet; how many were refused."""
    rng = random.Random(seed)
    bodies = {file.name: file.read_bytes() for file in (shop.publisher.folder / "metadata").iterdir()}
    refused = 0
    for _ in range(number):
        for file in [*shop.repository.metadata.rglob("*")]:
            if file.is_file() or file.is_symlink():
                file.unlink()
        name = rng.choice([*sorted(bodies), "2.root.json"])
        shop.server.instead = {f"/{name}": damaged(rng, bodies.get(name, bodies["1.root.json"]))}
        try:
            offers = shop.repository.look()
            offers.channel("stable")
            offers.holds("stable")
        except UpdateError:
            refused += 1
    return refused


def test_metadata_of_any_kind(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.publisher.hold(**{"1.1.0": "it smells"})
    shop.publisher.publish()
    assert fuzz(shop, BODIES, seed=20261124) > BODIES / 3


@pytest.mark.parametrize("kind", [Release, Channel, Holds])
def test_documents_of_any_kind(kind: type[msgspec.Struct]) -> None:
    rng = random.Random(20261124)
    for _ in range(1000):
        body = damaged(rng, DOCUMENT)
        with suppress(UpdateError):
            assert isinstance(decode(body, kind), kind)


def test_a_document_that_nests_too_deeply() -> None:
    with pytest.raises(UpdateError):
        decode(b"[" * 100_000, Channel)


def test_the_metadata_that_were_fetched_lie_in_their_own_folder_alone(shop: Shop, tmp_path: Path) -> None:
    shop.offer("1.1.0")
    shop.repository.look().channel("stable")
    home = tmp_path / "device"
    assert {each.name for each in home.iterdir()} == {"root.json", "metadata", "wheels"}
