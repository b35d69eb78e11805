"""How much tests that try many cases try: a sample each time, all with HAGUKUMI_THOROUGH=1."""

import os
from typing import TypeVar

T = TypeVar("T")

THOROUGH = bool(os.environ.get("HAGUKUMI_THOROUGH"))


def sample(some: T, every: T) -> T:
    return every if THOROUGH else some
