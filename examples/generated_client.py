"""The generated client, with the SDK's authentication, timeouts and errors."""

from pasqal_cloud import SDK
from pasqal_cloud_api.api.batches import list_batches

with SDK.local() as sdk:
    page = sdk.call(list_batches, status=["DONE"], limit=10)
    print(f"{len(page.data)} batches are done.")
    for batch in page.data:
        print(batch.id, batch.device_type, batch.created_at)
