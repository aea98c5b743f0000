"""A PostgreSQL of the tests' own: in a folder of its own, on a socket of its own, as a user who may do nothing else."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cloud_api.errors import SetupError
from cloud_api.store.dump import program
from cloud_api.store.place import Server

USER = "nobody"
SETTINGS = (
    "-c listen_addresses='' -c max_connections=60 -c shared_buffers=32MB -c fsync=off -c synchronous_commit=off"
    " -c full_page_writes=off -c autovacuum=off"
)
"""Quick rather than safe: what is on the disk after a power cut is not tried here."""


@dataclass(kw_only=True)
class Postgres:
    """A running server."""

    folder: Path
    _numbers: "count[int]"

    def fresh(self, like: Server | None = None) -> Server:
        """A new database: empty, or like another that nobody uses."""
        name = f"test_{next(self._numbers)}"
        template = [f"--template={urlsplit(like.url).path[1:]}"] if like else []
        _run("createdb", f"--host={self.folder}", f"--username={USER}", *template, name)
        return Server(f"postgresql://{USER}@/{name}?host={self.folder}")

    def files(self, server: Server) -> bytes:
        """Every byte of the files of one database, as they are on the disk after a checkpoint; the log is not one."""
        name = urlsplit(server.url).path[1:]
        query = f"SELECT oid FROM pg_database WHERE datname = '{name}'"
        oid = self._ask(name, "CHECKPOINT", query).strip()
        return b"".join(file.read_bytes() for file in sorted((self.folder / "data" / "base" / oid).iterdir()))

    def analyze(self, server: Server) -> None:
        """What PostgreSQL does by itself from time to time: take samples of every column."""
        self._ask(urlsplit(server.url).path[1:], "ANALYZE")

    def vacuum(self, server: Server) -> None:
        """What it does by itself a minute after many rows were added."""
        self._ask(urlsplit(server.url).path[1:], "VACUUM (ANALYZE)")

    def _ask(self, database: str, *statements: str) -> str:
        commands = [f"--command={statement}" for statement in statements]
        options = (f"--host={self.folder}", f"--username={USER}", "--tuples-only", "--no-align", "--quiet")
        return subprocess.run(
            [program("psql"), *options, *commands, database], cwd="/", check=True, capture_output=True, text=True
        ).stdout


@contextmanager
def postgres(settings: str = SETTINGS) -> Iterator[Postgres]:
    """A server while the block lasts; the test is skipped where PostgreSQL is not installed."""
    for name in ("initdb", "pg_ctl", "createdb"):
        try:
            program(name)
        except SetupError:
            pytest.skip(f"PostgreSQL's {name} is not on this machine (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="zaehlwerk-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        data = folder / "data"
        _run("initdb", f"--pgdata={data}", f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--no-sync")
        start = f"-k {folder} {settings}"
        _run("pg_ctl", f"--pgdata={data}", "--wait", f"--log={folder / 'log'}", f"--options={start}", "start")
        try:
            yield Postgres(folder=folder, _numbers=count())
        finally:
            _run("pg_ctl", f"--pgdata={data}", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's, which refuses to run as root."""
    as_user = ("setpriv", f"--reuid={USER}", "--clear-groups") if os.geteuid() == 0 else ()
    subprocess.run(
        [*as_user, program(name), *arguments], cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
