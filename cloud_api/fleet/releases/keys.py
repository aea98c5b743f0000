"""Keys of releases: those of the holders, kept offline, and those with which the service itself may say less."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, Key

from cloud_api.errors import SetupError
from cloud_api.files import make_private, write_private

ROOT, TARGETS, SNAPSHOT, TIMESTAMP, HOLDS = "root", "targets", "snapshot", "timestamp", "holds"
OFFLINE = (ROOT, TARGETS)
"""Roles whose keys holders have; each holder has one of his own for each."""
ONLINE = (SNAPSHOT, TIMESTAMP, HOLDS)
"""Roles whose keys the service has."""
PREFIX, NEXT = "update-", "-next"
"""How the names of the service's own keys begin, among its other keys; and how those end that are to follow."""
HOLDER = "x-holder"
"""What a key has beside what The Update Framework wants of it."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys at hand, by their ids; which of them may sign what, the metadata say."""

    signers: dict[str, CryptoSigner]

    @classmethod
    def of(cls, *files: Path) -> "Keyring":
        """Raises SetupError where a file is no key of ours."""
        signers = [_load(file) for file in files]
        return cls({signer.public_key.keyid: signer for signer in signers})

    @classmethod
    def offline(cls, folders: Iterable[Path]) -> "Keyring":
        """The keys below these folders, such as those of holders. Raises SetupError where one has none."""
        files: list[Path] = []
        for folder in folders:
            here = sorted(folder.rglob("*.key"))
            if not here:
                raise SetupError(f"{folder}: has no keys (expected {ROOT}.key and {TARGETS}.key of a holder)")
            files += here
        return cls.of(*files)

    @classmethod
    def online(cls, folder: Path) -> "Keyring":
        """The keys of the service."""
        return cls.of(*sorted(folder.glob(f"{PREFIX}*.key")))

    def __or__(self, other: "Keyring") -> "Keyring":
        return Keyring(self.signers | other.signers)

    def among(self, keyids: Iterable[str]) -> Iterator[CryptoSigner]:
        """Those that are here of the keys that are named."""
        return (self.signers[keyid] for keyid in sorted(set(keyids)) if keyid in self.signers)


def made(file: Path, *, holder: str | None = None) -> Key:
    """The public key of a file, which is written unless it is there already; it bears the name of its holder."""
    if not file.exists():
        make_private(file.parent)
        write_private(file, CryptoSigner(Ed25519PrivateKey.generate()).private_bytes)
    key = _load(file).public_key
    if holder:
        key.unrecognized_fields[HOLDER] = holder
    return key


def holder_of(key: Key) -> str:
    """Whose key it is; nothing where it is the service's."""
    return str(key.unrecognized_fields.get(HOLDER, ""))


def online_file(folder: Path, role: str) -> Path:
    return folder / f"{PREFIX}{role}.key"


def next_file(folder: Path, role: str) -> Path:
    """Where the key lies that is to follow the present one."""
    return folder / f"{PREFIX}{role}{NEXT}.key"


def adopt(folder: Path, keyids: Collection[str]) -> None:
    """Let those keys that are to follow, and are named by now, take the place of the present ones."""
    for role in ONLINE:
        file = next_file(folder, role)
        if file.exists() and _load(file).public_key.keyid in keyids:
            file.replace(online_file(folder, role))


def _load(file: Path) -> CryptoSigner:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(f"{file}: no key that can be read ({type(error).__name__})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(f"{file}: no key of ours (expected Ed25519)")
    return CryptoSigner(key)
