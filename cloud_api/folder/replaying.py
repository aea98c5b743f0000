"""Replaying: what was revoked after a backup was made is revoked again in the cloud that is restored from it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.clock import Clock
from cloud_api.folder.layout import DataFolder
from cloud_api.privacy.anonymise import anonymise
from cloud_api.privacy.atlas import Atlas
from cloud_api.privacy.journal import Journal, Line, read, revocations
from cloud_api.store import audit, consents
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.database import Database
from cloud_api.store.place import Place


async def replay(folder: DataFolder, place: Place, told: Sequence[Line], *, clock: Clock) -> int:
    """Take up what other journals tell and the restored one does not; how many households are anonymised by it."""
    journal = Journal.load(folder.journal, folder.pki)
    known = list(read(journal.file))
    journal.add(*(line for line in dict.fromkeys(told) if line not in known))
    async with Database.open(place) as database:
        async with database.write() as connection:
            await audit.add(connection, Entry(at=clock.now(), who=COMMAND, what="restored from a backup"))
            count = await _revoke(connection, journal, [*known, *told], clock)
        await database.sweep()
    return count


async def _revoke(connection: AsyncConnection, journal: Journal, lines: Sequence[Line], clock: Clock) -> int:
    revoked = revocations(lines)
    atlas, count = Atlas(), 0
    for household in await consents.not_revoked(connection):
        at = revoked.get(journal.household(household))
        if at is None:
            continue
        await consents.revoke_again(connection, household, at=at)
        await anonymise(connection, household, atlas=atlas)
        what = "consent revoked again after a restore, household anonymised"
        await audit.add(connection, Entry(at=clock.now(), who=COMMAND, what=what, household=household))
        count += 1
    return count
