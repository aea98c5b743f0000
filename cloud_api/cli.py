"""The commands of `cloud-api`."""

import argparse
import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cloud_api import logs
from cloud_api.commands import (
    audit,
    bastion,
    consent,
    copies,
    dataset,
    device,
    geodata,
    household,
    pages,
    release,
    secret,
    service,
    ssh,
)
from cloud_api.errors import CloudApiError, Problem

SUBJECTS = (service, pages, household, device, bastion, ssh, release, consent, geodata, secret, audit, copies, dataset)
"""Each adds its words, in the order in which they are listed."""
DONE, FAILED, INTERRUPTED = 0, 1, 130


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments; each carries the function that does it."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: CLOUD_API_DATA, else cloud-data)"
    )
    common.add_argument(
        "--database",
        metavar="URL",
        help="such as sqlite:////srv/cloud.db or postgresql://host/name (default: a file in the data folder)",
    )
    common.add_argument("--verbose", action="store_true", help="say more, on standard error")

    root = argparse.ArgumentParser(
        prog="cloud-api",
        description="The Data API, and what is done around it.",
        epilog="Exit status: 0 done; 1 it failed, with the reason on standard error; 2 wrong usage.",
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {version('zaehlwerk')}")
    verbs = root.add_subparsers(required=True, metavar="COMMAND")

    for subject in SUBJECTS:
        subject.add_to(verbs, common)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; the answer is the exit status."""
    given: Namespace = parser().parse_args(*ssh.divided(sys.argv[1:] if arguments is None else arguments))
    logs.configure(verbose=given.verbose)
    try:
        print(asyncio.run(given.do(given)), end="")
    except Problem as problem:
        faults = [f"{fault.pointer or '/'}: {fault.detail}" for fault in problem.faults]
        print(f"cloud-api: {'; '.join(faults) or problem.detail}", file=sys.stderr)
        return FAILED
    except CloudApiError as error:
        print(f"cloud-api: {error}", file=sys.stderr)
        return FAILED
    except SQLAlchemyError as error:
        print(f"cloud-api: the database failed ({type(error).__name__})", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
