"""Show the user's bookmarks, each with the name of its collection."""

from globus_transport.experimental import TransferClientV2


def describe_bookmarks(client: TransferClientV2) -> list[str]:
    """The bookmarks as text: name, collection and path."""
    bookmarks = client.list_bookmarks(query_params={"include": "collection"})
    names = {
        collection["id"]: collection["attributes"]["display_name"]
        for collection in bookmarks["included"]
    }
    lines = []
    for bookmark in bookmarks:
        collection = names[bookmark["relationships"]["collection"]["data"]["id"]]
        name, path = bookmark["attributes"]["name"], bookmark["attributes"]["path"]
        lines.append(f"{name}: {collection}, {path}")
    return lines
