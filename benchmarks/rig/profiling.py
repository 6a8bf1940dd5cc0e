"""Where the server's time goes, as py-spy sees it."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def profiled(pid: int, folder: Path | None, name: str) -> Iterator[None]:
    """Write a flame graph of this process into the folder, if there is one. Needs `pip install py-spy`."""
    if folder is None:
        yield
        return
    program = shutil.which("py-spy")
    if program is None:
        raise SystemExit("py-spy is not on the PATH; install it with: pip install py-spy")
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, "record", "--pid", str(pid), "--output", str(folder / f"{name}.svg")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
