"""Whoever has the update server and not the offline keys achieves nothing but silence."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import MetaFile, Snapshot

from edge_app.errors import UpdateError, UpdateServerError
from tests.update.conftest import Shop
from tests.update.publishing import now
from tests.update.wheels import application

METADATA = "metadata"


def everything(shop: Shop) -> None:
    """Look, choose the newest version and fetch it."""
    offers = shop.repository.look()
    channel = offers.channel("stable")
    offers.holds("stable")
    offers.fetch(offers.release(channel.versions[-1]))


def refused(shop: Shop) -> str:
    """The reason for which what the server has is refused; nothing of it stays as a wheel."""
    with pytest.raises(UpdateError) as error:
        everything(shop)
    assert not isinstance(error.value, UpdateServerError)
    assert not list(shop.repository.wheels.glob("*.whl"))
    return str(error.value)


def test_what_was_signed_is_fetched(shop: Shop) -> None:
    shop.offer("1.1.0")
    everything(shop)
    (file,) = shop.repository.wheels.iterdir()
    assert file.read_bytes() == (shop.made / file.name).read_bytes()


def test_tampered_metadata(shop: Shop) -> None:
    shop.offer("1.1.0")
    file = shop.publisher.folder / METADATA / "1.targets.json"
    document = json.loads(file.read_bytes())
    document["signed"]["expires"] = "2099-01-01T00:00:00Z"
    file.write_text(json.dumps(document))
    assert "signed by 0/2" in refused(shop)


def test_metadata_of_one_holder_alone(shop: Shop) -> None:
    shop.publisher.release("1.1.0", [application(shop.made, "1.1.0")])
    shop.publisher.channel("1.1.0")
    shop.publisher.publish(signers=1)
    assert "signed by 1/2" in refused(shop)


def test_older_metadata_once_newer_were_seen(shop: Shop, tmp_path: Path) -> None:
    shop.offer("1.1.0")
    shutil.copytree(shop.publisher.folder, tmp_path / "old")
    shop.offer("1.2.0")
    everything(shop)
    shop.server.folder = tmp_path / "old"
    with pytest.raises(UpdateError, match="version"):
        everything(shop)


def test_metadata_that_have_expired(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.publisher.write_timestamp(1, expires=now() - timedelta(seconds=1))
    assert "expired" in refused(shop)


def test_targets_that_have_expired_behind_a_fresh_timestamp(shop: Shop) -> None:
    shop.publisher.expires = now() - timedelta(seconds=1)
    shop.offer("1.1.0")
    shop.publisher.expires = now() + timedelta(days=1)
    shop.publisher.write_snapshot(
        Snapshot(
            version=1,
            expires=shop.publisher.expires,
            meta={"targets.json": MetaFile(version=1), "holds.json": MetaFile(version=1)},
        )
    )
    assert "expired" in refused(shop)


def test_a_mix_of_old_targets_and_new_ones(shop: Shop) -> None:
    """The online keys can name an older version of the targets; a device that saw the newer one refuses it."""
    shop.offer("1.1.0")
    shop.offer("1.2.0")
    everything(shop)
    for file in shop.repository.wheels.iterdir():
        file.unlink()
    shop.publisher.version += 1
    meta = {"targets.json": MetaFile(version=1), "holds.json": MetaFile(version=2)}
    shop.publisher.write_snapshot(Snapshot(version=3, expires=shop.publisher.expires, meta=meta))
    assert "targets.json" in refused(shop)


def test_a_file_of_another_time_under_the_name_of_a_new_one(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.offer("1.2.0")
    folder = shop.publisher.folder / METADATA
    shutil.copy(folder / "1.targets.json", folder / "2.targets.json")
    assert "Expected targets v2, got v1" in refused(shop)


def test_a_wheel_with_another_content(shop: Shop) -> None:
    shop.offer("1.1.0")
    wheel = shop.made / "zaehlwerk-1.1.0-py3-none-any.whl"
    shop.server.instead[".whl"] = bytes(wheel.stat().st_size)
    assert "not what was signed" in refused(shop)


def test_a_release_that_names_another_content_than_the_targets(shop: Shop) -> None:
    wheel = application(shop.made, "1.1.0")
    named = {"name": wheel.name, "sha256": "0" * 64, "length": wheel.stat().st_size}
    shop.offer("1.1.0", wheels=[named])
    assert "another file than was signed" in refused(shop)


@pytest.mark.parametrize("end", ["timestamp.json", ".snapshot.json", ".targets.json", "stable.json", ".whl"])
def test_data_that_do_not_end(shop: Shop, end: str) -> None:
    shop.offer("1.1.0")
    shop.server.endless = end
    shop.server.knows_pieces = end != ".whl"
    assert "more" in refused(shop)


def test_pieces_that_do_not_end(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.server.endless = ".whl"
    assert "more" in refused(shop)


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/cron.d/x-1.0-py3-none-any.whl",
        "/etc/x-1.0-py3-none-any.whl",
        "..%2fx-1.0-py3-none-any.whl/../y",
        "x\\..\\y-1.0-py3-none-any.whl",
        "$(reboot)-1.0-py3-none-any.whl",
        "x 1.0-py3-none-any.whl",
        "x-1.0-py3-none-any.whl\n--find-links=http:",
        ".hidden",
        "-r-1.0",
        "x-1.0.tar.gz",
        "",
    ],
)
def test_a_name_of_a_wheel_that_is_a_way(shop: Shop, name: str) -> None:
    shop.offer("1.1.0", wheels=[{"name": name, "sha256": "0" * 64, "length": 1}])
    assert "no Release" in refused(shop)


@pytest.mark.parametrize("version", ["../1.0", "1.0/..", "..", "", "v1.0", "1.0.0-rc1", "1.0\n", "latest"])
def test_a_version_that_is_no_name_of_a_slot(shop: Shop, version: str) -> None:
    shop.publisher.channel(version)
    shop.publisher.publish()
    assert "no Channel" in refused(shop)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda shop: shop.offer("1.1.0", version="1.2.0"), "calls itself 1.2.0"),
        (lambda shop: shop.publisher.targets.pop("releases/1.1.0.json"), "was not signed"),
        (lambda shop: shop.publisher.targets.pop("channels/stable.json"), "was not signed"),
        (
            lambda shop: shop.publisher.targets.update(
                {"channels/stable.json": shop.publisher.targets["channels/stable.json"].replace(b"stable", b"beta")}
            ),
            "calls itself beta",
        ),
        (lambda shop: shop.publisher.targets.update({"releases/1.1.0.json": bytes(600_000)}), "too large"),
        (lambda shop: shop.publisher.targets.pop("wheels/zaehlwerk-1.1.0-py3-none-any.whl"), "another file than"),
        (lambda shop: shop.publisher.held.update({"holds/stable.json": b"no"}), "no Holds"),
    ],
    ids=["name", "release", "channel", "other", "size", "wheel", "holds"],
)
def test_documents_that_do_not_fit_together(shop: Shop, change: Callable[[Shop], object], words: str) -> None:
    shop.offer("1.1.0")
    change(shop)
    shop.publisher.publish()
    assert words in refused(shop)


def test_the_online_keys_cannot_offer_a_release(shop: Shop) -> None:
    """The delegated role may speak of holds alone, whatever its metadata list."""
    shop.offer("1.1.0")
    shop.publisher.held["releases/6.6.6.json"] = shop.publisher.targets["releases/1.1.0.json"]
    shop.publisher.publish()
    offers = shop.repository.look()
    with pytest.raises(UpdateError, match="was not signed"):
        offers.release("6.6.6")


def test_without_a_word_on_holds_nothing_is_held(shop: Shop) -> None:
    shop.offer("1.1.0")
    assert shop.repository.look().holds("stable").held == {}
    shop.publisher.hold(**{"1.1.0": "it smells"})
    shop.publisher.publish()
    assert shop.repository.look().holds("stable").held == {"1.1.0": "it smells"}


def test_the_root_may_rotate_twice_while_a_device_is_off(shop: Shop) -> None:
    for _ in range(2):
        before = shop.publisher.keys["root"][:2]
        shop.publisher.keys["root"] = [CryptoSigner.generate_ed25519() for _ in range(3)]
        shop.publisher.keys["targets"] = [CryptoSigner.generate_ed25519() for _ in range(3)]
        shop.publisher.sign_root(with_keys_of_before=before)
    shop.offer("1.1.0")
    everything(shop)


def test_a_root_that_its_predecessor_has_not_signed(shop: Shop) -> None:
    shop.publisher.keys["root"] = [CryptoSigner.generate_ed25519() for _ in range(3)]
    shop.publisher.sign_root()
    shop.offer("1.1.0")
    assert "signed by 0/2" in refused(shop)


def test_a_device_without_a_root_of_trust_believes_nobody(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.repository.root.unlink()
    assert "without a root" in refused(shop)


def test_silence_is_no_attack(shop: Shop) -> None:
    shop.offer("1.1.0")
    shop.server.away = True
    with pytest.raises(UpdateServerError, match="503"):
        everything(shop)
