"""Lists the devices that everybody may see, by a connection without an account."""

import json

from pasqal_cloud import PasqalCloudConnection

print(json.dumps(sorted(PasqalCloudConnection().fetch_available_devices())))
