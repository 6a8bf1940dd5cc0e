"""A program that has imported the application and forks a real `tangguh serve` for every order that it reads.

What it saves is the second of imports in front of each start; nothing else is spared. Each fork is a process of its
own that runs the command from its arguments on: settings from its environment, migrations, `create_app`, uvicorn on a
real port. A line on the standard input is an order (JSON), each is answered by a line:

    {"serve": environment, "log": path, "mutant": name or ""}  →  its process id
    {"wait": process id}                                       →  its exit code, negative for a signal
"""

import gc
import json
import os
import sys
from typing import Any

# Imported for the processes to come: all that serving imports on its way.
import httptools  # noqa: F401
import uvloop  # noqa: F401

import app.cli.serving
import app.database.notices
import app.main
from tests.faults import mutants


def main() -> None:
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            return _serve(order)
        _lead_own_group(pid)
        print(pid, flush=True)


def _serve(order: dict[str, Any]) -> None:
    _lead_own_group(os.getpid())
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.update(order["serve"])
    sys.argv = ["tangguh", "serve"]
    mutants.plant(order["mutant"])
    app.cli.main()


def _lead_own_group(pid: int) -> None:
    """Done on both sides of the fork, so that it is done whoever comes first."""
    os.setpgid(pid, pid)


if __name__ == "__main__":
    main()
