"""The failures of a call, and how to handle them."""

from globus_transport import (
    GlobusTimeoutError,
    LoginRequiredError,
    NetworkError,
    TransferAPIError,
    TransferClient,
)


def list_folder(client: TransferClient, collection_id: str, path: str) -> list[str]:
    """The names in a folder, or the reason why it cannot be listed."""
    try:
        return [entry["name"] for entry in client.operation_ls(collection_id, path)]
    except LoginRequiredError:
        return ["the login has ended: log in again"]
    except TransferAPIError as error:
        if error.info.consent_required:
            scopes = " ".join(error.info.consent_required.required_scopes)
            return [f"log in again, and ask for {scopes} too"]
        if error.http_status == 404:
            return [f"not there: {error.message}"]
        raise
    except GlobusTimeoutError:
        return ["the service is too slow today"]
    except NetworkError as error:
        return [f"no answer, after all retries: {error}"]
