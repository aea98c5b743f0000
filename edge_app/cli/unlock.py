"""`edge-app unlock`: get a locked meter to show power and decimals, by its PIN and light."""

import asyncio
import getpass
import signal
import sys
from argparse import Namespace
from contextlib import aclosing
from functools import partial

from edge_app.cli import output
from edge_app.cli.keeping import keep_pin
from edge_app.cli.person import ask
from edge_app.cli.ports import catalogue, port
from edge_app.cli.progress import ProgressBar
from edge_app.clock import SystemClock
from edge_app.errors import ConfigError
from edge_app.metering.ear import Ear
from edge_app.metering.meter import Meter
from edge_app.metering.probe.light import lamp
from edge_app.metering.probe.probe import Connection, connected
from edge_app.metering.unlock.hearing import Hearing
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.timing import Timing, timing
from edge_app.metering.unlock.unlocking import Outcome, Result, keep_alive
from edge_app.model.telegram import Telegram

ADVICE = {
    Result.ALREADY: "the meter shows its power already; no light was used",
    Result.LASTING: "the meter shows its power, and goes on to do so",
    Result.SHOWN: "the meter shows its power; a pulse now and then keeps it, until Ctrl-C",
    Result.TWO_MINUTES: "the meter showed its power for two minutes only; --keep-alive goes on to keep it",
    Result.NEEDS_WALK: "the PIN alone does not lengthen this model's telegram: InF has to be switched on in its menu; "
    "stand in front of the meter and call again with --guided",
    Result.DECLINED: "the display did not show InF, so nothing was pressed; look at the menu and call again",
    Result.LOCKED: "the meter stayed locked; check the PIN and how the head sits before you try again: "
    "some meters take no more after a few wrong PINs",
    Result.SILENT: "no telegram arrived, so no light was used; check how the head sits",
}


def run(given: Namespace) -> int:
    meter = catalogue(given).meter(given.model)
    usual = timing(type(meter))
    if usual is None:
        raise ConfigError(f"{meter.name}: no PIN is known to be entered by light")
    chosen = usual.with_overrides(dict(given.timing))
    pin = Pin.from_file(given.pin_file) if given.pin_file else Pin.parse(getpass.getpass("PIN: "))
    try:
        outcome = asyncio.run(_unlock(given, meter, pin, chosen))
    except asyncio.CancelledError:
        print("edge-app: stopped; the light is off", file=sys.stderr)
        return 1
    return 0 if outcome.result.unlocked else 1


async def _unlock(given: Namespace, meter: Meter, pin: Pin, chosen: Timing) -> Outcome:
    clock = SystemClock()
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with (
        connected(port(given), clock) as line,
        lamp(
            given.port,
            line.write,
            baudrate=line.port.baudrate,
            clock=clock,
            driver=given.light,
            inverted=given.inverted,
        ) as led,
        asyncio.TaskGroup() as tasks,
    ):
        hearing = Hearing(meter, clock=clock, lamp=led)
        listening = tasks.create_task(_listen(line, meter, hearing))
        bar = ProgressBar(sys.stderr)
        outcome = await meter.enable_detailed_readout(
            pin,
            lamp=led,
            hear=hearing.next,
            clock=clock,
            report=bar.show,
            ask=partial(ask, as_json=given.json) if given.guided else None,
            overrides=dict(given.timing),
            watch=not given.keep_alive,
        )
        bar.clear()
        _tell(outcome, as_json=given.json)
        if outcome.result.unlocked:
            await keep_pin(given.config, port=given.port, pin=pin, result=outcome.result)
        if outcome.result is Result.SHOWN:
            await keep_alive(led, chosen, clock)
        listening.cancel()
    return outcome


async def _listen(line: Connection, meter: Meter, hearing: Hearing) -> None:
    ear = Ear(meter.protocols)
    async with aclosing(line.chunks()) as chunks:
        async for chunk in chunks:
            for found in ear.hear(chunk):
                if isinstance(found, Telegram):
                    hearing.take(found)


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        output.print_json(
            {
                "unlocked": outcome.result.unlocked,
                "result": outcome.result,
                "before": [str(code) for code in outcome.before],
                "after": [str(code) for code in outcome.after],
                "seconds": round(outcome.seconds, 1),
            }
        )
    print(f"edge-app: {ADVICE[outcome.result]}", file=sys.stderr)
