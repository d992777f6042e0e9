"""Points and shapes on a map. Lines are straight in degrees of latitude and longitude."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

import attrs

#: A longitude and a latitude in degrees, in the order of GeoJSON.
Point = tuple[float, float]

_POINT_TEXT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)


@attrs.frozen
class Shape:
    """A shape of GeoJSON (RFC 7946), or a point.

    :ivar lines: points that are joined by straight lines; a single point is a line of one
    :ivar areas: closed lines that surround what belongs to the shape. Holes in them are not subtracted
    """

    lines: tuple[tuple[Point, ...], ...]
    areas: tuple[tuple[Point, ...], ...] = ()


@attrs.frozen
class Box:
    """An area between two meridians and two parallels. If the left one is east of the right one, it crosses 180°."""

    left: float
    right: float
    top: float
    bottom: float

    def intersects(self, shape: Shape) -> bool:
        """Whether it has a point of a shape."""
        if self.left > self.right:
            west, east = attrs.evolve(self, right=180.0), attrs.evolve(self, left=-180.0)
            return west.intersects(shape) or east.intersects(shape)
        if any(self._has(point) for line in shape.lines for point in line):
            return True
        corners = ((self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom))
        # A line that enters and leaves at corners crosses a diagonal.
        edges = [*zip(corners, (*corners[1:], corners[0]), strict=True), corners[::2], corners[1::2]]
        if any(_cross(*segment, *edge) for line in shape.lines for segment in pairwise(line) for edge in edges):
            return True
        return any(_is_inside(corners[0], area) for area in shape.areas)

    def _has(self, point: Point) -> bool:
        longitude, latitude = point
        return self.left <= longitude <= self.right and self.bottom <= latitude <= self.top


def parse_point(value: object) -> Shape | None:
    """A ``geo_point``: ``"latitude, longitude"``, or an object with ``lat`` and ``lon``. ``None`` if it is neither."""
    if isinstance(value, str):
        match = _POINT_TEXT.fullmatch(value)
        return None if match is None else _point_shape([float(match[2]), float(match[1])])
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return _point_shape([fields.get("lon"), fields.get("lat")])
    return None


def parse_shape(value: object) -> Shape | None:
    """A ``geo_shape`` of GeoJSON: Point, MultiPoint, LineString, MultiLineString, Polygon or MultiPolygon.

    ``None`` if it is not one.
    """
    if not isinstance(value, dict):
        return None
    fields = cast(dict[str, Any], value)
    kind, coordinates = fields.get("type"), fields.get("coordinates")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    try:
        return None if read is None else read(coordinates)
    except (TypeError, ValueError):
        return None


def _point_shape(pair: object) -> Shape | None:
    try:
        return Shape(((_point(pair),),))
    except (TypeError, ValueError):
        return None


def _point(pair: Any) -> Point:
    longitude, latitude, *_height = pair
    for number, limit in ((longitude, 180), (latitude, 90)):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not -limit <= number <= limit:
            raise ValueError(f"{number!r} is not a coordinate")
    return float(longitude), float(latitude)


def _line(points: Any, least: int) -> tuple[Point, ...]:
    found = tuple(_point(pair) for pair in points)
    if len(found) < least:
        raise ValueError(f"{len(found)} points are too few")
    return found


def _polygons(polygons: Any) -> Shape:
    rings = [[_line(ring, 4) for ring in polygon] for polygon in polygons]
    if not rings or not all(rings) or any(ring[0] != ring[-1] for polygon in rings for ring in polygon):
        raise ValueError("The lines around an area are not closed")
    return Shape(tuple(ring for polygon in rings for ring in polygon), tuple(polygon[0] for polygon in rings))


_READERS: dict[str, Callable[[Any], Shape]] = {
    "Point": lambda pair: Shape(((_point(pair),),)),
    "MultiPoint": lambda points: Shape(tuple((point,) for point in _line(points, 1))),
    "LineString": lambda points: Shape((_line(points, 2),)),
    "MultiLineString": lambda lines: Shape(tuple(_line(points, 2) for points in lines)),
    "Polygon": lambda rings: _polygons([rings]),
    "MultiPolygon": _polygons,
}


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the line from ``a`` to ``b`` and that from ``c`` to ``d`` cross."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, point: Point) -> float:
    """Positive on one side of the line from ``a`` to ``b``, negative on the other."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def _is_inside(point: Point, ring: tuple[Point, ...]) -> bool:
    """Whether a point is inside a closed line: a ray from it crosses the line an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > point[1]) != (y2 > point[1]) and point[0] < x1 + (point[1] - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside
