"""Making a repository: keys for holders and for the service, and a first state that offers nothing yet."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tuf.api.metadata import Metadata, Root, Targets

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import documents
from cloud_api.fleet.releases.documents import Channel
from cloud_api.fleet.releases.keys import HOLDS, OFFLINE, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, Keyring, made, online_file
from cloud_api.fleet.releases.proposals import delegation
from cloud_api.fleet.releases.repository import Repository
from cloud_api.fleet.releases.writing import expiry, following, named, sign, write

STABLE = "stable"
"""The channel that devices follow unless their settings say otherwise."""


def init(
    repository: Repository, pki: Path, keys: Path, *, holders: int, threshold: int, now: datetime
) -> Sequence[Path]:
    """Make keys and a repository; the folders of the holders, which are to be carried away.

    Raises SetupError where there is a repository already. One that was begun is begun again with the same keys.
    """
    if not 1 <= threshold <= holders:
        raise SetupError(f"--threshold {threshold} of --holders {holders}: expected 1 up to as many as there are")
    if repository.exists:
        raise SetupError(f"{repository.folder}: is there already")
    repository.make()
    folders = [keys / f"holder-{number}" for number in range(1, holders + 1)]
    with repository.alone():
        root = Root(version=1, expires=expiry(ROOT, now), consistent_snapshot=True)
        for folder in folders:
            for role in OFFLINE:
                root.add_key(made(folder / f"{role}.key", holder=folder.name), role)
        for role in OFFLINE:
            root.roles[role].threshold = threshold
        for role in (SNAPSHOT, TIMESTAMP):
            root.add_key(made(online_file(pki, role)), role)
        holding = made(online_file(pki, HOLDS))
        channel = Channel(channel=STABLE)
        contents = {channel.target: documents.encode(channel)}
        targets = Targets(
            version=following(None, now),
            expires=expiry(TARGETS, now),
            targets=named(contents),
            delegations=delegation({holding.keyid: holding}),
        )
        signed_root, signed_targets = Metadata(root), Metadata(targets)
        at_hand = Keyring.offline(folders)
        sign(signed_root, at_hand, root.roles[ROOT].keyids)
        sign(signed_targets, at_hand, root.roles[TARGETS].keyids)
        for path, content in contents.items():
            repository.put(targets.targets[path], content)
        write(repository, Keyring.online(pki), now, root=signed_root, targets=signed_targets, held={})
    return folders
