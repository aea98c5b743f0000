"""The machine: an emulated PC that boots the card, with a network of its own and a meter on its second serial port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PAGES = 80
"""Which the firewall leads to the service's own port."""
HOST = "10.0.2.2"
"""The address under which the machine finds us."""


class Machine:
    """A running machine and what it has written to its console."""

    def __init__(self, process: asyncio.subprocess.Process, console: Path, pages: int) -> None:
        self.process = process
        self.pages = pages
        """The port of ours that leads to its page."""
        self._console = console

    def said(self) -> str:
        return self._console.read_text(errors="replace") if self._console.exists() else ""


@asynccontextmanager
async def booted(root: Path, card: Path, console: Path, *, meter: int, pages: int) -> AsyncIterator[Machine]:
    """Boot a card while the block lasts; `meter` is the port of ours at which the meter speaks."""
    (kernel,) = (root / "boot").glob("vmlinuz-*")
    (initrd,) = (root / "boot").glob("initrd.img-*")
    process = await asyncio.create_subprocess_exec(
        *("qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-smp", "2", "-m", "1024", "-nographic"),
        *("-no-reboot", "-monitor", "none", "-kernel", str(kernel), "-initrd", str(initrd)),
        *(
            "-append",
            "root=/dev/vda2 ro console=ttyS0 quiet systemd.show_status=1 systemd.journald.forward_to_console=1",
        ),
        *("-drive", f"file={card},format=raw,if=virtio"),
        *("-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{pages}-:{PAGES}", "-device", "virtio-net-pci,netdev=net"),
        *("-device", "virtio-rng-pci", "-watchdog-action", "reset", "-device", "i6300esb"),
        *("-serial", f"file:{console}"),
        *("-chardev", f"socket,id=meter,host=127.0.0.1,port={meter}", "-serial", "chardev:meter"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Machine(process, console, pages)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
