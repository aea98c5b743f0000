"""A bastion in a network of its own, and a device's SSH server: real sshd with the settings that are shipped."""

import asyncio
import ipaddress
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAGE = ROOT / "image/stage-zaehlwerk/00-system/files"
NEEDED = ("autossh", "ssh", "ip", "unshare", "ss", "curl", "ps")
SSHD = "/usr/sbin/sshd"
ACCOUNTS = {"zaehlwerk-tunnel": 64801, "zaehlwerk-operator": 64802, "service": 64803}
PORT = 2222
UP = 30.0
"""Seconds that something may take to come up on a busy machine."""


def barred() -> str:
    """Why none of this can be tried here; empty where it can."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or not Path(SSHD).exists():
        return f"{', '.join(missing) or 'sshd'} is missing"
    if os.geteuid() != 0:
        return "network namespaces are for root"
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "namespaces are not allowed here"


def run(*words: str, check: bool = True) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


@contextmanager
def rooted() -> Iterator[Path]:
    """A folder above which nobody but root may write, as sshd wants it of its programs."""
    folder = Path(tempfile.mkdtemp(prefix="zaehlwerk-tunnel-", dir="/run"))
    folder.chmod(0o755)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def with_accounts(folder: Path) -> list[str]:
    """Words before a command that is to find our accounts, in a view of /etc of its own."""
    passwd, shadow = folder / "passwd", folder / "shadow"
    if not passwd.exists():
        lines = [f"{name}:x:{uid}:{uid}::/:/bin/sh" for name, uid in ACCOUNTS.items()]
        passwd.write_text(Path("/etc/passwd").read_text() + "".join(f"{line}\n" for line in lines))
        shadow.write_text("".join(f"{name}:*:20000:0:99999:7:::\n" for name in ("root", "nobody", "sshd", *ACCOUNTS)))
    bound = f'mount --bind {passwd} /etc/passwd && mount --bind {shadow} /etc/shadow && exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", bound, "sh"]


@dataclass(kw_only=True)
class Server:
    """An sshd that runs in the foreground, and what it said."""

    words: Sequence[str]
    said: list[str] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        process = self._process = await asyncio.create_subprocess_exec(
            *self.words, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True
        )
        assert process.stderr
        before = len(self.said)
        self._listening = asyncio.create_task(self._listen(process.stderr))
        async with asyncio.timeout(UP):
            while not any("listening on" in line for line in self.said[before:]):
                assert process.returncode is None, self.said[before:]
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Everything at once: the sessions of sshd have process groups of their own."""
        assert self._process
        assert self._listening
        for pid in [*_below(self._process.pid), self._process.pid]:
            run("kill", "-KILL", str(pid), check=False)
        await self._process.wait()
        await self._listening

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.said.append(line.decode(errors="replace").strip())


def _below(pid: int) -> list[int]:
    found = [int(child) for child in run("ps", "--ppid", str(pid), "-o", "pid=", check=False).split()]
    return [*found, *(each for child in found for each in _below(child))]


@dataclass(kw_only=True)
class Network:
    """A network namespace at the other end of a cable, whose near end is in ours."""

    name: str
    near: str
    far: str

    @property
    def cable(self) -> str:
        return f"{self.name}h"

    def inside(self) -> list[str]:
        """Words before a command that is to run there."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        run("ip", "link", "set", self.cable, "down")

    def mend(self) -> None:
        run("ip", "link", "set", self.cable, "up")

    def move(self, address: str) -> None:
        """Our end has another address from now on."""
        run("ip", "address", "flush", "dev", self.cable)
        run("ip", "address", "add", f"{address}/24", "dev", self.cable)
        self.near = address


@contextmanager
def network() -> Iterator[Network]:
    """Made for the block alone, with a name and addresses of this process's own."""
    number = os.getpid() % 60_000
    subnet = ipaddress.ip_network(f"10.{77 + number // 250}.{number % 250}.0/24")
    name = f"zt{os.getpid()}"
    there = Network(name=name, near=str(subnet[1]), far=str(subnet[2]))
    run("ip", "netns", "add", name)
    try:
        run("ip", "link", "add", there.cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "address", "add", f"{there.near}/24", "dev", there.cable)
        there.mend()
        for words in (
            ("ip", "link", "set", "lo", "up"),
            ("ip", "address", "add", f"{there.far}/24", "dev", "eth0"),
            ("ip", "link", "set", "eth0", "up"),
        ):
            run(*there.inside(), *words)
        run(*there.inside(), "sysctl", "--quiet", "net.ipv4.tcp_retries2=6")
        yield there
    finally:
        run("ip", "netns", "delete", name)
        run("ip", "link", "delete", there.cable, check=False)


@dataclass(kw_only=True)
class Bastion:
    """A bastion as `cloud-api bastion add` wrote it."""

    network: Network
    folder: Path
    server: Server
    accounts: list[str]

    def listening(self) -> set[int]:
        """The leased ports at which somebody listens."""
        listed = run(*self.network.inside(), "ss", "-Hltn")
        ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", listed)}
        return ports - {PORT}

    async def keep(self) -> None:
        """What its timer does every twenty seconds."""
        await asyncio.to_thread(run, *self.network.inside(), *self.accounts, str(self.folder / "keep"))


@asynccontextmanager
async def bastion(network: Network, folder: Path) -> AsyncIterator[Bastion]:
    """sshd over a folder of a bastion, which lies where its settings say."""
    folder.chmod(0o755)
    accounts = with_accounts(folder.parent)
    words = [*network.inside(), *accounts, SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
    there = Bastion(network=network, folder=folder, server=Server(words=words), accounts=accounts)
    await there.server.start()
    try:
        yield there
    finally:
        await there.server.stop()


@asynccontextmanager
async def device_sshd(folder: Path, configuration: Path, port: int) -> AsyncIterator[Server]:
    """The SSH server of a device, by the settings of the image, with its files in a folder and a port of its own."""
    (folder / "ssh").mkdir()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "ssh/host_ed25519"))
    places = {
        "/var/durable/ssh": str(folder / "ssh"),
        "/usr/lib/zaehlwerk/principals": str(folder / "principals"),
        "/var/lib/zaehlwerk": str(configuration),
        "CommandUser zaehlwerk": "CommandUser root",
    }
    for name in ("sshd.conf", "principals"):
        text = (STAGE / name).read_text()
        for place, here in places.items():
            text = text.replace(place, here)
        (folder / name).write_text(text)
    (folder / "principals").chmod(0o755)
    with (folder / "sshd.conf").open("a") as settings:
        settings.write(f"Port {port}\nPidFile none\nUsePAM no\n")
    words = [*with_accounts(folder.parent), SSHD, "-D", "-e", "-f", str(folder / "sshd.conf")]
    server = Server(words=words)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


needs_namespaces = pytest.mark.skipif(bool(barred()), reason=barred() or "it can be tried here")
