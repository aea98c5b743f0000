"""An alert: troubles that began together as one text, grouped by what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cloud_api.store.troubles import Trouble
from cloud_api.watch.explaining import Explained, explain

SHOWN = 20
"""Devices of a group that are named; of the others stands how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Troubles of the same kind and cause."""

    kind: str
    cause: str
    troubles: Sequence[Trouble]

    @property
    def explained(self) -> Explained:
        return explain(self.kind, self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What administrators are told at once."""

    groups: Sequence[Group]
    status_url: str | None

    @classmethod
    def of(cls, troubles: Sequence[Trouble], *, status_url: str | None) -> "Message":
        ordered = sorted(troubles, key=_kind)
        groups = [
            Group(kind=kind, cause=cause, troubles=list(some)) for (kind, cause), some in groupby(ordered, key=_kind)
        ]
        return cls(groups=sorted(groups, key=lambda group: -len(group.troubles)), status_url=status_url)

    @property
    def subject(self) -> str:
        devices = len({trouble.device for group in self.groups for trouble in group.troubles})
        named = ", ".join(f"{len(group.troubles)} {group.kind}" for group in self.groups)
        return f"Zählwerk: {devices} {'device needs' if devices == 1 else 'devices need'} somebody ({named})"

    @property
    def text(self) -> str:
        parts = [part for group in self.groups for part in self._part(group)]
        return "\n".join([*parts, *([f"All devices: {self.status_url}"] if self.status_url else [])]) + "\n"

    def _part(self, group: Group) -> list[str]:
        named = group.troubles[:SHOWN]
        left = len(group.troubles) - len(named)
        return [
            f"{group.kind}{f', {group.cause}' if group.cause else ''}: {len(group.troubles)}",
            group.explained.cause,
            group.explained.step,
            *(f"  {self._device(trouble)} since {trouble.since:%Y-%m-%d %H:%M} UTC" for trouble in named),
            *([f"  and {left} more"] if left else []),
            "",
        ]

    def _device(self, trouble: Trouble) -> str:
        return f"{self.status_url.rstrip('/')}/{trouble.device}" if self.status_url else str(trouble.device)


def _kind(trouble: Trouble) -> tuple[str, str]:
    return trouble.kind, trouble.cause
