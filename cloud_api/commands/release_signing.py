"""`release sign`, and how every act that wants the signatures of holders is carried to its end."""

import asyncio
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.fleet.releases import lock, proposals, telling
from cloud_api.fleet.releases.documents import Offer
from cloud_api.fleet.releases.keys import Keyring, adopt
from cloud_api.fleet.releases.proposals import Proposal
from cloud_api.fleet.releases.repository import Repository, State
from cloud_api.folder.layout import DataFolder

Propose = Callable[[State, datetime], Proposal | None]
"""What is to be signed as things stand; None where nothing is."""


async def sign(given: Namespace) -> str:
    if given.file and given.keys:
        return await asyncio.to_thread(_sign_copy, given)
    if not given.file and not given.keys:
        raise SetupError("nothing to sign with (expected --keys, or the file of a signed proposal)")
    folder = arguments.folder_of(given)
    missing, told = await asyncio.to_thread(_sign_here, folder, given, SystemClock().now())
    await arguments.enter(given, f"proposal of releases signed, {_outcome(missing)}")
    return told + _standing(folder, missing)


async def carried(given: Namespace, propose: Propose, what: str) -> str:
    """Sign with the keys at hand; what stands now, or what is yet to be done for it."""
    folder = arguments.folder_of(given)
    missing = await asyncio.to_thread(_begin, folder, given, propose)
    if missing is None:
        return "nothing to change\n"
    await arguments.enter(given, f"{what}, {_outcome(missing)}")
    return f"{what}\n{_standing(folder, missing)}"


def offering(change: Callable[[State], Offer]) -> Propose:
    """Propose that something else is offered."""

    def propose(state: State, now: datetime) -> Proposal | None:
        offer = change(state)
        return None if offer == state.offer else proposals.proposed(state, offer, now)

    return propose


def _begin(folder: DataFolder, given: Namespace, propose: Propose) -> int | None:
    repository, now = Repository(folder.releases), SystemClock().now()
    holders = Keyring.offline(given.keys)
    with repository.alone():
        proposals.check_free(repository)
        proposal = propose(repository.state(), now)
        if proposal is None:
            return None
        proposal.sign(holders)
        return _settled(folder, repository, proposal, now)


def _sign_here(folder: DataFolder, given: Namespace, now: datetime) -> tuple[int, str]:
    repository = Repository(folder.releases)
    with repository.alone():
        if not repository.proposal.exists():
            raise SetupError(f"{repository.proposal}: is not there, nothing waits for signatures")
        proposal = Proposal.read(repository.proposal)
        if given.file:
            proposal.take(Proposal.read(given.file))
        told = _told(proposal, given.lock)
        proposal.sign(Keyring.offline(given.keys))
        return _settled(folder, repository, proposal, now), told


def _settled(folder: DataFolder, repository: Repository, proposal: Proposal, now: datetime) -> int:
    missing = proposals.settle(repository, proposal, Keyring.online(folder.pki), now)
    if not missing:
        adopt(folder.pki, repository.state().keyids)
    return missing


def _sign_copy(given: Namespace) -> str:
    """On the machine of a holder, which has no data folder."""
    proposal = Proposal.read(given.file)
    told = _told(proposal, given.lock)
    proposal.sign(Keyring.offline(given.keys))
    proposal.write(given.file)
    return f"{told}{given.file}: signed\n"


def _told(proposal: Proposal, own: Path | None) -> str:
    """What is signed. Raises SetupError where a lock of the holder's own says otherwise."""
    agreed = f"{own}: has the wheels of the release {lock.agree(own, proposal.offer.releases)}\n" if own else ""
    return "".join(f"{line}\n" for line in telling.proposal(proposal)) + agreed


def _outcome(missing: int) -> str:
    return f"to be signed by {missing} more" if missing else "it stands"


def _standing(folder: DataFolder, missing: int) -> str:
    if not missing:
        return "it stands\n"
    proposal = Repository(folder.releases).proposal
    return (
        f"{proposal}: waits for {missing} more {'holder' if missing == 1 else 'holders'} (`cloud-api release sign`)\n"
    )
