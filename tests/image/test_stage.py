"""The stage keeps the conventions of pi-gen, its scripts are sound, and what it installs is locked."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "image"
STAGE = IMAGE / "stage-zaehlwerk"
SCRIPTS = sorted(
    file
    for folder in (IMAGE, ROOT / "tests/image/emulator")
    for file in folder.rglob("*")
    if file.is_file() and (file.suffix == ".sh" or file.read_bytes().startswith(b"#!/bin/"))
)
NFT = shutil.which("nft", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONVENTION = re.compile(r"\d\d-(debconf|packages|packages-nr|patches|run\.sh|run-chroot\.sh)|files")


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_has_no_finding(script: Path) -> None:
    words = [] if script.read_bytes().startswith(b"#!") else ["--shell=bash"]
    done = subprocess.run(["shellcheck", *words, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", sorted(STAGE.glob("*/")), ids=name)
def test_a_sub_stage_holds_only_what_pi_gen_knows(folder: Path) -> None:
    assert re.match(r"\d\d-", folder.name)
    assert [each.name for each in folder.iterdir() if not CONVENTION.fullmatch(each.name)] == []


@pytest.mark.parametrize("script", [*STAGE.glob("*/*-run.sh"), STAGE / "prerun.sh"], ids=name)
def test_pi_gen_skips_a_script_that_is_not_executable(script: Path) -> None:
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("script", sorted(STAGE.glob("*/*-run.sh")), ids=name)
def test_a_script_copies_files_that_are_there(script: Path) -> None:
    copied = set(re.findall(r"^put (\S+)", script.read_text(), re.MULTILINE))
    assert {file for file in copied if not (script.parent / "files" / file).is_file()} == set()


def test_every_file_of_the_system_is_put_somewhere() -> None:
    script = (STAGE / "00-system/01-run.sh").read_text()
    assert [file.name for file in (STAGE / "00-system/files").iterdir() if file.name not in script] == []


@pytest.mark.skipif(not NFT, reason="nft is not installed")
def test_the_firewall_and_the_way_to_the_pages_are_understood_and_may_be_loaded_again() -> None:
    files = [STAGE / "00-system/files" / name for name in ("nftables.conf", "nftables-pages.conf")]
    loaded = " && ".join(f"{NFT} -f '{file}'" for file in [*files, *files])
    words = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", f"{loaded} && {NFT} list ruleset"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("tcp dport 80 redirect to :8080") == 2


def test_the_stage_holds_no_secret_and_no_password() -> None:
    for file in STAGE.rglob("*"):
        if file.is_file():
            text = file.read_text()
            assert not re.search(r"PRIVATE KEY|chpasswd|FIRST_USER_PASS|\$y\$|\$6\$", text), file


def test_what_the_image_installs_is_what_the_tests_ran_with() -> None:
    pinned = dict(line.lower().split("==") for line in (ROOT / "constraints.txt").read_text().split())
    locked = {
        requirement.name: str(requirement.specifier).removeprefix("==")
        for line in (IMAGE / "requirements.lock").read_text().splitlines()
        if "==" in line and (requirement := Requirement(line.rstrip(" \\")))
    }
    names = {each.replace("_", "-"): version for each, version in pinned.items()}
    assert {each: version for each, version in locked.items() if names.get(each) != version} == {}
    assert len(locked) > 20


def test_everything_locked_has_a_hash() -> None:
    blocks = re.split(r"\n(?=\S)", (IMAGE / "requirements.lock").read_text().partition("\n")[2].strip())
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []
