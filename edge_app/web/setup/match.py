"""What is heard beside what was chosen: which registered meter fits, and what differs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from edge_app.metering.meter import Meter
from edge_app.setup.sound import Sound
from edge_app.web.setup.bench import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that is heard, with the registered meter that goes with it."""

    model: str
    name: str
    meter: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A choice that does not go with what is heard."""

    chosen: str
    """The model that was chosen."""
    meter: Expected
    offers: Sequence[Offer]


def fitting_meters(sound: Sound, free: Sequence[Expected]) -> list[Expected]:
    """The registered meters that may be the one that is heard; one that only delivers counts what is generated."""
    models = {each.model for each in sound.candidates}
    fits = [each for each in free if each.model in models]
    generating = [each for each in fits if each.generates]
    return generating if sound.delivers_only and generating else fits


def likely_meter(sound: Sound, free: Sequence[Expected]) -> str | None:
    """The only registered meter that fits; where nothing is heard or fits, the only one that there is."""
    fits = fitting_meters(sound, free) or free
    return fits[0].uuid if len(fits) == 1 else None


def likely_model(found: Sequence[Meter], expected: Collection[str], fitted: str | None) -> str | None:
    """The model that was set, unless another is heard; the only one that is, or the only registered one of those."""
    names = [each.model for each in found]
    if fitted and (fitted in names or not names):
        return fitted
    registered = [name for name in names if name in expected]
    return names[0] if len(names) == 1 else registered[0] if len(registered) == 1 else None


def difference(sound: Sound, model: str, meter: Expected, free: Sequence[Expected]) -> Difference | None:
    """What differs between a choice and what is heard; None where they go together, or nothing known is heard.

    A registered meter of another model than is heard may be a mistake of the registration. Where one is free that fits
    it rather is one of the choice.
    """
    models = {each.model for each in sound.candidates}
    fits = fitting_meters(sound, free)
    goes_together = model in models and (meter.model in models or not fits)
    if not models or goes_together:
        return None
    offers = []
    for each in sound.candidates:
        mine = [other for other in fits if other.model == each.model]
        offers.append(Offer(model=each.model, name=each.name, meter=meter if meter in mine or not mine else mine[0]))
    return Difference(chosen=model, meter=meter, offers=offers)
