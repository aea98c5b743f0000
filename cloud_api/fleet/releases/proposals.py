"""Proposals: what holders are to sign, one after another if need be, with all the documents that they sign for."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, TargetFile, Targets
from tuf.api.serialization import DeserializationError

from cloud_api.errors import SetupError
from cloud_api.files import write_private
from cloud_api.fleet.releases import documents
from cloud_api.fleet.releases.documents import CHANNELS, RELEASES, WHEELS, Channel, Offer, Release
from cloud_api.fleet.releases.holding import held_still
from cloud_api.fleet.releases.keys import HOLDS, ROOT, TARGETS, Keyring
from cloud_api.fleet.releases.repository import PUBLIC, Repository, State
from cloud_api.fleet.releases.writing import expiry, following, named, sign, write


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as it is carried from one holder to the next."""

    before: str
    """The root that stands."""
    root: str | None
    """The one that is to follow, where it changes."""
    targets: str
    documents: dict[str, str]


class Proposal:
    """Metadata that want signatures."""

    def __init__(
        self,
        *,
        before: Metadata[Root],
        root: Metadata[Root] | None,
        targets: Metadata[Targets],
        contents: Mapping[str, bytes],
    ) -> None:
        self.before, self.root, self.targets, self.contents = before, root, targets, contents
        self.offer = _offer(contents)

    @classmethod
    def read(cls, file: Path) -> "Proposal":
        """Raises SetupError where it is none, or where it wants signatures for something else than it shows."""
        try:
            carried = msgspec.json.decode(file.read_bytes(), type=_File)
            proposal = cls(
                before=Metadata[Root].from_bytes(carried.before.encode()),
                root=Metadata[Root].from_bytes(carried.root.encode()) if carried.root else None,
                targets=Metadata[Targets].from_bytes(carried.targets.encode()),
                contents={path: text.encode() for path, text in carried.documents.items()},
            )
        except OSError as error:
            raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
        except (msgspec.MsgspecError, DeserializationError, RepositoryError) as error:
            raise SetupError(f"{file}: no proposal of a release ({type(error).__name__})") from error
        signed = proposal.targets.signed
        if _targets(proposal.offer, proposal.contents) != signed.targets or not _holds_alone(signed.delegations):
            raise SetupError(f"{file}: what is to be signed is not what the proposal shows")
        return proposal

    def write(self, file: Path) -> None:
        carried = _File(
            before=self.before.to_bytes().decode(),
            root=self.root.to_bytes().decode() if self.root else None,
            targets=self.targets.to_bytes().decode(),
            documents={path: content.decode() for path, content in self.contents.items()},
        )
        write_private(file, msgspec.json.format(msgspec.json.encode(carried), indent=1) + b"\n", mode=PUBLIC)

    def sign(self, keys: Keyring) -> None:
        """Add the signatures of the keys at hand."""
        sign(self.targets, keys, self._keyids(TARGETS))
        if self.root:
            sign(self.root, keys, self._keyids(ROOT))

    def take(self, other: "Proposal") -> None:
        """Add the signatures that another copy has. Raises SetupError where it is a copy of something else."""
        pairs: list[tuple[Metadata[Any] | None, Metadata[Any] | None]] = [
            (self.targets, other.targets),
            (self.root, other.root),
        ]
        for mine, theirs in pairs:
            if (mine and mine.signed) != (theirs and theirs.signed):
                raise SetupError("this is another proposal than the one that waits")
            if mine and theirs:
                mine.signatures.update(theirs.signatures)

    def missing(self) -> int:
        """How many holders have to sign yet."""
        lacking = [self._lacking(root, TARGETS, self.targets) for root in self._roots()]
        if self.root:
            lacking += [self._lacking(root, ROOT, self.root) for root in self._roots()]
        return max(lacking)

    def _roots(self) -> list[Metadata[Root]]:
        return [self.before, *([self.root] if self.root else [])]

    def _keyids(self, role: str) -> set[str]:
        return {keyid for root in self._roots() for keyid in root.signed.roles[role].keyids}

    @staticmethod
    def _lacking(root: Metadata[Root], role: str, metadata: Metadata[Any]) -> int:
        result = root.signed.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
        return max(result.missing, 0)


def proposed(
    state: State,
    offer: Offer,
    now: datetime,
    *,
    root: Metadata[Root] | None = None,
    delegations: Delegations | None = None,
) -> Proposal:
    """What holders have to sign so that this is offered from now on."""
    signed: list[Release | Channel] = [*offer.releases.values(), *offer.channels.values()]
    contents = {each.target: documents.encode(each) for each in signed}
    targets = Targets(
        version=following(state.targets, now),
        expires=expiry(TARGETS, now),
        targets=_targets(offer, contents),
        delegations=delegations or state.targets.signed.delegations,
    )
    return Proposal(before=state.root, root=root, targets=Metadata(targets), contents=contents)


def settle(repository: Repository, proposal: Proposal, online: Keyring, now: datetime) -> int:
    """Let a proposal stand if it has its signatures, else keep it as it is now; how many holders are missing.

    Whoever calls is the only one who writes.
    """
    missing = proposal.missing()
    if missing:
        proposal.write(repository.proposal)
        return missing
    _check(repository, proposal, now)
    for path, content in proposal.contents.items():
        repository.put(proposal.targets.signed.targets[path], content)
    held = held_still(repository.state().held, proposal.offer)
    write(repository, online, now, root=proposal.root, targets=proposal.targets, held=held)
    repository.proposal.unlink(missing_ok=True)
    return 0


def check_free(repository: Repository) -> None:
    """Raises SetupError while a proposal waits: another one beside it would undo it."""
    if repository.proposal.exists():
        raise SetupError(
            f"{repository.proposal}: waits for the signatures of further holders "
            "(`cloud-api release sign`); delete it to give it up"
        )


def delegation(keyids: Mapping[str, Any]) -> Delegations:
    """That the service may hold releases, and nothing else."""
    role = DelegatedRole(HOLDS, list(keyids), 1, terminating=True, paths=[f"{documents.HOLDS}/*"])
    return Delegations(keys=dict(keyids), roles={HOLDS: role})


def _holds_alone(delegations: Delegations | None) -> bool:
    """Whether the service is let do what `delegation` says, and nobody anything else."""
    return delegations is not None and delegations == delegation(delegations.keys)


def _check(repository: Repository, proposal: Proposal, now: datetime) -> None:
    """Raises SetupError where it fits no more to what stands, or would skip the first ring."""
    state = repository.state()
    if proposal.targets.signed == state.targets.signed:
        return  # a crash came between this and the root that goes with it
    if proposal.targets.signed.version <= state.targets.signed.version:
        raise SetupError("something else was published since; delete the proposal and begin again")
    for path, target in proposal.targets.signed.targets.items():
        if path.startswith(f"{WHEELS}/") and not repository.file(target).exists():
            raise SetupError(f"{repository.file(target)}: is not there; delete the proposal and publish again")
    for release in proposal.offer.releases.values():
        begins = sorted(stage.begin for stage in release.stages)
        if release.version not in state.offer.releases and len(begins) > 1 and begins[1] <= now:
            raise SetupError(
                f"{release.version}: was signed so late that its second ring has begun before the first; "
                "delete the proposal and publish again with --from"
            )


def _offer(contents: Mapping[str, bytes]) -> Offer:
    """Raises SetupError for a document at another place than its own, or with more in it than is read."""
    releases, channels = dict[str, Release](), dict[str, Channel]()
    for path, content in contents.items():
        document: Release | Channel
        if path.startswith(f"{RELEASES}/"):
            document = documents.decode(content, Release, path)
            releases[document.version] = document
        elif path.startswith(f"{CHANNELS}/"):
            document = documents.decode(content, Channel, path)
            channels[document.channel] = document
        else:
            raise SetupError(f"{path}: nothing that holders sign")
        if path != document.target or content != documents.encode(document):
            raise SetupError(f"{path}: holds something else than it says")
    return Offer(channels=channels, releases=releases)


def _targets(offer: Offer, contents: Mapping[str, bytes]) -> dict[str, TargetFile]:
    """All targets of an offer: its documents, and the wheels that they name."""
    wheels = {wheel.target: wheel for release in offer.releases.values() for wheel in release.wheels}
    return {
        **named(contents),
        **{path: TargetFile(wheel.length, {"sha256": wheel.sha256}, path) for path, wheel in wheels.items()},
    }
