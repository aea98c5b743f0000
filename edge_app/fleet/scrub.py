"""The scrub: takes out of texts what is personal or secret, by what is known of this household and by its looks."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from cryptography import x509
from sqlite_utils import Database

from edge_app.config import Config
from edge_app.store import answers, pins
from edge_app.store.vault import Vault

TAKEN_OUT = "…"
SHORTEST = 3
"""Letters of the shortest word that is taken for private by itself; shorter ones stand everywhere."""
LOOKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # an e-mail address
        r"\b[a-z][a-z0-9+.-]*://[^\s/@]+:[^\s/@]+@",  # a password in an address
        r"(?s)-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)",
        r"\$argon2\S+",
        r"(?i)\b(?:pin|code|passwor[dt]|passphrase|secret|token|bearer|key)\b[\s:=\"']+[^\s\"',;]+",
        r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}\b",  # an access code
        r"\b[A-Za-zÄÖÜäöüß.-]*(?:[sS]tra(?:ß|ss)e|[sS]tr\.|[wW]eg|[pP]latz|[aA]llee|[gG]asse|[rR]ing)\s+\d+\s?[a-z]?\b",
        r"\b\d{5}\s+[A-ZÄÖÜ][\wäöüß-]+",  # a post code and its town
        r"(?<![\w.:-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",  # an address in the network
        r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}:?[0-9a-fA-F]{0,4}(?![\w:])",
        r"\b[A-Za-z0-9+/_=-]{40,}",  # random bytes
        r"(?<![\w.:-])\d{4,}(?![\w.:-])",  # a PIN, or the number of a meter
    )
)
ASKED = ("account", "household", "household/correction")
"""What the cloud was asked, and answers with names, addresses and people's own words."""
UUID_ALONE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT_ALONE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)")


class Scrub:
    """Replaces private words, the longest first, and whatever looks like one."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in words if len(word) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None

    def text(self, text: str) -> str:
        if self._known:
            text = self._known.sub(TAKEN_OUT, text)
        if UUID_ALONE.fullmatch(text) or MOMENT_ALONE.fullmatch(text):
            return text
        for look in LOOKS:
            text = look.sub(TAKEN_OUT, text)
        return text

    def tree(self, thing: Any) -> Any:
        """The same for all texts of a document."""
        if isinstance(thing, str):
            return self.text(thing)
        if isinstance(thing, dict):
            return {name: self.tree(value) for name, value in thing.items()}
        return [self.tree(each) for each in thing] if isinstance(thing, list) else thing


def private_words(db: Database, config: Config, vault: Vault) -> set[str]:
    """What is known here of the household, and is nobody's business: settings, PINs, what the cloud said of it."""
    words = {str(value) for value in (config.pages.participant_code, config.pages.installer_code, config.sentry.dsn)}
    words |= set(_leaves(config.plugin.content))
    words |= set(_of_certificate(config))
    for answer in filter(None, (answers.kept(db, asked) for asked in ASKED)):
        words |= {part for leaf in _leaves(json.loads(answer.text)) for part in (leaf, *leaf.split())}
    for row in db.query("select meter from pin"):
        if kept := pins.kept(db, vault, UUID(row["meter"])):
            words.add(kept.text)
    for row in db.query("select server_id, stranger from identity"):
        words |= {row["server_id"], row["stranger"] or ""}
    return {word for word in words if not _is_plain(word)}


def _leaves(thing: Any) -> Iterator[str]:
    """The texts and numbers in a document."""
    if isinstance(thing, dict):
        for value in thing.values():
            yield from _leaves(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _leaves(value)
    elif isinstance(thing, str | float | int) and not isinstance(thing, bool):
        yield str(thing)


def _of_certificate(config: Config) -> Iterator[str]:
    with suppress(OSError, ValueError, x509.ExtensionNotFound):
        certificate = x509.load_pem_x509_certificate(config.cloud.certificate.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        yield from names.get_values_for_type(x509.RFC822Name)


PLAIN = frozenset({"none", "granted", "revoked", "not-granted", "electricity", "pv-generation", "missing", "measured"})
"""Words of the field among what the cloud says, which tell of nobody."""


def _is_plain(word: str) -> bool:
    """Whether a word tells of nobody: a word of the field, a uuid, a moment, a number of three digits."""
    return (
        word.lower() in PLAIN
        or bool(UUID_ALONE.fullmatch(word) or MOMENT_ALONE.fullmatch(word))
        or (word.replace(".", "").isdigit() and len(word) <= SHORTEST)
    )
