"""Compares the time for reads with our client and with the existing one, and prints the ratios.

python benchmarks/compare.py PYTHON_WITH_THE_EXISTING_CLIENT
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 3
LATENCY_MS = 20


def reads(python: str, url: str, client: str) -> dict[str, dict[str, float]]:
    command = [python, "-P", str(HERE / "reads.py"), url, client]
    result: dict[str, dict[str, float]] = json.loads(
        subprocess.run(command, check=True, capture_output=True, cwd="/").stdout
    )
    return result


def main(existing: str) -> None:
    command = [sys.executable, str(HERE / "service.py"), str(LATENCY_MS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            url = service.stdout.readline().strip()
            pythons = {"ours": sys.executable, "existing": existing}
            rounds = [{client: reads(python, url, client) for client, python in pythons.items()} for _ in range(ROUNDS)]
        finally:
            service.terminate()
    print(f"latency {LATENCY_MS} ms, median of {ROUNDS} rounds; ratio = existing / ours")
    for name in ("list_jobs", "results"):
        for what in ("wall", "cpu"):
            ours, theirs = (statistics.median(r[client][name][what] for r in rounds) for client in ("ours", "existing"))
            print(f"{name:10} {what:5} ours {ours:6.2f} s   existing {theirs:6.2f} s   ratio {theirs / ours:5.1f}")


if __name__ == "__main__":
    main(sys.argv[1])
