"""The exceptions of Globus Flows."""

from __future__ import annotations

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.documents import ErrorDocument


class FlowsAPIError(GlobusAPIError):
    """Globus Flows responded with an error.

    A document that does not validate may have several problems. ``messages`` has the text of each, and the field
    ``detail`` of the single error in ``errors`` says where in the document each problem is (``loc``).
    """

    def _read(self) -> ErrorDocument:
        document = super()._read()
        details = document.errors[0].get("detail") if len(document.errors) == 1 else None
        if not isinstance(details, list) or not all(isinstance(detail, dict) for detail in details):
            return document
        texts = [detail.get("msg") for detail in details]
        return attrs.evolve(document, messages=[text for text in texts if isinstance(text, str)])
