"""``python -m globus_transport middleware``: the layers that installed packages offer.

A package names its layers in the entry points of the group ``globus_transport.middleware``.
"""

from __future__ import annotations

import argparse
import inspect
from importlib.metadata import EntryPoint, entry_points

#: The group of entry points.
GROUP = "globus_transport.middleware"


def list_middleware() -> list[EntryPoint]:
    """The entry points, by package and name. ``load()`` imports one."""
    found = entry_points(group=GROUP)
    return sorted(found, key=lambda point: (point.dist.name.lower() if point.dist else "", point.name))


def main(argv: list[str]) -> int:
    """Print a line for each layer.

    :return: the exit status: 1 if one cannot be imported
    """
    parser = argparse.ArgumentParser(prog="python -m globus_transport middleware", description=_DESCRIPTION)
    parser.parse_args(argv)
    points = list_middleware()
    width = max((len(point.value) for point in points), default=0)
    package, failed = None, False
    for point in points:
        name = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown package"
        if name != package:
            print(name if package is None else f"\n{name}")
            package = name
        try:
            what = _first_line(point.load())
        except Exception as error:
            # The others are listed all the same.
            what, failed = f"cannot be imported: {type(error).__name__}: {error}", True
        print(f"  {point.value:<{width}}  {what}".rstrip())
    return 1 if failed else 0


_DESCRIPTION = "Lists the middleware that installed packages offer, and what each does."


def _first_line(middleware: object) -> str:
    return (inspect.getdoc(middleware) or "").partition("\n")[0]
