"""An authorizer of one's own: another program writes the token into a file."""

from pathlib import Path

from globus_transport import GlobusAuthorizer


class TokenFileAuthorizer(GlobusAuthorizer):
    """Sends the token that stands in a file, and reads it again when it is refused.

    :param path: of the file
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._token: str | None = None

    def get_authorization_header(self) -> str:
        """The header, with the token read last."""
        if self._token is None:
            self._token = self.path.read_text().strip()
        return f"Bearer {self._token}"

    def handle_missing_authorization(self) -> bool:
        """After a 401: there may be a new token in the file."""
        self._token = None
        return True
