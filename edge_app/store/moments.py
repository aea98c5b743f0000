"""Moments as the database holds them: whole microseconds since 1970, UTC."""

from datetime import datetime, timedelta
from typing import overload

from edge_app.model.slot import EPOCH


@overload
def to_micros(moment: datetime) -> int: ...


@overload
def to_micros(moment: None) -> None: ...


def to_micros(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


@overload
def to_moment(micros: int) -> datetime: ...


@overload
def to_moment(micros: None) -> None: ...


def to_moment(micros: int | None) -> datetime | None:
    return None if micros is None else EPOCH + timedelta(microseconds=micros)
