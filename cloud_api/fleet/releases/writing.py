"""Writing: another state of a repository, signed by the service's own keys and switched to all at once."""

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import documents
from cloud_api.fleet.releases.documents import Holds
from cloud_api.fleet.releases.keys import HOLDS, ONLINE, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, Keyring
from cloud_api.fleet.releases.repository import Repository, State

LIVES = {
    ROOT: timedelta(days=365),
    TARGETS: timedelta(days=90),
    SNAPSHOT: timedelta(days=7),
    HOLDS: timedelta(days=7),
    TIMESTAMP: timedelta(days=1),
}
"""How long the metadata of each role are good."""
KEPT = timedelta(days=7)
"""How long what is no longer named stays, for devices that are in the middle of it."""


def write(
    repository: Repository,
    keys: Keyring,
    now: datetime,
    *,
    root: Metadata[Root] | None = None,
    targets: Metadata[Targets] | None = None,
    held: Mapping[str, Holds] | None = None,
    roles: Collection[str] = ONLINE,
) -> None:
    """Let another state stand; whoever calls is the only one who writes.

    What is not given stays as it is, and `roles` of the service alone are made anew. A new root is written last:
    until then everything is good under the one before, and afterwards under the new one, as both vouch for all of it.
    Raises SetupError where signatures or keys are missing; then nothing has changed.
    """
    before = repository.state() if repository.exists else None
    roots = [*([before.root] if before else []), *([root] if root else [])]
    present = targets or (before.targets if before else None)
    if not roots or present is None:
        raise SetupError(f"{repository.folder}: no repository yet; `cloud-api release init` makes one")
    for each in roots:
        vouch(each, TARGETS, present)
        if root:
            vouch(each, ROOT, root)

    delegated = present.signed.get_delegated_role(HOLDS).keyids
    if before and held is None and HOLDS not in roles:
        holds = before.holds
    else:
        kept = held if held is not None else (before.held if before else {})
        contents = {f"{documents.HOLDS}/{channel}.json": documents.encode(each) for channel, each in kept.items()}
        holds = Metadata(Targets(**_new(HOLDS, before.holds if before else None, now), targets=named(contents)))
        sign(holds, keys, delegated)
        for path, content in contents.items():
            repository.put(holds.signed.targets[path], content)
    vouch(present, HOLDS, holds)

    if before and SNAPSHOT not in roles:
        snapshot = before.snapshot
    else:
        meta = {"targets.json": _meta(present), "holds.json": _meta(holds)}
        snapshot = Metadata(Snapshot(**_new(SNAPSHOT, before.snapshot if before else None, now), meta=meta))
        sign(snapshot, keys, _keyids(roots, SNAPSHOT))
    timestamp = Metadata(
        Timestamp(**_new(TIMESTAMP, before.timestamp if before else None, now), snapshot_meta=_meta(snapshot)),
    )
    sign(timestamp, keys, _keyids(roots, TIMESTAMP))
    for each in roots:
        vouch(each, SNAPSHOT, snapshot)
        vouch(each, TIMESTAMP, timestamp)

    repository.name(present.signed.version, TARGETS, present.to_bytes())
    repository.name(holds.signed.version, HOLDS, holds.to_bytes())
    repository.name(snapshot.signed.version, SNAPSHOT, snapshot.to_bytes())
    if root and not before:
        repository.name(root.signed.version, ROOT, root.to_bytes())
    repository.switch(timestamp.to_bytes())
    if root and before:
        repository.name(root.signed.version, ROOT, root.to_bytes())
    tidy(repository, now)


def due(state: State, now: datetime) -> list[str]:
    """Roles of the service of whose life half is over, with those that have to follow them."""
    ages: list[tuple[str, Metadata[Any]]] = [
        (HOLDS, state.holds),
        (SNAPSHOT, state.snapshot),
        (TIMESTAMP, state.timestamp),
    ]
    for number, (role, metadata) in enumerate(ages):
        if metadata.signed.expires - now < LIVES[role] / 2:
            return [each for each, _ in ages[number:]]
    return []


def refresh(repository: Repository, keys: Keyring, now: datetime, *, always: bool = False) -> list[str]:
    """Renew what the service signs itself, as far as it is time; which roles that were."""
    with repository.alone():
        roles = list(ONLINE) if always else due(repository.state(), now)
        if roles:
            write(repository, keys, now, roles=roles)
    return roles


def sign(metadata: Metadata[Any], keys: Keyring, keyids: Iterable[str]) -> None:
    """Add the signatures of those keys that are at hand."""
    for signer in keys.among(keyids):
        metadata.sign(signer, append=True)


def vouch(delegator: Metadata[Any], role: str, metadata: Metadata[Any]) -> None:
    """Raises SetupError where the delegator does not vouch for the metadata of a role."""
    try:
        delegator.signed.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError as error:
        if role in ONLINE:
            raise SetupError(f"{role}: the key of the service is not here (expected update-{role}.key)") from error
        raise SetupError(f"{role}: signatures of further holders are needed") from error


def named(contents: Mapping[str, bytes]) -> dict[str, TargetFile]:
    """Contents as metadata name them."""
    return {path: TargetFile.from_data(path, content, ["sha256"]) for path, content in contents.items()}


def following(before: Metadata[Any] | None, now: datetime) -> int:
    """The number of a version: seconds since 1970, so that what follows a restored backup is newer than all before."""
    return max(int(now.timestamp()), before.signed.version + 1 if before else 1)


def expiry(role: str, now: datetime) -> datetime:
    return (now + LIVES[role]).replace(microsecond=0)


def tidy(repository: Repository, now: datetime) -> None:
    """Remove what has not been named for a while."""
    state = repository.state()
    versions = {
        TARGETS: state.targets.signed.version,
        HOLDS: state.holds.signed.version,
        SNAPSHOT: state.snapshot.signed.version,
    }
    for file in repository.metadata.glob("*.*.json"):
        number, role, _ = file.name.split(".")
        if role in versions and int(number) != versions[role] and _old(file, now):
            file.unlink()
    if repository.proposal.exists():
        return  # it names more
    names = (*state.targets.signed.targets.values(), *state.holds.signed.targets.values())
    known = {repository.file(target) for target in names}
    for file in repository.targets.rglob("*"):
        if file.is_file() and file not in known and _old(file, now):
            file.unlink()


def _old(file: Path, now: datetime) -> bool:
    """By the clock of this machine, which dates files, and by the one that we go by."""
    at = min(time.time(), now.timestamp())
    return at - file.stat().st_mtime > KEPT.total_seconds()


def _new(role: str, before: Metadata[Any] | None, now: datetime) -> dict[str, Any]:
    return {"version": following(before, now), "expires": expiry(role, now)}


def _meta(metadata: Metadata[Any]) -> MetaFile:
    return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), ["sha256"])


def _keyids(roots: Iterable[Metadata[Root]], role: str) -> set[str]:
    return {keyid for root in roots for keyid in root.signed.roles[role].keyids}
