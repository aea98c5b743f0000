"""What `release` does, but for the signing."""

import asyncio
import secrets
from argparse import Namespace
from datetime import datetime

from tuf.api.metadata import TargetFile

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments, release_signing
from cloud_api.errors import SetupError
from cloud_api.fleet.releases import (
    applying,
    desired,
    holding,
    lock,
    making,
    offers,
    proposals,
    rings,
    rotation,
    telling,
    writing,
)
from cloud_api.fleet.releases.documents import Offer, Release
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.proposals import Proposal
from cloud_api.fleet.releases.repository import Repository, State
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

    what = f"release {release.version} published in the channel {release.channel}"
    return await release_signing.carried(given, release_signing.offering(change), what)


async def show(given: Namespace) -> str:
    repository = Repository(arguments.folder_of(given).releases)
    state = await asyncio.to_thread(repository.state)
    waiting = f"{repository.proposal}: waits for further holders\n" if repository.proposal.exists() else ""
    return "".join(f"{line}\n" for line in telling.standing(state, SystemClock().now())) + waiting


async def refresh(given: Namespace) -> str:
    folder, now = arguments.folder_of(given), SystemClock().now()
    if given.keys:
        return await release_signing.carried(given, rotation.renewal, "signatures on releases renewed")
    repository = Repository(folder.releases)
    await asyncio.to_thread(writing.refresh, repository, Keyring.online(folder.pki), now, always=True)
    await arguments.enter(given, "signatures of the service on releases renewed")
    return f"{repository.metadata}: renewed\n"


async def pause(given: Namespace) -> str:
    return await _hold(given, given.reason) or f"{given.version}: is held for this reason already\n"


async def resume(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    held = await asyncio.to_thread(
        holding.resume,
        Repository(folder.releases),
        Keyring.online(folder.pki),
        given.version,
        SystemClock().now(),
    )
    if not held:
        return f"{given.version}: is not held\n"
    await arguments.enter(given, f"release {given.version} resumed")
    return f"{given.version}: resumed\n"


async def retire(given: Namespace) -> str:
    """Held at once, and gone with the signatures of holders."""
    told = await _hold(given, holding.RETIRED)
    change = release_signing.offering(lambda state: offers.retired(state.offer, given.version))
    return told + await release_signing.carried(given, change, f"release {given.version} retired")


async def rollout(given: Namespace) -> str:
    stages = rings.steady(given.share, begin=SystemClock().now())
    change = release_signing.offering(lambda state: offers.spread(state.offer, given.version, stages))
    what = f"release {given.version} for {telling.percent(given.share)} of the devices"
    return await release_signing.carried(given, change, what)


async def rotate(given: Namespace) -> str:
    folder = arguments.folder_of(given)

    def propose(state: State, now: datetime) -> Proposal:
        if given.whose == rotation.SERVICE:
            return rotation.another_service(state, folder.pki, now)
        if not given.new:
            raise SetupError("--new: say where the keys are made that take the place of a holder's")
        return rotation.another_holder(state, given.whose, given.new, now)

    return await release_signing.carried(given, propose, f"release keys of {given.whose} replaced")


async def apply(given: Namespace) -> str:
    folder, now = arguments.folder_of(given), SystemClock().now()
    repository, fleet = Repository(folder.releases), desired.read(given.file)
    wanted = applying.changes(await asyncio.to_thread(repository.state), fleet, now)
    if not wanted.told:
        return f"{given.file}: all is as it is desired\n"
    if wanted.signs:
        proposals.check_free(repository)
    online = Keyring.online(folder.pki)
    for version, reason in wanted.held.items():
        await asyncio.to_thread(holding.hold, repository, online, version, reason, now)
    for version in wanted.resumed:
        await asyncio.to_thread(holding.resume, repository, online, version, now)
    said = ""
    if wanted.signs:
        change = release_signing.offering(lambda state: applying.changes(state, fleet, now).offer)
        said = await release_signing.carried(given, change, "desired state of releases applied")
    for sentence in wanted.told:
        await arguments.enter(given, f"release {sentence}")
    return "".join(f"{sentence}\n" for sentence in wanted.told) + said


async def _hold(given: Namespace, reason: str) -> str:
    folder = arguments.folder_of(given)
    new = await asyncio.to_thread(
        holding.hold,
        Repository(folder.releases),
        Keyring.online(folder.pki),
        given.version,
        reason,
        SystemClock().now(),
    )
    if not new:
        return ""
    await arguments.enter(given, f"release {given.version} held: {reason}")
    return f"{given.version}: held: {reason}\n"
