"""A bastion lets a device listen at its own port, an operator go to one port, and nobody do anything else."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.fleet import bastion_folder
from cloud_api.fleet.bastion_folder import Asking
from cloud_api.fleet.bastions import OPERATOR_ACCOUNT, TUNNEL_ACCOUNT
from cloud_api.fleet.bastions import Bastion as Known
from cloud_api.pki.ssh import SshAuthorities
from cloud_api.pki.ssh_certificates import key_id, principal
from tests.tunnel.knocking import KEPT_OUT, LET_IN, REFUSED, Person
from tests.tunnel.machines import PORT, Network, bastion, needs_namespaces, rooted

pytestmark = needs_namespaces
DEVICE, OTHER, DENIED = uuid4(), uuid4(), uuid4()
OURS = 10_017


def new() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


async def test_a_bastion_refuses_whatever_is_not_leased(tmp_path: Path, cable: Network) -> None:
    trusted = SshAuthorities(tunnel=new(), operators=new(), hosts=new())
    asking = Asking(url="https://localhost:1", ca=b"", secret="none")
    persons = iter(range(1000))

    def holding(authority: Ed25519PrivateKey | None, said: str, *, hours: float = 1, name: str = "") -> Person:
        person = Person(folder=tmp_path / f"person-{next(persons)}")
        return person.certified(authority, said, hours=hours, name=name or principal(DEVICE)) if authority else person

    def device(*words: str) -> Awaitable[str]:
        return holding(trusted.tunnel, key_id(DEVICE, OURS)).knocks(cable, TUNNEL_ACCOUNT, *words)

    def operator(*words: str) -> Awaitable[str]:
        return holding(trusted.operators, f"operator {key_id(DEVICE, OURS)}").knocks(cable, OPERATOR_ACCOUNT, *words)

    listen = ("-N", "-R", f"localhost:{OURS}:127.0.0.1:22")
    go = ("-W", f"localhost:{OURS}")
    with rooted() as place:
        folder = place / "bastion"
        known = Known(host=cable.far, port=PORT)
        bastion_folder.write(folder, known, trusted, asking, place=folder, now=datetime.now(UTC))
        (folder / "denied").write_text(f"{key_id(DENIED, OURS)}\n")
        async with bastion(cable, folder) as there:
            assert await device(*listen) == LET_IN
            knocked = {
                "another port": (REFUSED, device("-N", "-R", f"localhost:{OURS + 1}:127.0.0.1:22")),
                "any port": (REFUSED, device("-N", "-R", "localhost:0:127.0.0.1:22")),
                "every address": (REFUSED, device("-N", "-R", f"*:{OURS}:127.0.0.1:22")),
                "another address": (REFUSED, device("-N", "-R", f"{cable.far}:{OURS}:127.0.0.1:22")),
                "a socket": (REFUSED, device("-N", "-R", "/run/zaehlwerk.sock:127.0.0.1:22")),
                "forwards of its own": (REFUSED, device("-W", f"localhost:{PORT}")),
                "a shell": (REFUSED, device("true")),
                "another authority": (
                    KEPT_OUT,
                    holding(new(), key_id(DEVICE, OURS)).knocks(cable, TUNNEL_ACCOUNT, *listen),
                ),
                "no certificate": (KEPT_OUT, holding(None, "").knocks(cable, TUNNEL_ACCOUNT, *listen)),
                "an old certificate": (
                    KEPT_OUT,
                    holding(trusted.tunnel, key_id(DEVICE, OURS), hours=-1).knocks(cable, TUNNEL_ACCOUNT, *listen),
                ),
                "another device's name": (
                    KEPT_OUT,
                    holding(trusted.tunnel, key_id(DEVICE, OURS), name=principal(OTHER)).knocks(
                        cable, TUNNEL_ACCOUNT, *listen
                    ),
                ),
                "a denied lease": (
                    KEPT_OUT,
                    holding(trusted.tunnel, key_id(DENIED, OURS), name=principal(DENIED)).knocks(
                        cable, TUNNEL_ACCOUNT, *listen
                    ),
                ),
                "the way to a denied device": (
                    KEPT_OUT,
                    holding(trusted.operators, f"operator {key_id(DENIED, OURS)}", name=principal(DENIED)).knocks(
                        cable, OPERATOR_ACCOUNT, *go
                    ),
                ),
                "a device as an operator": (
                    KEPT_OUT,
                    holding(trusted.tunnel, f"operator {key_id(DEVICE, OURS)}").knocks(cable, OPERATOR_ACCOUNT, *go),
                ),
                "an operator as a device": (
                    KEPT_OUT,
                    holding(trusted.operators, key_id(DEVICE, OURS)).knocks(cable, TUNNEL_ACCOUNT, *listen),
                ),
                "an operator's certificate without the word": (
                    KEPT_OUT,
                    holding(trusted.operators, key_id(DEVICE, OURS)).knocks(cable, OPERATOR_ACCOUNT, *go),
                ),
                "a host's certificate": (
                    KEPT_OUT,
                    holding(trusted.hosts, key_id(DEVICE, OURS)).knocks(cable, TUNNEL_ACCOUNT, *listen),
                ),
                **{
                    f"the key id {said!r}": (
                        KEPT_OUT,
                        holding(trusted.tunnel, said).knocks(cable, TUNNEL_ACCOUNT, *listen),
                    )
                    for said in (
                        "",
                        f"device={DEVICE}",
                        f"device={DEVICE} port=22",
                        f"device={DEVICE} port={OURS} ",
                        f"device={DEVICE} port={OURS}\ndevice={DEVICE} port={OURS + 1}",
                        f'device={DEVICE} port={OURS}"',
                    )
                },
                "an operator elsewhere": (REFUSED, operator("-W", f"localhost:{PORT}")),
                "an operator outside": (REFUSED, operator("-W", f"{cable.far}:{PORT}")),
                "an operator who listens": (REFUSED, operator(*listen)),
                "an operator's shell": (REFUSED, operator("true")),
            }
            became = await asyncio.gather(*(knock for _, knock in knocked.values()))
            wrong = {
                name: (wanted, got)
                for (name, (wanted, _)), got in zip(knocked.items(), became, strict=True)
                if wanted != got
            }
            assert wrong == {}
            assert there.listening() == set()
