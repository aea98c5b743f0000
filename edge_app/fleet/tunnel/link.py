"""A link: one run of autossh on one lease, from the first try to the moment at which its ssh has ended."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from edge_app.config import TunnelConfig
from edge_app.errors import ConfigError, TunnelError
from edge_app.fleet.tunnel.lease import Lease

CONNECTING = 15
"""Seconds for which ssh tries to reach the bastion."""
MISSED = 3
"""Signs of life without an answer after which the link is dead."""
PARTING = 5.0
"""Seconds that autossh has to end its ssh and itself."""
OPENING = 45.0
"""Seconds after which a link that has not come up is given up."""
CHATTER = ("debug", "OpenSSH_", "Authenticated to", "Transferred:", "Bytes per second:")
ANSWERED, UP = "debug1: Authenticating to", "debug1: remote forward success"
AUTOSSH = {"AUTOSSH_GATETIME": "0", "AUTOSSH_MAXSTART": "1", "AUTOSSH_LOGLEVEL": "1"}
"""One start for one lease: the next one has another port, that a dead session cannot hold."""
LIFETIME = "AUTOSSH_MAXLIFETIME"
OPTIONS = (
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "StrictHostKeyChecking=yes",
    "UpdateHostKeys=no",
    "HostKeyAlgorithms=ssh-ed25519-cert-v01@openssh.com",
    "GlobalKnownHostsFile=/dev/null",
    "PreferredAuthentications=publickey",
    "ExitOnForwardFailure=yes",
    "LogLevel=DEBUG1",  # below it nothing is said of a port that was opened
    f"ConnectTimeout={CONNECTING}",
    f"ServerAliveCountMax={MISSED}",
)


class Link:
    """An autossh that runs, and what is heard of it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, hearing: asyncio.ReadTransport
    ) -> None:
        self._process = process
        self._reader = reader
        self._hearing = hearing
        self._up = asyncio.Event()
        self._answered = False
        self.reason = "ssh has ended without a word"
        """What ssh said last of its own accord."""
        self._listening = asyncio.create_task(self._listen(), name="listen to ssh")

    @classmethod
    @asynccontextmanager
    async def open(cls, lease: Lease, config: TunnelConfig, *, within: Path, seconds: float) -> AsyncIterator[Self]:
        """A link that has come up, while the block lasts, and no longer than so many seconds.

        Raises TunnelError where it does not come up, and ConfigError where there is no autossh.
        """
        bastion = lease.granted.bastion
        with lease.files(within) as files:
            options = [*OPTIONS, f"ServerAliveInterval={config.alive}", *files]
            words = [
                *("autossh", "-M", "0", "-N", "-T", "-F", "none"),
                *(word for option in options for word in ("-o", option)),
                *("-R", f"localhost:{lease.granted.port}:127.0.0.1:{config.ssh_port}"),
                *("-p", str(bastion.port), f"{bastion.account}@{bastion.host}"),
            ]
            link = cls(*await _begun(words, os.environ | AUTOSSH | {LIFETIME: str(int(seconds))}))
            try:
                await link.come_up()
                yield link
            finally:
                await link.close()

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def ended(self) -> None:
        """Wait until autossh has ended, and all of its words were heard.

        One that was killed leaves its ssh behind, which would hold the port and go on to be listened to.
        """
        await self._process.wait()
        self._signal(signal.SIGKILL)
        await asyncio.shield(self._listening)

    async def come_up(self) -> None:
        up, ended = asyncio.create_task(self._up.wait()), asyncio.create_task(self.ended())
        try:
            await asyncio.wait((up, ended), timeout=OPENING, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            ended.cancel()
        if not self._up.is_set():
            raise TunnelError(self.reason, answered=self._answered)

    async def _listen(self) -> None:
        async for line in self._reader:
            said = line.decode(errors="replace").strip()
            if said.startswith(UP):
                self._up.set()
            elif said.startswith(ANSWERED):
                self._answered = True
            elif said and not said.startswith(CHATTER):
                self.reason = said

    async def close(self) -> None:
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(PARTING):
                    await self._process.wait()
        self._signal(signal.SIGKILL)
        await self._process.wait()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._hearing.close()

    def _signal(self, number: signal.Signals) -> None:
        """To autossh and to its ssh, which has no other way to end if autossh was killed."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


Begun = tuple[asyncio.subprocess.Process, asyncio.StreamReader, asyncio.ReadTransport]


async def _begun(words: Sequence[str], environment: Mapping[str, str]) -> Begun:
    """A process, and what is heard of it. Raises ConfigError where there is no such program.

    The pipe is our own: of asyncio's, a process that has ended is waited for until nobody holds the other end.
    """
    here, there = os.pipe()
    reader, loop = asyncio.StreamReader(), asyncio.get_running_loop()
    hearing, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(here, "rb"))
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=there,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        hearing.close()
        raise ConfigError(f"{words[0]} cannot be run ({error.strerror}); the package of this name has it") from error
    finally:
        os.close(there)
    return process, reader, hearing
