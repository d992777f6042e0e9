"""Two people search the same index, and each finds what they can see."""

from globus_transport import AccessTokenAuthorizer, SearchClient, SearchQueryV1
from globus_transport.sandbox import Identity, Sandbox


def client_for(globus: Sandbox, user: Identity) -> SearchClient:
    token = globus.issue_token(SearchClient.scopes.all, user=user).access_token
    authorizer = AccessTokenAuthorizer(token)
    return SearchClient(authorizer=authorizer, base_url=globus.url_of("search"))


with Sandbox() as globus:
    grace = globus.add_identity(Identity("grace@sandbox.example"))
    team = globus.add_group(globus.user)
    index = globus.search.add_index("Images")
    globus.search.ingest(
        index,
        [
            {
                "subject": "gold.tif",
                "content": {"title": "Gold on glass", "tags": ["raw"]},
            },
            {
                "subject": "silver.tif",
                "content": {"title": "Silver on glass", "tags": ["raw", "checked"]},
                "visible_to": [f"urn:globus:groups:id:{team}"],
            },
        ],
    )

    by_tag = {"name": "Tags", "type": "terms", "field_name": "tags"}
    query = SearchQueryV1(q="glass", facets=[by_tag])
    for user in (globus.user, grace):
        with client_for(globus, user) as client:
            page = client.post_search(index, query)
            tags = page["facet_results"][0]["buckets"]
            counts = {bucket["value"]: bucket["count"] for bucket in tags}
            print(user.username, sorted(result["subject"] for result in page), counts)
