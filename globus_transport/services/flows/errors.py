"""The exceptions of Globus Flows."""

from __future__ import annotations

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.documents import ErrorDocument, ErrorSubdocument

# In the errors of Flows, "detail" explains more than "message".
_MESSAGE_FIELDS = ("detail", "message", "title")


class FlowsAPIError(GlobusAPIError):
    """Globus Flows responded with an error.

    A document that does not validate may have several problems. ``messages`` has the text of each, and the field
    ``detail`` of the single error in ``errors`` says where in the document each problem is (``loc``).
    """

    def _read(self) -> ErrorDocument:
        document = self.raw_json or {}
        error = document.get("error")
        has_code_and_message = all(isinstance(document.get(name), str) for name in ("code", "message"))
        if not isinstance(error, dict) or has_code_and_message:
            return super()._read()
        subdocument = ErrorSubdocument(error, message_fields=_MESSAGE_FIELDS)
        details = error.get("detail")
        if isinstance(details, list) and all(isinstance(detail, dict) for detail in details):
            texts = [detail.get("msg") for detail in details]
        else:
            texts = [subdocument.message]
        messages = [text for text in texts if isinstance(text, str)]
        return ErrorDocument(subdocument.code, messages, [subdocument])
