"""What `release` does."""

import asyncio
import secrets
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime

from tuf.api.metadata import TargetFile

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.fleet.releases import lock, making, offers, proposals, rings, telling, writing
from cloud_api.fleet.releases.documents import Offer, Release
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.proposals import Proposal
from cloud_api.fleet.releases.repository import Repository, State
from cloud_api.folder.layout import DataFolder
from cloud_api.store import rollouts

LOCK = "requirements.lock"
SALT_BYTES = 16


async def init(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    repository = Repository(folder.releases)
    holders = await asyncio.to_thread(
        making.init,
        repository,
        folder.pki,
        given.keys,
        holders=given.holders,
        threshold=given.threshold,
        now=SystemClock().now(),
    )
    await arguments.enter(given, "repository of releases made")
    return "".join(
        (
            f"{repository.folder}: made; devices begin with {repository.metadata / '1.root.json'}\n",
            *(f"{holder}: carry it away, on a medium of its own, and keep it offline\n" for holder in holders),
            f"what is published needs {given.threshold} of {given.holders} of them\n",
        )
    )


async def publish(given: Namespace) -> str:
    folder, now = arguments.folder_of(given), SystemClock().now()
    repository = Repository(folder.releases)
    found = await asyncio.to_thread(lock.collect, given.dist, given.lock or given.dist / LOCK, given.version)
    async with arguments.opened(given) as database, database.read() as connection:
        devices = await rollouts.devices(connection)
    salt, begin = secrets.token_hex(SALT_BYTES), given.begin or now
    release = Release(
        version=given.version,
        channel=given.channel,
        python=given.python,
        wheels=tuple(each.wheel for each in found),
        stages=rings.plan(salt, devices, begin=begin)
        if given.rollout is None
        else rings.steady(given.rollout, begin=begin),
        salt=salt,
        downgrade=given.downgrade,
    )

    def change(state: State) -> Offer:
        offer = offers.published(state.offer, release)
        for each in found:
            wheel = each.wheel
            repository.put(TargetFile(wheel.length, {"sha256": wheel.sha256}, wheel.target), each.file.read_bytes())
        return offer

    return await signed(given, change, f"release {release.version} published in the channel {release.channel}")


async def sign(given: Namespace) -> str:
    if given.file and given.keys:
        return await asyncio.to_thread(_sign_copy, given)
    if not given.file and not given.keys:
        raise SetupError("nothing to sign with (expected --keys, or the file of a signed proposal)")
    folder, now = arguments.folder_of(given), SystemClock().now()
    missing, told = await asyncio.to_thread(_sign_here, folder, given, now)
    await arguments.enter(given, "proposal of releases signed" if missing else "proposal of releases signed, it stands")
    return told + _standing(Repository(folder.releases), missing)


async def show(given: Namespace) -> str:
    repository = Repository(arguments.folder_of(given).releases)
    state = await asyncio.to_thread(repository.state)
    waiting = f"{repository.proposal}: waits for further holders\n" if repository.proposal.exists() else ""
    return "".join(f"{line}\n" for line in telling.standing(state, SystemClock().now())) + waiting


async def refresh(given: Namespace) -> str:
    folder, now = arguments.folder_of(given), SystemClock().now()
    if given.keys:
        return await signed(given, lambda state: state.offer, "signatures of releases renewed", renewing=True)
    repository = Repository(folder.releases)
    await asyncio.to_thread(writing.refresh, repository, Keyring.online(folder.pki), now, always=True)
    await arguments.enter(given, "signatures of the service on releases renewed")
    return f"{repository.metadata}: renewed\n"


async def signed(given: Namespace, change: Callable[[State], Offer], what: str, *, renewing: bool = False) -> str:
    """Change what is offered, with the signatures of holders; what was done, or what is yet to be done for it."""
    folder = arguments.folder_of(given)
    missing = await asyncio.to_thread(_change, folder, given, change, renewing=renewing)
    if missing is None:
        return "nothing to change\n"
    await arguments.enter(given, f"{what}, to be signed" if missing else what)
    return f"{what}\n{_standing(Repository(folder.releases), missing)}"


def _change(folder: DataFolder, given: Namespace, change: Callable[[State], Offer], *, renewing: bool) -> int | None:
    """How many holders have to sign yet; None where nothing changes."""
    repository, now = Repository(folder.releases), SystemClock().now()
    holders = Keyring.offline(given.keys)
    with repository.alone():
        state = repository.state()
        offer = change(state)
        if offer == state.offer and not renewing:
            return None
        proposal = proposals.proposed(state, offer, now)
        return proposals.begin(repository, proposal, holders, Keyring.online(folder.pki), now)


def _sign_here(folder: DataFolder, given: Namespace, now: datetime) -> tuple[int, str]:
    repository = Repository(folder.releases)
    with repository.alone():
        if not repository.proposal.exists():
            raise SetupError(f"{repository.proposal}: is not there, nothing waits for signatures")
        proposal = Proposal.read(repository.proposal)
        if given.file:
            proposal.take(Proposal.read(given.file))
        proposal.sign(Keyring.offline(given.keys))
        told = "".join(f"{line}\n" for line in telling.proposal(proposal))
        return proposals.settle(repository, proposal, Keyring.online(folder.pki), now), told


def _sign_copy(given: Namespace) -> str:
    """On the machine of a holder, which has no data folder."""
    proposal = Proposal.read(given.file)
    proposal.sign(Keyring.offline(given.keys))
    proposal.write(given.file)
    return "".join(f"{line}\n" for line in telling.proposal(proposal)) + f"{given.file}: signed\n"


def _standing(repository: Repository, missing: int) -> str:
    if not missing:
        return "it stands\n"
    return (
        f"{repository.proposal}: waits for {missing} more "
        f"{'holder' if missing == 1 else 'holders'} (`cloud-api release sign`)\n"
    )
