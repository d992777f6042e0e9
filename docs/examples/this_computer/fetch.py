"""Copy a folder to this computer."""

from globus_transport import (
    AuthClient,
    LocalGlobusConnectPersonal,
    TransferClient,
    TransferData,
)


def fetch(client: TransferClient, source: str, path: str) -> str:
    """Submit a transfer to the collection of this computer.

    :return: the id of the task
    """
    here = LocalGlobusConnectPersonal().endpoint_id
    if here is None:
        page = "https://www.globus.org/globus-connect-personal"
        raise SystemExit(f"Set up Globus Connect Personal first: {page}")
    transfer = TransferData(source, here, label="Copy to this computer")
    transfer.add_item(path, f"/~{path}", recursive=True)
    return str(client.submit_transfer(transfer)["task_id"])


def owner_of_this_computer(client: AuthClient) -> str:
    """The user name of the identity that set up Globus Connect Personal here."""
    identity = LocalGlobusConnectPersonal().get_owner_info(client)
    return "nobody" if identity is None else str(identity["username"])
