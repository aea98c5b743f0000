"""A repository of updates as a holder of all its keys makes it, with the API of tuf alone."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner, Signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

FAR = timedelta(days=30)
SALT = "salt"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Publisher:
    """Writes metadata and targets into a folder; what it holds in its fields goes out with the next `publish`."""

    folder: Path
    keys: dict[str, list[CryptoSigner]] = field(default_factory=dict)
    targets: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    version: int = 0
    expires: datetime = field(default_factory=lambda: now() + FAR)

    def __post_init__(self) -> None:
        for role, number in {"root": 3, "targets": 3, "snapshot": 1, "timestamp": 1, "holds": 1}.items():
            self.keys[role] = [CryptoSigner.generate_ed25519() for _ in range(number)]
        (self.folder / "metadata").mkdir(parents=True)
        self.roots = 0
        self.sign_root()

    @property
    def root(self) -> bytes:
        """The first root, which a device comes with."""
        return (self.folder / "metadata" / "1.root.json").read_bytes()

    def sign_root(self, *, with_keys_of_before: Sequence[CryptoSigner] = ()) -> None:
        """Write the next root, with the keys of now."""
        self.roots += 1
        root = Root(version=self.roots, expires=self.expires, consistent_snapshot=True)
        for role in ("root", "targets", "snapshot", "timestamp"):
            for signer in self.keys[role]:
                root.add_key(signer.public_key, role)
            root.roles[role].threshold = 2 if len(self.keys[role]) > 1 else 1
        self._write(f"{self.roots}.root", root, [*self.keys["root"][:2], *with_keys_of_before])

    def release(self, version: str, wheels: Sequence[Path], /, **changed: Any) -> None:
        """Add a release of these wheels, for everybody at once."""
        listed = []
        for wheel in wheels:
            content = wheel.read_bytes()
            self.targets[f"wheels/{wheel.name}"] = content
            digest = hashlib.sha256(content).hexdigest()
            listed.append({"name": wheel.name, "sha256": digest, "length": len(content)})
        document = {
            "version": version,
            "channel": "stable",
            "python": "3.11",
            "wheels": listed,
            "stages": [{"share": 1.0, "from": "2026-01-01T00:00:00Z"}],
            "salt": SALT,
            "downgrade": False,
        } | changed
        self.targets[f"releases/{version}.json"] = json.dumps(document).encode()

    def channel(self, *versions: str, pinned: Mapping[str, str] | None = None, name: str = "stable") -> None:
        document = {"channel": name, "versions": versions, "pinned": pinned or {}}
        self.targets[f"channels/{name}.json"] = json.dumps(document).encode()

    def hold(self, **held: str) -> None:
        self.held["holds/stable.json"] = json.dumps({"held": held}).encode()

    def publish(self, *, signers: int = 2) -> None:
        """Write everything as the next version; `signers` is how many holders of the targets sign."""
        self.version += 1
        for path, content in {**self.targets, **self.held}.items():
            folder, _, name = path.rpartition("/")
            file = self.folder / "targets" / folder / f"{hashlib.sha256(content).hexdigest()}.{name}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        online = self.keys["holds"][0].public_key
        delegations = Delegations(
            {online.keyid: online}, {"holds": DelegatedRole("holds", [online.keyid], 1, True, paths=["holds/*"])}
        )
        targets = Targets(
            version=self.version, expires=self.expires, targets=_files(self.targets), delegations=delegations
        )
        holds = Targets(version=self.version, expires=self.expires, targets=_files(self.held))
        self._write(f"{self.version}.targets", targets, self.keys["targets"][:signers])
        self._write(f"{self.version}.holds", holds, self.keys["holds"])
        meta = {f"{role}.json": MetaFile(version=self.version) for role in ("targets", "holds")}
        self.write_snapshot(Snapshot(version=self.version, expires=self.expires, meta=meta))

    def write_snapshot(self, snapshot: Snapshot) -> None:
        """Write a snapshot and the timestamp that leads to it."""
        self._write(f"{snapshot.version}.snapshot", snapshot, self.keys["snapshot"])
        self.write_timestamp(snapshot.version)

    def write_timestamp(self, snapshot: int, *, expires: datetime | None = None, version: int | None = None) -> None:
        timestamp = Timestamp(
            version=version or self.version,
            expires=expires or self.expires,
            snapshot_meta=MetaFile(version=snapshot),
        )
        self._write("timestamp", timestamp, self.keys["timestamp"])

    def _write(self, name: str, signed: Any, signers: Sequence[Signer]) -> None:
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        (self.folder / "metadata" / f"{name}.json").write_bytes(metadata.to_bytes())


def _files(targets: Mapping[str, bytes]) -> dict[str, TargetFile]:
    return {path: TargetFile.from_data(path, content, ["sha256"]) for path, content in targets.items()}
