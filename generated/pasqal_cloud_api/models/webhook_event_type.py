from typing import Literal, TypeAlias

WebhookEventType: TypeAlias = Literal["job.ended"]
""" What has happened. """
