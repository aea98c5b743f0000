"""The device's pages at a port of this machine, through a session that was opened."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
from paramiko.pkey import PublicBlob
from sshtunnel import BaseSSHTunnelForwarderError, SSHTunnelForwarder

from cloud_api.errors import SetupError
from cloud_api.fleet.way import Way

LOOPBACK = "127.0.0.1"


@contextmanager
def forwarded(way: Way, port: int, *, at: int = 0) -> Iterator[int]:
    """A port of this machine's loopback that leads to one of the device's, as long as the block lasts.

    sshtunnel verifies no host key unless it is told one, and listens on every address unless it is told which; a
    certificate it takes from the key object alone. Raises SetupError where the way is barred.
    """
    key = paramiko.Ed25519Key.from_private_key_file(str(way.key))
    key.load_certificate(str(way.certificate))
    try:
        forwarder = SSHTunnelForwarder(
            ("localhost", way.session.port),
            ssh_config_file=None,
            ssh_username=way.session.account,
            ssh_pkey=key,
            ssh_host_key=_host_key(way),
            ssh_proxy=paramiko.ProxyCommand(shlex.join(way.through_the_bastion)),
            remote_bind_address=(LOOPBACK, port),
            local_bind_address=(LOOPBACK, at),
            allow_agent=False,
            host_pkey_directories=[],
        )
        forwarder.start()
    except (BaseSSHTunnelForwarderError, paramiko.SSHException, OSError, ValueError) as error:
        raise SetupError(f"{way.session.device}: no way through the bastion ({error})") from error
    try:
        yield forwarder.local_bind_port
    finally:
        forwarder.stop(force=True)


def _host_key(way: Way) -> paramiko.PKey:
    """What the device has told the cloud over mutual TLS, which vouches for it as a host certificate does."""
    return paramiko.PKey.from_type_string("ssh-ed25519", PublicBlob.from_string(way.session.host_key).key_blob)
