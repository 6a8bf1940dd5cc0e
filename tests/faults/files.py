"""A tablet that brings files in pieces to a server that fails it, and remembers what it was told is kept."""

import hashlib
import time
import uuid
from dataclasses import dataclass, field

import httpx

PIECE = 100_000

PATIENCE = 120
"""Seconds after which a tablet gives up; the machine may be busy."""


@dataclass(frozen=True)
class File:
    instance_id: str
    content: bytes

    @classmethod
    def of(cls, content: bytes) -> "File":
        return cls(f"uuid:{uuid.uuid4()}", content)


@dataclass
class Bringer:
    """`told_kept` are the files whose last piece was answered; after that a tablet deletes its own copy."""

    client: httpx.Client
    headers: dict[str, str]
    told_kept: list[File] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)

    def bring(self, file: File) -> bool:
        """Go on with a file from where it stopped, until it is kept or the server says no."""
        announced = {
            "name": "roof.jpg",
            "size": len(file.content),
            "sha256": hashlib.sha256(file.content).hexdigest(),
        }
        path = f"/api/v1/submissions/{file.instance_id}/attachments"
        answer = self._heard(self.client.post(path, json=announced, headers=self.headers))
        while answer.status_code == 200 and not answer.json()["complete"]:
            offset = answer.json()["offset"]
            headers = {**self.headers, "Upload-Offset": str(offset)}
            piece = file.content[offset : offset + PIECE]
            answer = self._heard(self.client.patch(answer.json()["url"], content=piece, headers=headers))
        if answer.status_code == 200:
            self.told_kept.append(file)
        return answer.status_code == 200

    def insist(self, file: File) -> None:
        """Bring a file whatever happens to the server meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if self.bring(file):
                    return
            except httpx.TransportError:
                time.sleep(0.01)
        raise AssertionError("the file could not be brought")

    def _heard(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(answer)
        return answer
