from typing import Literal, TypeAlias

ResponseStatus: TypeAlias = Literal["error", "fail", "success"]
""" Whether the request succeeded; `success` in an answer of 200. """
