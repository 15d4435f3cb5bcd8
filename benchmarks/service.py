"""A minimal service that answers reads after a fixed latency, so that only the client's time is measured.

python benchmarks/service.py LATENCY_IN_MS
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Any
from uuid import UUID

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LATENCY = float(sys.argv[1]) / 1000
JOBS = 10_000
BATCH = str(UUID(int=1))
WHEN = "2026-01-01T00:00:00.000000+00:00"


def job(number: int) -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "updated_at", "start_timestamp", "end_timestamp"), WHEN)
    return {
        "id": str(UUID(int=1000 + number)),
        "batch_id": BATCH,
        "project_id": BATCH,
        "status": "DONE",
        "runs": 100,
        "variables": {"omega": 6.0, "ts": [200, 500]},
        "errors": [],
        **times,
    }


JOB_LIST = [job(number) for number in range(JOBS)]
BATCH_BODY = {
    "id": BATCH,
    "status": "DONE",
    "open": False,
    "complete": True,
    "device_type": "EMU_FREE",
    "project_id": BATCH,
    "user_id": "somebody",
    "created_at": WHEN,
    "updated_at": WHEN,
    "sequence_builder": "{}",
    "tags": [],
}


async def answer(body: dict[str, Any]) -> Response:
    await asyncio.sleep(LATENCY)
    envelope = {"status": "success", "message": "OK.", "code": "200"}
    return Response(json.dumps(envelope | body), media_type="application/json")


async def batch(_: Request) -> Response:
    return await answer({"data": BATCH_BODY})


async def jobs(request: Request) -> Response:
    offset, limit = int(request.query_params.get("offset", 0)), int(request.query_params.get("limit", 100))
    total = 200 if "batch_id" in request.query_params else JOBS
    page = JOB_LIST[:total][offset : offset + limit]
    return await answer({"data": page, "pagination": {"total": total, "start": offset, "end": offset + len(page)}})


async def link(request: Request) -> Response:
    return await answer({"data": {"results_link": f"{request.base_url}results/{request.path_params['id']}"}})


async def result(_: Request) -> Response:
    await asyncio.sleep(LATENCY)
    return Response(json.dumps({"counter": {"0101": 60, "1010": 40}}), media_type="application/json")


app = Starlette(
    routes=[
        Route("/core-fast/api/v2/batches/{id}", batch),
        Route("/core-fast/api/v2/jobs", jobs),
        Route("/core-fast/api/v1/jobs/{id}/results_link", link),
        Route("/results/{id}", result),
    ]
)

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
