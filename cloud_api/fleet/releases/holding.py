"""Holding: what the service can do by itself, which is to say less: nobody begins with a version that is held."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import memory
from cloud_api.fleet.releases.documents import LONGEST_REASON, Holds, Offer
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.repository import Repository
from cloud_api.fleet.releases.writing import write

PAUSED, RETIRED = "paused", "retired"
"""Reasons, where nobody gives one."""


def hold(repository: Repository, keys: Keyring, version: str, reason: str, now: datetime) -> bool:
    """Hold a version; False where it was held for this reason already."""
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise SetupError(f"a reason has up to {LONGEST_REASON} letters, in one line")
    with repository.alone():
        state = repository.state()
        release = state.offer.release(version)
        if state.reason(release) == reason:
            return False
        held = {**state.held.get(release.channel, Holds()).held, version: reason}
        write(repository, keys, now, held={**state.held, release.channel: Holds(held=held)})
    return True


def resume(repository: Repository, keys: Keyring, version: str, now: datetime) -> bool:
    """Hold a version no more; False where it was not held.

    What made it stop until now does not stop it again: the watch counts what happens from now on.
    """
    with repository.alone():
        state = repository.state()
        release = state.offer.release(version)
        if state.reason(release) is None:
            return False
        known = memory.read(repository)
        memory.write(
            repository,
            msgspec.structs.replace(
                known,
                stopped={each: stop for each, stop in known.stopped.items() if each != version},
                resumed={**known.resumed, version: now},
            ),
        )
        held = {each: reason for each, reason in state.held[release.channel].held.items() if each != version}
        write(repository, keys, now, held={**state.held, release.channel: Holds(held=held)})
    return True


def held_still(held: Mapping[str, Holds], offer: Offer) -> dict[str, Holds]:
    """What stays held once another offer stands: the same versions, in the channels in which they are now."""
    reasons = {version: reason for holds in held.values() for version, reason in holds.held.items()}
    found: dict[str, dict[str, str]] = {channel: {} for channel in held}
    for version, reason in reasons.items():
        release = offer.releases.get(version)
        if release:
            found.setdefault(release.channel, {})[version] = reason
    return {channel: Holds(held=some) for channel, some in found.items()}
