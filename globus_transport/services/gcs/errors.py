"""The exceptions of Globus Connect Server."""

from __future__ import annotations

from typing import Any

from globus_transport.exc.api import GlobusAPIError


class GCSAPIError(GlobusAPIError):
    """Globus Connect Server responded with an error. Its codes are words, such as ``permission_denied``."""

    @property
    def detail(self) -> str | dict[str, Any] | None:
        """More about the error: a text, or a document such as the one that names the missing credential."""
        detail: str | dict[str, Any] | None = (self.raw_json or {}).get("detail")
        return detail

    @property
    def detail_data_type(self) -> str | None:
        """The ``DATA_TYPE`` of :attr:`detail`, if that is a document that has one."""
        data_type = self.detail.get("DATA_TYPE") if isinstance(self.detail, dict) else None
        return data_type if isinstance(data_type, str) else None
