"""``nbgrader collect`` on submissions that lie in the exchange, where a student can write whatever he likes."""

import os
from pathlib import Path

from toy_class import Class
from toy_course import POINTS

SECRET = "what only the instructor may read"
LONG_AGO = "2020-01-01 00:00:00.000000 UTC"


def hand_in(toy: Class, exchange: Path, student: str) -> Path:
    """Put right notebooks into the exchange, as ``nbgrader submit`` does."""
    toy.hand_in(student)
    folder = exchange / "toy" / "inbound" / f"{student}+toy+{LONG_AGO}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    (toy.root / "submitted" / student / "toy").rename(folder)
    (toy.root / "submitted" / student).rmdir()
    (folder / "timestamp.txt").write_text(LONG_AGO)
    return folder


def test_links_are_not_followed_and_nobody_is_kept_from_being_collected(toy: Class, tmp_path: Path) -> None:
    exchange, secret = tmp_path / "exchange", tmp_path / "private" / "secret.txt"
    exchange.mkdir()
    secret.parent.mkdir()
    exchange.chmod(0o777)
    secret.write_text(SECRET)
    config = toy.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.Exchange.root = {str(exchange)!r}\n")
    linking, giant, piping, _ = (hand_in(toy, exchange, name) for name in ("ada", "bob", "carl", "zoe"))
    (linking / "data.txt").symlink_to(secret)
    (linking / "all").symlink_to(secret.parent)
    (giant / "giant").touch()
    os.truncate(giant / "giant", 1 << 36)
    os.mkfifo(piping / "pipe")
    (exchange / "toy" / "inbound" / f"dan+toy+{LONG_AGO}").symlink_to(linking)

    ended = toy.run("collect", "toy")

    assert ended.code == 0, ended.log
    assert sorted(path.name for path in (toy.root / "submitted").glob("*/toy")) == ["toy"] * 3
    assert "Not collected: " in ended.log
    assert not [
        path
        for path in (toy.root / "submitted").rglob("*")
        if path.is_file() and not path.is_symlink() and SECRET in path.read_text()
    ]
    ended = toy.autograde()
    assert ended.code == 0, ended.log
    assert ended.lines("'ada/toy/data.txt', a link")
    assert toy.all_scores() == dict.fromkeys(("ada", "carl", "zoe"), POINTS)
    assert not [path for path in (toy.root / "autograded").rglob("*.txt") if SECRET in path.read_text()]
