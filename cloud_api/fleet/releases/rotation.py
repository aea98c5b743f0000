"""Rotation: another root, in which the keys of a holder or of the service have made way for new ones."""

from datetime import datetime
from pathlib import Path

from securesystemslib.signer import Key
from tuf.api.metadata import Delegations, Metadata, Root

from cloud_api.errors import SetupError
from cloud_api.fleet.releases.keys import HOLDS, OFFLINE, ROOT, SNAPSHOT, TIMESTAMP, holder_of, made, next_file
from cloud_api.fleet.releases.proposals import Proposal, delegation, proposed
from cloud_api.fleet.releases.repository import State
from cloud_api.fleet.releases.writing import LIVES, expiry

SERVICE = "service"
"""What is rotated where it is no holder."""


def holders(root: Root) -> list[str]:
    """The names of the holders."""
    return sorted({holder_of(root.keys[keyid]) for keyid in root.roles[ROOT].keyids})


def another_holder(state: State, name: str, folder: Path, now: datetime) -> Proposal:
    """That the keys in a folder, which are made there, take the place of a holder's."""
    if name not in holders(state.root.signed):
        raise SetupError(f"{name}: no holder (expected {', '.join(holders(state.root.signed))}, or {SERVICE})")
    root = _next(state, now)
    for role in OFFLINE:
        for keyid in [each for each in root.roles[role].keyids if holder_of(root.keys[each]) == name]:
            root.revoke_key(keyid, role)
        root.add_key(made(folder / name / f"{role}.key", holder=name), role)
    return proposed(state, state.offer, now, root=Metadata(root))


def another_service(state: State, pki: Path, now: datetime) -> Proposal:
    """That the service signs with other keys, which lie beside the present ones until all is signed."""
    root = _next(state, now)
    for role in (SNAPSHOT, TIMESTAMP):
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
        root.add_key(made(next_file(pki, role)), role)
    holding: Key = made(next_file(pki, HOLDS))
    delegations: Delegations = delegation({holding.keyid: holding})
    return proposed(state, state.offer, now, root=Metadata(root), delegations=delegations)


def renewal(state: State, now: datetime) -> Proposal:
    """The same once more, good for longer; the root too, once half of its life is over."""
    half_over = state.root.signed.expires - now < LIVES[ROOT] / 2
    return proposed(state, state.offer, now, root=Metadata(_next(state, now)) if half_over else None)


def _next(state: State, now: datetime) -> Root:
    root = Root.from_dict(state.root.signed.to_dict())
    root.version, root.expires = root.version + 1, expiry(ROOT, now)
    return root
