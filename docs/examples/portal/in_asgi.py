"""A page of the portal for ASGI: nothing may block the event loop."""

import asyncio

from globus_transport import AsyncTransferClient, Deadline
from globus_transport.terminals import AsyncioTerminal
from portal import PATIENCE, Logins


async def list_names(
    logins: Logins, terminal: AsyncioTerminal, user: str, collection: str
) -> list[str]:
    """The names in the folder that a collection opens with.

    :param terminal: of all clients, made by ``Transport().make_async_terminal()``
    :raises NotLoggedIn: if the user has no tokens
    :raises LoginRequiredError: if the tokens can no longer be renewed
    """
    # It reads the database, so it runs in a thread.
    authorizer = await asyncio.to_thread(logins.authorizer, user)
    client = AsyncTransferClient(authorizer=authorizer, terminal=terminal)
    client = client.with_stack(client.stack.replace("deadline", Deadline(PATIENCE)))
    listing = await client.operation_ls(collection)
    return [entry["name"] for entry in listing]
