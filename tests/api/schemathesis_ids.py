"""For schemathesis: half of the ids in its paths are those of objects that are there (USHER_THERE, JSON: parameter -> ids), so that calls get beyond 404."""

import json
import os
import random
from typing import Any

import schemathesis

THERE: dict[str, list[str]] = json.loads(os.environ["USHER_THERE"])


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Drawn from the case itself, so that a case that is tried again means the same objects."""
    if not path_parameters:
        return path_parameters
    draw = random.Random(repr(sorted(path_parameters.items())))
    return {name: draw.choice([told, *THERE.get(name, ())]) for name, told in path_parameters.items()}
