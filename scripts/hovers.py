"""Asks Pyright's language server, which VS Code's Pylance is made of, what it shows of our operations, and checks it.

Takes the folder to work in, which is empty, and the interpreter that has the package.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import IO, Any

PROGRAM = """
from pasqal_cloud import SDK, AsyncSDK

sdk = SDK()
batch = sdk.create_batch("", [])
batch.wait()
batch.ordered_jobs
batch.status
sdk.iter_jobs()

async def main(sdk: AsyncSDK) -> None:
    batch = await sdk.create_batch("", [])
    await batch.ordered_jobs
    sdk.iter_jobs()
"""
SHOWN = {  # what is shown, by what the pointer is on
    ("sdk.create_batch", 1): ["(method) def create_batch(", ") -> Batch\n", "Creates a batch.", "fetch_results:"],
    ("batch.wait", 1): ["(method) def wait(", ") -> None\n", "Waits until it is settled."],
    ("batch.ordered_jobs", 1): [") ordered_jobs: list[Job]", "The jobs, in the order in which they were added."],
    ("batch.status", 1): ["(property) status: BatchStatus", "The status as of the last request."],
    ("sdk.iter_jobs", 1): ["(method) def iter_jobs(", ") -> Iterator[Job]\n", "Iterates over"],
    ("sdk.create_batch", 2): ["(method) def create_batch(", "AsyncBatch]\n", "Creates a batch."],
    ("batch.ordered_jobs", 2): ["(property) ordered_jobs: Awaitable[list[AsyncJob]]", "The jobs, in the order"],
    ("sdk.iter_jobs", 2): ["(method) def iter_jobs(", ") -> AsyncIterator[AsyncJob]\n", "Iterates over"],
    ("SDK()", 1): ["class SDK(", "username: str | None = None", "Client for Pasqal Cloud."],
}


class Server:
    """A language server, asked one thing at a time."""

    def __init__(self, folder: Path, python: str) -> None:
        program = Path(sysconfig.get_path("scripts")) / "pyright-langserver"
        self._settings = {"pythonPath": python, "analysis": {}}
        self._process = subprocess.Popen(  # noqa: S603 - Pyright's own program
            [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
        )
        self._number = 0
        root = folder.as_uri()
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"hover": {"contentFormat": ["plaintext"]}},
        }
        folders = [{"uri": root, "name": "folder"}]
        self.ask("initialize", processId=None, rootUri=root, capabilities=capabilities, workspaceFolders=folders)
        self.tell("initialized")

    def ask(self, method: str, **params: Any) -> Any:
        """Sends a request, and returns the result; answers what the server asks meanwhile."""
        self._number += 1
        self._send(id=self._number, method=method, params=params)
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                is_settings = message["method"] == "workspace/configuration"
                items = message["params"]["items"] if is_settings else []
                answers = [self._settings if each["section"] == "python" else {} for each in items]
                self._send(id=message["id"], result=answers if is_settings else None)
            elif message.get("id") == self._number:
                return message["result"]

    def tell(self, method: str, **params: Any) -> None:
        """Sends what has no answer."""
        self._send(method=method, params=params)

    def close(self) -> None:
        """Ends the server."""
        self._process.kill()
        self._process.communicate()

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe = _open(self._process.stdin)
        pipe.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        pipe.flush()

    def _receive(self) -> dict[str, Any]:
        pipe = _open(self._process.stdout)
        length = 0
        while line := pipe.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if not length:
            raise EOFError("The language server has ended.")
        message: dict[str, Any] = json.loads(pipe.read(length))
        return message


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("The language server has no pipe.")
    return pipe


def main(folder: Path, python: str) -> int:
    """Prints what is shown otherwise than it should be."""
    folder.mkdir()
    file = folder / "program.py"
    file.write_text(PROGRAM, "utf-8")
    server = Server(folder, python)
    document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": PROGRAM}
    server.tell("textDocument/didOpen", textDocument=document)
    wrong = 0
    for (name, occurrence), expected in SHOWN.items():
        before = name.join(PROGRAM.split(name)[:occurrence]) + name.rstrip("()")[:-1]
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        answer = server.ask("textDocument/hover", textDocument={"uri": file.as_uri()}, position=place)
        shown = answer["contents"]["value"] if answer else ""
        missing = [each for each in expected if each not in shown.replace("async def", "def")]
        if missing or re.search(r"\b(Flow|Unknown)\b", shown):
            wrong += 1
            print(f"Of {name}, {occurrence}, Pyright shows:\n{shown}\nIt should have {missing}.", file=sys.stderr)
    server.close()
    print(f"Pyright shows {len(SHOWN) - wrong} of {len(SHOWN)} names as it should.")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2]))
