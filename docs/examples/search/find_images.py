"""Search an index: the newest images with a tag, the number of images for each tag, and
a list of all."""

from globus_transport import SearchClient, SearchQueryV1, SearchScrollQuery

INDEX_ID = "..."

query = SearchQueryV1(
    q="glass",
    filters=[{"type": "match_all", "field_name": "tags", "values": ["raw"]}],
    facets=[{"name": "Tags", "type": "terms", "field_name": "tags", "size": 10}],
    sort=[{"field_name": "date", "order": "desc"}],
)
with SearchClient() as client:
    page = client.post_search(INDEX_ID, query, limit=20)
    for result in page:
        print(result["subject"], result["entries"][0]["content"]["title"])
    for bucket in page["facet_results"][0]["buckets"]:
        print(bucket["value"], bucket["count"])

    every_image = client.scroll.items(INDEX_ID, SearchScrollQuery("*"))
    print(len(list(every_image)), "images")
