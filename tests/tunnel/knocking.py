"""Somebody who knocks at a bastion with ssh, with any certificate, and asks for anything."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.pki.ssh import private_text
from cloud_api.pki.ssh_certificates import FORWARDING, signed
from tests.tunnel.machines import PORT, UP, Network

LET_IN, KEPT_OUT, REFUSED = "let in", "kept out", "refused"
SIGNS = {
    "remote forward success": LET_IN,
    "Permission denied (publickey)": KEPT_OUT,
    "remote port forwarding failed": REFUSED,
    "remote forward failure": REFUSED,
    "administratively prohibited": REFUSED,
    "open failed": REFUSED,
    "channel 0: open confirm": LET_IN,
}
"""What ssh says, and what that means; the first that is found holds."""


@dataclass(kw_only=True)
class Person:
    """A key, and a certificate for it, in files."""

    folder: Path
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    certificate: str = ""

    def certified(self, authority: Ed25519PrivateKey, key_id: str, *, hours: float = 1, name: str = "x") -> "Person":
        now = datetime.now(UTC)
        self.certificate = signed(
            *(authority, self.key.public_key(), key_id),
            names=[name],
            extensions=[FORWARDING],
            begin=now - timedelta(hours=2),
            end=now + timedelta(hours=hours),
        )
        return self

    async def knocks(self, network: Network, account: str, *words: str) -> str:
        """What becomes of it at the bastion."""
        return await self.knocks_at(network.far, PORT, account, *words)

    async def knocks_at(self, host: str, port: int, account: str, *words: str) -> str:
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "key"
        file.write_bytes(private_text(self.key))
        file.chmod(0o600)
        (self.folder / "key-cert.pub").write_text(f"{self.certificate}\n")
        options = [
            *("IdentitiesOnly=yes", "IdentityAgent=none", "BatchMode=yes", "StrictHostKeyChecking=no"),
            *("UserKnownHostsFile=/dev/null", f"IdentityFile={file}", "ExitOnForwardFailure=yes", "LogLevel=DEBUG2"),
            *([f"CertificateFile={file}-cert.pub"] if self.certificate else []),
        ]
        where = ("-p", str(port), f"{account}@{host}")
        command = ["ssh", "-F", "none", *(word for option in options for word in ("-o", option))]
        forwarding = words[0].startswith("-")
        command += [*words, *where] if forwarding else [*where, *words]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr
        heard: list[str] = []
        try:
            async with asyncio.timeout(UP):
                async for line in process.stderr:
                    heard.append(line.decode(errors="replace").strip())
                    for sign, meaning in SIGNS.items():
                        if sign in heard[-1]:
                            return meaning
                await process.wait()
            return f"{process.returncode}: {heard[-3:]}"
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()
