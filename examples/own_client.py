"""The generated client without an SDK.

A response that is not a success raises `UnexpectedStatus`. You have to get and renew the access token yourself.
"""

import json
import subprocess
import sys
from uuid import UUID

from pasqal_cloud_api import AuthenticatedClient, Client
from pasqal_cloud_api.api.account import list_projects
from pasqal_cloud_api.api.authentication import create_token
from pasqal_cloud_api.api.batches import get_batch, list_batches
from pasqal_cloud_api.errors import UnexpectedStatus
from pasqal_cloud_api.models import TokenRequest

SERVICE = [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--json", "--exit-with-parent"]


def main() -> None:
    with subprocess.Popen(SERVICE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        address = json.loads(service.stdout.readline())
        credentials = TokenRequest(grant_type="password", username=address["username"], password=address["password"])
        with Client(base_url=address["url"]) as anonymous:
            token = create_token.sync(client=anonymous, body=credentials).access_token

        with AuthenticatedClient(base_url=address["url"], token=token) as client:
            batches = list_batches.sync(client=client, limit=10)
            print(f"{len(batches.data)} batches.")
            try:
                get_batch.sync(UUID(int=0), client=client)
            except UnexpectedStatus as error:
                print(f"There is no batch 0: {error.status_code}, {error.message}")

            projects = list_projects.sync(client=client)
            print("Projects:", ", ".join(project.name for project in projects.data))


if __name__ == "__main__":
    main()
