"""Large files come in pieces, and go on where they were cut off."""

import ssl
import zipfile
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadError

from edge_app.errors import UpdateError, UpdateServerError
from edge_app.fleet.update import fetcher as fetching
from edge_app.fleet.update.documents import Release
from edge_app.fleet.update.fetcher import Fetcher
from tests.update.conftest import Shop
from tests.update.wheels import application, wheel

KIB = 1024


@pytest.fixture(autouse=True)
def pieces_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PIECE", 4 * KIB)
    monkeypatch.setattr(fetching, "CHUNK", KIB)


def large(shop: Shop) -> Path:
    """Publish a release of one wheel of some twenty pieces."""
    file = wheel(shop.made, "large", "1.0", {"large.txt": "".join(map(str, range(20 * KIB)))})
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
    shop.publisher.release("1.1.0", [file])
    shop.publisher.channel("1.1.0")
    shop.publisher.publish()
    return file


def release(shop: Shop) -> Release:
    return shop.repository.look().release("1.1.0")


def fetch(shop: Shop) -> None:
    offers = shop.repository.look()
    offers.fetch(offers.release("1.1.0"))


def ranges(shop: Shop) -> list[str]:
    return [wanted for path, wanted in shop.server.asked if path.endswith(".whl")]


def test_a_wheel_comes_in_pieces(shop: Shop) -> None:
    file = large(shop)
    fetch(shop)
    assert (shop.repository.wheels / file.name).read_bytes() == file.read_bytes()
    assert ranges(shop)[:2] == ["bytes=0-4095", "bytes=4096-8191"]


def test_what_has_come_is_not_asked_for_again(shop: Shop) -> None:
    file = large(shop)
    shop.server.breaks_after = 3 * KIB
    with pytest.raises(UpdateServerError, match=r"broke off|not reached"):
        fetch(shop)
    part = shop.repository.wheels / f"{file.name}.part"
    assert 0 < part.stat().st_size <= 3 * KIB
    held = part.stat().st_size
    shop.server.breaks_after = None
    shop.server.asked.clear()
    fetch(shop)
    assert ranges(shop)[0] == f"bytes={held}-{held + 4095}"
    assert (shop.repository.wheels / file.name).read_bytes() == file.read_bytes()
    assert not part.exists()


def test_what_is_here_is_not_asked_for_at_all(shop: Shop) -> None:
    large(shop)
    fetch(shop)
    shop.server.asked.clear()
    fetch(shop)
    assert ranges(shop) == []


def test_a_server_without_pieces_serves_as_well(shop: Shop) -> None:
    file = large(shop)
    shop.server.knows_pieces = False
    (shop.repository.wheels).mkdir()
    (shop.repository.wheels / f"{file.name}.part").write_bytes(b"rest")
    fetch(shop)
    assert (shop.repository.wheels / file.name).read_bytes() == file.read_bytes()


def test_a_rest_that_is_wrong_or_too_long_is_fetched_anew(shop: Shop) -> None:
    file = large(shop)
    shop.repository.wheels.mkdir()
    part = shop.repository.wheels / f"{file.name}.part"
    part.write_bytes(bytes(1_000_000))
    fetch(shop)
    (shop.repository.wheels / file.name).unlink()
    part.write_bytes(bytes(100))
    with pytest.raises(UpdateError, match="not what was signed"):
        fetch(shop)
    fetch(shop)
    assert (shop.repository.wheels / file.name).read_bytes() == file.read_bytes()


def test_a_wheel_that_was_damaged_here_is_fetched_anew_and_others_go(shop: Shop) -> None:
    file = large(shop)
    shop.repository.wheels.mkdir()
    (shop.repository.wheels / file.name).write_bytes(b"damaged")
    (shop.repository.wheels / "other-1.0-py3-none-any.whl").write_bytes(b"of before")
    fetch(shop)
    assert [each.name for each in shop.repository.wheels.iterdir()] == [file.name]
    assert (shop.repository.wheels / file.name).read_bytes() == file.read_bytes()


def test_of_wheels_for_several_machines_those_come_that_fit_this_one(shop: Shop) -> None:
    ours = application(shop.made, "1.1.0")
    theirs = ours.with_name("zaehlwerk-1.1.0-cp311-cp311-win_arm64.whl")
    theirs.write_bytes(b"for others")
    shop.publisher.release("1.1.0", [ours, theirs])
    shop.publisher.channel("1.1.0")
    shop.publisher.publish()
    fetch(shop)
    assert [each.name for each in shop.repository.wheels.iterdir()] == [ours.name]
    shop.publisher.release("1.1.0", [theirs])
    shop.publisher.publish()
    with pytest.raises(UpdateError, match=r"no wheel fits this machine of zaehlwerk==1\.1\.0"):
        fetch(shop)


def test_a_server_that_is_not_there_and_one_that_drips(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large(shop)
    monkeypatch.setattr(fetching, "LONGEST", -1.0)
    with pytest.raises(UpdateServerError, match="takes too long"):
        fetch(shop)
    with Fetcher.open(ssl.create_default_context(), timeout=10) as fetcher:
        with pytest.raises(DownloadError, match="was not reached"):
            fetcher.fetch_piecewise("http://127.0.0.1:9/x", tmp_path / "x", 1)
        with pytest.raises(DownloadError, match="404"):
            fetcher.fetch_piecewise(f"{shop.server.url}nothing", tmp_path / "x", 1)
