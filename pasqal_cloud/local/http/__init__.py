"""The service as clients see it: requests, checked against the API's description, and answers."""
