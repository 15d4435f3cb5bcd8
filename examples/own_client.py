"""The generated client on its own: yours to configure, with no SDK above it.

What is no success is raised as an `UnexpectedStatus`, and renewing the token is up to you.
"""

import json
import subprocess
import sys
from uuid import UUID

from pasqal_cloud import Endpoints, PasswordGrantTokenProvider
from pasqal_cloud_api import AuthenticatedClient
from pasqal_cloud_api.api.account import list_projects
from pasqal_cloud_api.api.batches import get_batch, list_batches
from pasqal_cloud_api.errors import UnexpectedStatus

SERVICE = [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--json", "--exit-with-parent"]


def main() -> None:
    with subprocess.Popen(SERVICE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        address = json.loads(service.stdout.readline())
        endpoints = Endpoints.at(address["url"])
        assert endpoints.auth is not None
        token = PasswordGrantTokenProvider(address["username"], address["password"], endpoints.auth).get_token()

        with AuthenticatedClient(base_url=endpoints.core, token=token) as core:
            batches = list_batches.sync(client=core, limit=10)
            print(f"{len(batches.data)} batches.")
            try:
                get_batch.sync(UUID(int=0), client=core)
            except UnexpectedStatus as error:
                print(f"There is no batch 0: {error.status_code}, {error.message}")

        with AuthenticatedClient(base_url=endpoints.account, token=token) as account:
            projects = list_projects.sync(client=account)
            print("Projects:", ", ".join(str(project.name) for project in projects.data))


if __name__ == "__main__":
    main()
