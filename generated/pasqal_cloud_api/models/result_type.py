from typing import Literal, TypeAlias

ResultType: TypeAlias = Literal["counter", "expectation", "run", "sample"]
""" A kind of result. Emulator configurations accept only `counter`. """
