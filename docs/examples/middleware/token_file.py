"""An authorizer for a token that another program writes into a file."""

from pathlib import Path

from globus_transport import GlobusAuthorizer


class TokenFileAuthorizer(GlobusAuthorizer):
    """Sends the token in a file, and reads the file again when the token is refused.

    :param path: of the file
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._token: str | None = None

    def get_authorization_header(self) -> str:
        """The header with the token, which is read from the file once."""
        if self._token is None:
            self._token = self.path.read_text().strip()
        return f"Bearer {self._token}"

    def handle_missing_authorization(self) -> bool:
        """After a 401: the file may hold a new token."""
        self._token = None
        return True
