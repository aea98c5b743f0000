"""What is sealed is opened by the key beside the database alone, and the key is its owner's."""

import stat
from pathlib import Path

import pytest

from edge_app.errors import ConfigError
from edge_app.store.vault import Vault


def test_what_was_sealed_is_opened_after_a_restart_and_cannot_be_seen(path: Path) -> None:
    sealed = Vault.beside(path).seal("4711")
    assert b"4711" not in sealed
    assert Vault.beside(path).unseal(sealed) == "4711"


def test_the_key_is_made_once_for_its_owner_alone(path: Path) -> None:
    Vault.beside(path)
    (key,) = path.parent.iterdir()
    assert key.name == "edge.db.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    Vault.beside(path)
    assert key.read_bytes() == before


def test_another_key_opens_nothing(path: Path) -> None:
    sealed = Vault.beside(path).seal("4711")
    (path.parent / "edge.db.key").unlink()
    assert Vault.beside(path).unseal(sealed) is None


def test_a_key_that_others_may_read_is_refused(path: Path) -> None:
    Vault.beside(path)
    (path.parent / "edge.db.key").chmod(0o640)
    with pytest.raises(ConfigError, match=r"others may read it; `chmod 600"):
        Vault.beside(path)


def test_a_file_that_is_no_key_is_named(path: Path) -> None:
    file = path.parent / "edge.db.key"
    file.write_text("abc")
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="expected a key"):
        Vault.beside(path)


def test_a_folder_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        Vault.beside(path.parent / "nowhere" / "edge.db")


def test_a_key_that_somebody_else_made_meanwhile_is_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Service and command may both be the first."""
    sealed = Vault.beside(path).seal("4711")
    answers = iter([False])
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda file: next(answers, None) is None and exists(file))
    assert Vault.beside(path).unseal(sealed) == "4711"
    assert [file.name for file in path.parent.iterdir()] == ["edge.db.key"]
