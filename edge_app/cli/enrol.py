"""`edge-app enrol`: a bundle becomes the configuration of this device."""

import os
import socket
from argparse import Namespace
from pathlib import Path

from edge_app.errors import ConfigError
from edge_app.fleet.enrol import Machine, enrol


def run(given: Namespace) -> int:
    if not given.bundle.is_dir():
        raise ConfigError(f"{given.bundle}: no folder of a bundle")
    machine = Machine(root=given.root, keeps_name=given.keep_name)
    name = enrol(given.bundle, given.config, machine)
    if name and not given.keep_name and given.root == Path("/") and os.geteuid() == 0:
        socket.sethostname(name)
    print(f"{given.config}: in place; {given.bundle}: removed")
    return 0
