"""Checks of how a plugin unlocks its meter: over all tolerances, and with no long press but on InF.

Manuals leave open whether a pause without a pulse enters a zero, so every PIN is entered in both ways. Thresholds are
at both ends of what the profile says of them, and where some meters of the model happen to have them.

A check is a function of a subject that gives one sentence for each thing that is wrong.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from functools import lru_cache

from edge_app.kit.bench import START, Bench
from edge_app.kit.subject import Subject
from edge_app.metering.profile import Profile, Variant
from edge_app.metering.table import Table
from edge_app.metering.unlock.timing import timing
from edge_app.simulator.display import Display, Setting, Zero, rules
from edge_app.simulator.menu import Rules
from edge_app.simulator.virtual_meter import VirtualMeter

PINS = ("0000", "9999", "0907", "1000")
WRONG = "1001"
ZEROS: tuple[Zero, ...] = ("wait", "pulse-only")
SEEDS = (1, 2, 3)


class End(Enum):
    """The two ends between which the thresholds of a display may be."""

    LOWEST = -1
    HIGHEST = 1


def has_no_pin(subject: Subject) -> bool:
    """Whether class and profile say plainly that there is nothing to be unlocked."""
    states = [variant.locked for variant in subject.profile.variants.values()]
    return not any(states) and timing(subject.meter) is None and subject.meter.locked == subject.meter.unlocked


def layouts(subject: Subject) -> Iterator[str]:
    """Its locked layout is written down as well as its unlocked one, or it plainly has no PIN."""
    if not any(variant.locked for variant in subject.profile.variants.values()) and not has_no_pin(subject):
        yield "no variant tells what it sends while locked (where there is no PIN: let `locked` be `unlocked`)"


def unlocks(subject: Subject) -> Iterator[str]:
    """Its PIN unlocks the virtual meter that it describes over all tolerances, or it plainly has no PIN."""
    if has_no_pin(subject):
        return
    if timing(subject.meter) is None:
        yield "the profile has no table [unlock] (where there is no PIN: let `locked` be `unlocked`)"
        return
    if subject.profile.table("display") is None:
        yield "the profile has no table [display], which tells how the meter's side of the light behaves"
        return
    for variant in subject.profile.variants.values():
        if variant.locked is not None:
            yield from asyncio.run(_tried(subject, variant))


async def _tried(subject: Subject, variant: Variant) -> list[str]:
    """Try a variant in each of its menus, and thoroughly in the first in which InF is where the plugin looks for it."""
    fitting, wrongs = [], []
    for menu in _menus(subject.profile):
        there = _bench(subject, variant, setting=Setting(menu=menu))
        outcome = await there.unlock(PINS[0], answer=there.shows)
        if outcome.result.unlocked:
            fitting.append(menu)
        if not there.unharmed():
            wrongs.append(f"{variant.name}: in the menu {menu} a long press is made elsewhere than on InF")
    if not fitting:
        return [*wrongs, f"{variant.name}: stays locked, whichever menu it has"]
    wrongs += await _tried_over_tolerances(subject, variant, fitting[0])
    there = _bench(subject, variant, setting=Setting(menu=fitting[0]))
    outcome = await there.unlock(WRONG, answer=there.shows)
    if outcome.result.unlocked or there.display.state.wrong != 1 or not there.unharmed():
        wrongs.append(f"{variant.name}: a wrong PIN is not tried once and left at that")
    return wrongs


async def _tried_over_tolerances(subject: Subject, variant: Variant, menu: str) -> list[str]:
    cases: list[tuple[str, int, End | None]] = [(pin, SEEDS[0], end) for pin in PINS for end in End]
    cases += [(PINS[0], seed, None) for seed in SEEDS]
    wrongs = []
    for zero in ZEROS:
        for pin, seed, end in cases:
            there = _bench(subject, variant, pin=pin, seed=seed, setting=Setting(menu=menu, zero=zero), end=end)
            outcome = await there.unlock(pin, answer=there.shows, watch=False)
            if not outcome.result.unlocked or not there.unharmed():
                where = f"thresholds at their {end.name.lower()}" if end else f"meter {seed}"
                wrongs.append(f"{variant.name}, {where}, zero by {zero}: {outcome.result} after the PIN {pin}")
    return wrongs


def _menus(described: Profile) -> list[str]:
    display = described.table("display")
    return [] if display is None else list(display.table("menus"))


def _bench(
    subject: Subject,
    variant: Variant,
    *,
    setting: Setting,
    pin: str = PINS[0],
    seed: int = SEEDS[0],
    end: End | None = None,
) -> Bench:
    ours = rules(subject.profile, pin=pin, seed=seed, setting=setting)
    display = subject.profile.table("display")
    if end and display:
        ours = at_end(ours, display, end)
    return Bench(
        meter=subject.meter(),
        virtual=_virtual(variant, seed),
        display=Display(ours, baudrate=subject.meter().line(variant.protocol).baudrate, locked=True),
    )


@lru_cache(maxsize=8)
def _virtual(variant: Variant, seed: int) -> VirtualMeter:
    """One meter for all that is tried on it; a household takes longer to make than a PIN to enter."""
    return VirtualMeter(variant=variant, role="electricity", seed=seed, since=START)


def at_end(usual: Rules, display: Table, end: End) -> Rules:
    """Rules whose thresholds are all at one end of what the profile says of them."""

    def at(name: str) -> float | None:
        if name not in display:
            return None
        figure = display.table(name)
        return figure.number("seconds") + end.value * figure.number("within")

    return replace(
        usual,
        shortest=at("shortest") or 0.0,
        wake=at("wake") or 0.0,
        long=at("long") or 0.0,
        pause=at("pause") or 0.0,
        asleep=at("asleep") or 0.0,
        test=at("test"),
    )
