"""An alert: troubles that began together as one text, grouped by what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cloud_api.store.troubles import Trouble
from cloud_api.watch.explaining import Explained, explain

Say = Callable[..., str]
"""Says a sentence of the catalogue in some language, with its values."""
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
class Notice:
    """Something that somebody has to see to, and that is of no device alone."""

    kind: str
    about: str
    """What it is about, such as a version."""
    detail: str
    since: datetime

    @property
    def subject(self) -> str:
        """What makes it the same another time."""
        return f"{self.about}/{self.kind}"

    @property
    def explained(self) -> Explained:
        return explain(self.kind, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What administrators are told at once."""

    groups: Sequence[Group]
    notices: Sequence[Notice] = ()
    status_url: str | None

    @classmethod
    def of(cls, troubles: Sequence[Trouble], notices: Sequence[Notice] = (), *, status_url: str | None) -> "Message":
        ordered = sorted(troubles, key=_kind)
        groups = [
            Group(kind=kind, cause=cause, troubles=list(some)) for (kind, cause), some in groupby(ordered, key=_kind)
        ]
        groups.sort(key=lambda group: -len(group.troubles))
        return cls(groups=groups, notices=notices, status_url=status_url)

    def subject(self, say: Say) -> str:
        devices = len({trouble.device for group in self.groups for trouble in group.troubles})
        named = ", ".join(
            [
                *(f"{notice.kind} {notice.about}" for notice in self.notices),
                *(f"{len(group.troubles)} {group.kind}" for group in self.groups),
            ]
        )
        if not devices:
            return say("Zählwerk: somebody is needed (%(named)s)", named=named)
        if devices == 1:
            return say("Zählwerk: 1 device needs somebody (%(named)s)", named=named)
        return say("Zählwerk: %(devices)s devices need somebody (%(named)s)", devices=devices, named=named)

    def text(self, say: Say) -> str:
        parts = [part for notice in self.notices for part in _noticed(notice, say)]
        parts += [part for group in self.groups for part in self._part(group, say)]
        link = [say("All devices: %(url)s", url=self.status_url)] if self.status_url else []
        return "\n".join([*parts, *link]) + "\n"

    def _part(self, group: Group, say: Say) -> list[str]:
        named = group.troubles[:SHOWN]
        left = len(group.troubles) - len(named)
        return [
            f"{group.kind}{f', {group.cause}' if group.cause else ''}: {len(group.troubles)}",
            say(group.explained.cause),
            say(group.explained.step),
            *(
                "  " + say("%(device)s since %(moment)s UTC", device=self._device(trouble), moment=_moment(trouble))
                for trouble in named
            ),
            *(["  " + say("and %(left)s more", left=left)] if left else []),
            "",
        ]

    def _device(self, trouble: Trouble) -> str:
        return f"{self.status_url.rstrip('/')}/{trouble.device}" if self.status_url else str(trouble.device)


def _noticed(notice: Notice, say: Say) -> list[str]:
    since = say("%(device)s since %(moment)s UTC", device=notice.detail, moment=f"{notice.since:%Y-%m-%d %H:%M}")
    explained = notice.explained
    return [f"{notice.kind}: {notice.about}", say(explained.cause), say(explained.step), f"  {since}", ""]


def _moment(trouble: Trouble) -> str:
    return f"{trouble.since:%Y-%m-%d %H:%M}"


def _kind(trouble: Trouble) -> tuple[str, str]:
    return trouble.kind, trouble.cause
