"""The texts that consent is given to: every version that was ever shown, word for word, and its SHA-256."""

import hashlib
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import Fault, FieldsError, SetupError
from cloud_api.store.schema import consent_text

BINDING = "de"
"""The language whose text is meant where nobody says which was shown."""


async def agreed(connection: AsyncConnection, version: str | None, sha256: str | None) -> tuple[str, str]:
    """Version and hash of the text that a grant means: the current one unless it says otherwise.

    Raises FieldsError for a version that was never in use, and for a hash of none of its texts.
    """
    if version is None:
        version = await _newest(connection)
    query = select(consent_text.c.language, consent_text.c.sha256).where(consent_text.c.version == version)
    hashes = {row.language: row.sha256 for row in (await connection.execute(query)).all()}
    if not hashes:
        raise _refused("text_version", "Expected a version of the consent text that was published")
    if sha256 is None:
        return version, hashes.get(BINDING) or min(hashes.values())
    if sha256 not in hashes.values():
        raise _refused("text_sha256", "Expected the SHA-256 of a text of this version")
    return version, sha256


async def current(connection: AsyncConnection) -> wire.ConsentTexts:
    """The newest version, in each of its languages."""
    version = await _newest(connection)
    query = select(consent_text).where(consent_text.c.version == version).order_by(consent_text.c.language)
    rows = (await connection.execute(query)).all()
    texts = [wire.ConsentText(language=row.language, content=row.content, sha256=row.sha256) for row in rows]
    return wire.ConsentTexts(version=version, texts=texts)


async def _newest(connection: AsyncConnection) -> str:
    newest = select(consent_text.c.version).order_by(consent_text.c.added_at.desc(), consent_text.c.version.desc())
    return str((await connection.scalars(newest.limit(1))).one())


async def add(connection: AsyncConnection, version: str, language: str, content: str, *, at: datetime) -> str:
    """Keep a text; its SHA-256. Raises SetupError where this version has another text of the language already."""
    sha256 = sha256_of(content)
    row = {"version": version, "language": language, "sha256": sha256, "content": content, "added_at": at}
    try:
        await connection.execute(insert(consent_text).values(row))
    except IntegrityError as error:
        raise SetupError(f"version {version} has a text in `{language}` already; texts are never changed") from error
    return sha256


def sha256_of(content: str) -> str:
    """The hash of the text in UTF-8, as it is shown: not a blank or line break more."""
    return hashlib.sha256(content.encode()).hexdigest()


def _refused(field: str, expected: str) -> FieldsError:
    return FieldsError(expected, Fault(pointer=f"/{field}", detail=expected))
