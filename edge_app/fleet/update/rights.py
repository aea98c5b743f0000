"""Rights: what lies in the service's folders is touched with the service's rights, for its links may lead anywhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
    """Have the rights of whoever owns a folder while the block lasts, where we are root."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def of_owner(folder: Path) -> dict[str, Any]:
    """What makes a process that of whoever owns a folder, where we are root."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return {}
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
