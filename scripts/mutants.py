"""Shows that the tests can fail: each mutant of tests/mutants.toml must be killed by the tests named for it.

A mutant is a copy of this checkout with one mistake in it. The tests named for all mutants first pass in a copy without
a mistake; then each mutant's own tests must fail in it: by a test that fails, not by one that can't be collected or set
up. Prints a line per mutant with the seconds it took, and exits with 1 if one was not killed. Arguments are words of
the names of the mutants to try; without any, all are tried.

Mutation testers such as mutmut and cosmic-ray make mutants by rules (each `<` becomes `<=`) and by the thousand, to
find lines that no test needs. Neither takes a list of mistakes made by hand, such as "a POST is sent again after a
502", some of them in the spec and not in Python. That list, and not the trying, is what matters here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests" / "mutants.toml"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "site", "node_modules")
AT_ONCE = 2
UNUSED = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
"""Plugins of pytest that the named tests need not; loading one of them takes a second."""

PATIENCE = 600
"""Seconds after which a run of the tests is given up: a mutant that never ends is not killed by a test."""


class ListError(Exception):
    """A mutant can't be made as the list says."""


@dataclass(frozen=True)
class Mutant:
    """A mistake.

    Args:
        name: What goes wrong, in words.
        tests: The tests that must fail, as pytest takes them.
        old: The text that is replaced, which must occur once.
        new: What takes its place.
        file: Where it stands.
        renamed_in: In place of `file`: where the word `old` is replaced, at least once in each.
    """

    name: str
    tests: tuple[str, ...]
    old: str
    new: str
    file: str = ""
    renamed_in: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """What it changes."""
        return self.renamed_in or (self.file,)

    def changed(self, root: Path) -> dict[Path, str]:
        """Gets the texts of the files with the mistake; raises an error if it can't be made."""
        pattern = rf"\b{re.escape(self.old)}\b" if self.renamed_in else re.escape(self.old)
        texts = {}
        for name in self.files:
            path = root / name
            texts[path], times = re.subn(pattern, lambda _: self.new, path.read_text("utf-8"))
            if not times or (times > 1 and not self.renamed_in):
                raise ListError(f"{self.name}: this is {times} times in {name}, not once:\n{self.old}")
        return texts

    def apply(self, root: Path) -> None:
        """Makes the mistake in a checkout."""
        for path, text in self.changed(root).items():
            path.write_text(text, "utf-8")


def read() -> Iterator[Mutant]:
    """Reads the list; an entry with `each` stands for several mutants."""
    for entry in tomllib.loads(LIST.read_text("utf-8"))["mutant"]:
        for name, test in entry.pop("each", {"": ""}).items():
            filled = {field: _filled(value, name, test) for field, value in entry.items()}
            yield Mutant(**filled)


def _filled(value: str | list[str], name: str, test: str) -> str | tuple[str, ...]:
    """Puts a name and a test in the places that are kept for them."""
    if isinstance(value, list):
        return tuple(text.replace("{test}", test) for text in value)
    return value.replace("{}", name) if name else value


def run(root: Path, tests: list[str], *options: str) -> str:
    """Runs tests of a checkout, with its code; returns "passed", "failed" or what else happened."""
    report, log = root / "report.xml", root / "log.txt"
    command = [sys.executable, "-m", "pytest", "-q", "--basetemp", str(root / "tmp"), "--junitxml", str(report)]
    with log.open("w") as output:  # a file, since a pipe would be held open by whatever outlives pytest
        try:
            status = subprocess.run(  # noqa: S603 - the tests of this checkout
                [*command, *UNUSED, *options, *tests],
                check=False,
                cwd=root,
                env=environment(root),
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE,
            ).returncode
        except subprocess.TimeoutExpired:
            return f"not ended after {PATIENCE} s"
    if status == 0:
        return "passed"
    if status == 1 and ElementTree.parse(report).find(".//failure") is not None:  # noqa: S314 - pytest's own
        return "failed"
    return f"pytest ended with {status}, without a test that failed:\n{log.read_text()[-3000:]}"


def environment(root: Path) -> dict[str, str]:
    """Gets the environment in which Python, and whatever it starts, takes a checkout's code, not what is installed."""
    path = os.pathsep.join([str(root), str(root / "generated")])
    return os.environ | {"PYTHONPATH": path, "LOCAL_PATIENCE": "20"}  # a mutant may never do what a test waits for


def check_whose_code(root: Path) -> None:
    """Makes sure that it is the checkout's code that is run, also by the processes that programs start."""
    program = "import pasqal_cloud as ours, pasqal_cloud_api as api; print(ours.__file__, api.__file__, sep='\\n')"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', {program!r}], check=True)"
    for code in (program, child):
        output = subprocess.run(  # noqa: S603 - two lines of our own
            [sys.executable, "-P", "-c", code], env=environment(root), check=True, capture_output=True, text=True
        ).stdout
        if not all(Path(line).is_relative_to(root) for line in output.splitlines()):
            raise ListError(f"It is not the copy's code that is run: {output}")


def judge(mutant: Mutant, whole: Path, folder: Path) -> tuple[Mutant, str]:
    """Makes a mutant, runs its tests and prints what became of it."""
    began = time.monotonic()
    root = folder / "checkout"
    shutil.copytree(whole, root)
    mutant.apply(root)
    outcome = run(root, list(mutant.tests), "-x", "-p", "no:xdist")
    shutil.rmtree(folder)
    verdict = {"failed": "killed", "passed": "SURVIVED"}.get(outcome, "NO VERDICT")
    print(f"{time.monotonic() - began:6.1f} s  {verdict:10}  {mutant.name}", flush=True)
    if verdict == "NO VERDICT":
        print(outcome, flush=True)
    return mutant, verdict


def main(words: list[str]) -> str | None:
    """Tries the mutants whose names have one of these words; returns what is wrong, if anything is."""
    mutants = [mutant for mutant in read() if not words or any(word in mutant.name for word in words)]
    if not mutants:
        return "No mutant has such a name."
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name).resolve()
        whole = folder / "whole"
        shutil.copytree(ROOT, whole, ignore=LEFT_OUT)
        check_whose_code(whole)
        for number, mutant in enumerate(mutants):  # a list that has grown old is told before anything is run
            probe = folder / f"probe-{number}"
            for file in mutant.files:
                (probe / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(whole / file, probe / file)
            mutant.apply(probe)
        began = time.monotonic()
        tests = dict.fromkeys(test for mutant in mutants for test in mutant.tests)
        outcome = run(whole, list(tests), "-n", str(AT_ONCE), "--dist", "worksteal")
        print(f"{time.monotonic() - began:6.1f} s  {outcome:10}  all of these tests, without a mistake", flush=True)
        if outcome != "passed":
            print((whole / "log.txt").read_text()[-3000:])
            return "The tests must pass where there is no mistake."
        shutil.rmtree(whole / "tmp", ignore_errors=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            verdicts = list(pool.map(lambda pair: judge(pair[1], whole, folder / str(pair[0])), enumerate(mutants)))
    alive = [mutant.name for mutant, verdict in verdicts if verdict != "killed"]
    return "\n".join(["Not killed:", *alive]) if alive else None


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ListError as error:
        sys.exit(str(error))
