"""The power, cut at every step of an update: `python -m tests.update.cuts FOLDER KIND` says how each cut ended.

A step is whatever changes the disk, seen from below: each file that is opened for writing, renamed or removed. A child
process ends just before one of them, as by a cut; then power is back, and rounds follow until none is on trial.
"""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.update.cellar import FIRST, WORKING, Cellar

NEW = "1.1.0"
ENDED = 137
HASTE = {"crash": 2}
"""How much is waited between two looks, so that a trial is few looks long, each of which is several steps."""
CHANGES = {"os.rename", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "sqlite3.connect"}


def count_down(steps: int) -> None:
    """End this process before the step after so many."""
    left = steps

    def watch(event: str, words: tuple[Any, ...]) -> None:
        nonlocal left
        writes = event == "open" and (words[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if writes or event in CHANGES:
            if left == 0:
                os._exit(ENDED)
            left -= 1

    sys.addaudithook(watch)


def in_child(work: Callable[[], None], *, cut_after: int | None = None) -> int:
    """Do something in a process of its own; how that ended."""
    child = os.fork()
    if child == 0:
        try:
            if cut_after is not None:
                count_down(cut_after)
            work()
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def cellar(folder: Path, kind: str) -> Cellar:
    here = Cellar(folder)
    here.time.haste = HASTE.get(kind, 20)
    here.offer(NEW, kind)
    return here


def cut(original: Path, folder: Path, kind: str, steps: int) -> tuple[int, str]:
    """Cut one update after so many steps; how the child ended, and what is wrong afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder, symlinks=True)
    ended = in_child(lambda: cellar(folder, kind).updater.round(), cut_after=steps)
    after = cellar(folder, kind)
    if not after.is_sound():
        return ended, f"a link leads to half a slot: {after.links()}"
    measured = after.measured()
    after.boot()
    for _ in range(4):
        after.updater.round()
        after.time.pass_by(60)
    return ended, wrong(after, kind, measured)


def wrong(after: Cellar, kind: str, measured: int) -> str:
    """What is not as it has to be, once all is done."""
    links, wanted = after.links(), NEW if kind in WORKING else FIRST
    if (links["current"], links["kept"], after.running) != (wanted, wanted, wanted):
        return f"{links}, and {after.running} runs"
    if after.journal.trial is not None:
        return "a trial is left"
    if after.measured() < measured:
        return "measurements were lost"
    if kind not in WORKING and NEW not in after.journal.failures.failed:
        return "the failure was forgotten"
    left = [each.name for each in after.folder.iterdir() if "before" in each.name]
    return f"left over: {left}" if left else ""


def main() -> int:
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    os.fsync = lambda _: None  # what a process has written stays, and only processes end here
    original = folder / "original"
    original.mkdir()
    Cellar(original).set_up()
    with sqlite3.connect(original / "edge.db") as db:
        db.execute("pragma wal_checkpoint(truncate)").fetchall()
    db.close()
    faults, steps = [], 0
    while True:
        ended, fault = cut(original, folder / "device", kind, steps)
        if fault:
            faults.append(f"after {steps} steps: {fault}")
        if ended != ENDED:
            break
        steps += 1
    print(f"{steps} cuts, {len(faults)} faults, ended with {ended}")
    print("\n".join(faults))
    return 0


if __name__ == "__main__":
    sys.exit(main())
