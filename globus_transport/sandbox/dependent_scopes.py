"""The scopes that a service may request with the token of a call, for the same user."""

from __future__ import annotations

from collections.abc import Iterable

from globus_transport.sandbox.records import Records
from globus_transport.sandbox.scopes import Scope, merge


def dependencies_of(scopes: Iterable[Scope], registered: Records) -> tuple[Scope, ...]:
    """The scopes that the service of these scopes may request.

    The user consented to the dependencies that stand in the scope string, and with a registered scope to the
    dependencies that its registration requires.

    :param scopes: of the token of a call
    :param registered: the documents of the registered scopes
    """
    found: list[Scope] = []
    for scope in scopes:
        found += scope.dependencies
        found += _required_dependencies(scope.name, registered, {scope.name})
    return merge(found)


def missing_scopes(requested: Iterable[Scope], allowed: Iterable[Scope]) -> list[Scope]:
    """The requested scopes that are not among the allowed ones, or have dependencies that those do not have."""
    by_name = {scope.name: scope for scope in merge(allowed)}
    return [
        scope
        for scope in requested
        if scope.name not in by_name or missing_scopes(scope.dependencies, by_name[scope.name].dependencies)
    ]


def _required_dependencies(name: str, registered: Records, parents: set[str]) -> list[Scope]:
    found: list[Scope] = []
    for document in registered.where(scope_string=name):
        for dependency in document["dependent_scopes"]:
            required = None if dependency["optional"] else registered.get(dependency["scope"])
            if required is None:
                continue
            dependency_name = required["scope_string"]
            # Scopes may be registered as dependencies of each other.
            is_circle = dependency_name in parents
            further = (
                () if is_circle else _required_dependencies(dependency_name, registered, parents | {dependency_name})
            )
            found.append(Scope(dependency_name, dependencies=tuple(further)))
    return found
