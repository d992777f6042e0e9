"""What an authorize request requires of the login, and whether a login has it.

The parameters are those of https://docs.globus.org/api/auth/sessions/: ``session_required_identities``,
``session_required_single_domain``, ``session_required_policies``, ``session_required_mfa`` and ``session_message``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import attrs

from globus_transport.sandbox.access_requirements import LoginSession
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.state import State


@attrs.frozen
class PolicyText:
    """An authentication policy.

    :ivar name: the id, if no policy with it is registered; every login then satisfies it
    :ivar include: the domains of which an identity has to have one; without any, every domain
    :ivar exclude: the domains that an identity must not have
    """

    id: str
    name: str
    description: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    mfa: bool = False

    def accepts(self, identity: Identity) -> bool:
        """Whether an identity has a domain that the policy allows."""
        is_included = not self.include or _has_domain(identity, self.include)
        return is_included and not _has_domain(identity, self.exclude)


@attrs.frozen
class LoginRequirements:
    """What a login needs.

    :ivar identities: ids or usernames as the request has them, each with a username for the page
    :ivar domains: the username of one identity has to have one of them
    :ivar mfa: whether the request itself requires a second factor
    :ivar message: of the application, for the person who logs in
    """

    identities: tuple[tuple[str, str], ...]
    domains: tuple[str, ...]
    policies: tuple[PolicyText, ...]
    mfa: bool
    message: str

    @property
    def needs_mfa(self) -> bool:
        """Whether the request or one of its policies requires a second factor."""
        return self.mfa or any(policy.mfa for policy in self.policies)

    @property
    def any(self) -> bool:
        """Whether anything is required besides a login."""
        return bool(self.identities or self.domains or self.policies or self.mfa)

    def problems(self, identities: Iterable[Identity], names: Iterable[str], *, mfa: bool) -> list[str]:
        """What a login lacks, in sentences for the page.

        :param identities: whom the person logs in as
        :param names: the required identities among them, as the request has them
        :param mfa: whether the login has a second factor
        """
        identities, names = list(identities), set(names)
        found = [f"You are not logged in as {text}." for name, text in self.identities if name not in names]
        if self.domains and not any(_has_domain(identity, self.domains) for identity in identities):
            found.append(f"None of your usernames ends in @{' or @'.join(self.domains)}.")
        found += [
            f"The policy {policy.name} does not allow the domain of your username."
            for policy in self.policies
            if not any(policy.accepts(identity) for identity in identities)
        ]
        if self.needs_mfa and not mfa:
            found.append("The second factor is missing.")
        return found

    def matching(self, identity: Identity) -> set[str]:
        """The required identities that this one is, as the request has them."""
        return {name for name, _ in self.identities if name.lower() in (identity.id, identity.username.lower())}

    def session(self, identities: Iterable[Identity], names: Iterable[str], *, mfa: bool) -> LoginSession:
        """The session of a login that meets the requirements."""
        identities = list(identities)
        usernames = {identity.username for identity in identities}
        return LoginSession(
            identities=frozenset({*names, *usernames, *(identity.id for identity in identities)}),
            domains=frozenset({*self._matching_domains(identities), *(name.rpartition("@")[2] for name in usernames)}),
            policies=frozenset(policy.id for policy in self.policies),
            mfa=mfa,
        )

    def _matching_domains(self, identities: Iterable[Identity]) -> set[str]:
        # A collection compares the domains with those that it requires letter by letter.
        return {domain for domain in self.domains if any(_has_domain(identity, [domain]) for identity in identities)}


def read_requirements(state: State, parameters: Mapping[str, str]) -> LoginRequirements:
    """The requirements of an authorize request.

    :param parameters: of its query
    """

    def names(key: str) -> tuple[str, ...]:
        # Each once, in their order.
        return tuple(dict.fromkeys(name for name in parameters.get(key, "").split(",") if name))

    return LoginRequirements(
        identities=tuple(
            (name, identity.username if (identity := find_identity(state.identities, name)) else name)
            for name in names("session_required_identities")
        ),
        domains=names("session_required_single_domain"),
        policies=tuple(_read_policy(state, id) for id in names("session_required_policies")),
        mfa=parameters.get("session_required_mfa", "").lower() == "true",
        message=parameters.get("session_message", ""),
    )


def find_identity(identities: Identities, name: str) -> Identity | None:
    """The identity with this id or username; ``None`` if there is none."""
    found = identities.find_by_ids([name]) or identities.find_by_usernames([name], provision=False)
    return found[0] if found else None


def _read_policy(state: State, id: str) -> PolicyText:
    policy = state.registry.policies.get(id)
    if policy is None:
        return PolicyText(id, id)
    return PolicyText(
        id,
        policy["display_name"],
        policy["description"],
        tuple(policy["domain_constraints_include"] or ()),
        tuple(policy["domain_constraints_exclude"] or ()),
        policy["required_mfa"],
    )


def _has_domain(identity: Identity, patterns: Iterable[str]) -> bool:
    domain = identity.username.rpartition("@")[2].lower()
    return any(fnmatchcase(domain, pattern.lower()) for pattern in patterns)
