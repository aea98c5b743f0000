"""A link: one run of autossh on one lease, from the first try to the moment at which its ssh has ended."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
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

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
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
            try:
                process = await asyncio.create_subprocess_exec(
                    *words,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.PIPE,
                    # one start for one lease: the next one has another port, that a dead session cannot hold
                    env=os.environ
                    | {"AUTOSSH_GATETIME": "0", "AUTOSSH_MAXSTART": "1", "AUTOSSH_MAXLIFETIME": str(int(seconds))}
                    | {"AUTOSSH_LOGLEVEL": "1"},
                    start_new_session=True,
                )
            except OSError as error:
                raise ConfigError(f"autossh cannot be run ({error.strerror}); the package autossh has it") from error
            link = cls(process)
            try:
                await link._come_up()
                yield link
            finally:
                await link._close()

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

    async def _come_up(self) -> None:
        up, ended = asyncio.create_task(self._up.wait()), asyncio.create_task(self.ended())
        try:
            await asyncio.wait((up, ended), timeout=OPENING, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
            ended.cancel()
        if not self._up.is_set():
            raise TunnelError(self.reason, answered=self._answered)

    async def _listen(self) -> None:
        assert self._process.stderr is not None  # noqa: S101  # it was asked for
        async for line in self._process.stderr:
            said = line.decode(errors="replace").strip()
            if said.startswith(UP):
                self._up.set()
            elif said.startswith(ANSWERED):
                self._answered = True
            elif said and not said.startswith(CHATTER):
                self.reason = said

    async def _close(self) -> None:
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(PARTING):
                    await self._process.wait()
        self._signal(signal.SIGKILL)
        await self._process.wait()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    def _signal(self, number: signal.Signals) -> None:
        """To autossh and to its ssh, which has no other way to end if autossh was killed."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
