from typing import Literal, TypeAlias

ResponseStatus: TypeAlias = Literal["error", "fail", "success"]
""" How the request went; `success` in an answer of 200. """
