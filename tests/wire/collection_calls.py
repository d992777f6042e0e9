"""Calls of TransferClient's routes on collections, roles, access rules and bookmarks."""

from __future__ import annotations

import uuid

from tests.wire.both_packages import Call

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
#: Every kind of value that a query may hold.
QUERY = {"a": [1, None, "ü&"], "none": None, "yes": True}

CALLS: dict[str, Call] = {
    "update_endpoint": lambda client, _: client.update_endpoint(ID, {"display_name": "née", "x": None}),
    "update_endpoint, all": lambda client, sdk: client.update_endpoint(
        endpoint_id="x", data={"a": sdk.MISSING, "owner": ID}, query_params=QUERY
    ),
    "update_endpoint, empty": lambda client, _: client.update_endpoint(ID, {}),
    "set_subscription_id": lambda client, _: client.set_subscription_id(ID, ID),
    "set_subscription_id, DEFAULT": lambda client, _: client.set_subscription_id(
        collection_id="x", subscription_id="DEFAULT"
    ),
    "set_subscription_id, None": lambda client, _: client.set_subscription_id(ID, None),
    "set_subscription_admin_verified": lambda client, _: client.set_subscription_admin_verified(ID, True),
    "set_subscription_admin_verified, False": lambda client, _: client.set_subscription_admin_verified(
        collection_id="x", subscription_admin_verified=False
    ),
    "delete_endpoint": lambda client, _: client.delete_endpoint(ID),
    "delete_endpoint, by name": lambda client, _: client.delete_endpoint(endpoint_id="x y"),
    "my_effective_pause_rule_list": lambda client, _: client.my_effective_pause_rule_list(ID),
    "my_effective_pause_rule_list, all": lambda client, _: client.my_effective_pause_rule_list(
        endpoint_id="x", query_params=QUERY
    ),
    "my_shared_endpoint_list": lambda client, _: client.my_shared_endpoint_list(ID),
    "my_shared_endpoint_list, all": lambda client, _: client.my_shared_endpoint_list(
        endpoint_id="x", query_params=QUERY
    ),
    "get_shared_endpoint_list": lambda client, _: client.get_shared_endpoint_list(ID),
    "get_shared_endpoint_list, all": lambda client, _: client.get_shared_endpoint_list(
        endpoint_id="x", max_results=0, next_token="a+/=", query_params=QUERY
    ),
    "create_shared_endpoint": lambda client, _: client.create_shared_endpoint(
        {"DATA_TYPE": "shared_endpoint", "host_endpoint": ID, "host_path": "/~/ü", "tags": ("a",)}
    ),
    "create_shared_endpoint, by name": lambda client, sdk: client.create_shared_endpoint(data={"a": sdk.MISSING}),
    "endpoint_server_list": lambda client, _: client.endpoint_server_list(ID),
    "endpoint_server_list, all": lambda client, _: client.endpoint_server_list(endpoint_id="x", query_params=QUERY),
    "get_endpoint_server": lambda client, _: client.get_endpoint_server(ID, 207976),
    "get_endpoint_server, all": lambda client, _: client.get_endpoint_server(
        endpoint_id="x", server_id="5", query_params=QUERY
    ),
    "endpoint_role_list": lambda client, _: client.endpoint_role_list(ID),
    "endpoint_role_list, all": lambda client, _: client.endpoint_role_list(endpoint_id="x", query_params=QUERY),
    "add_endpoint_role": lambda client, _: client.add_endpoint_role(
        ID, {"DATA_TYPE": "role", "principal_type": "identity", "principal": ID, "role": "access_manager"}
    ),
    "add_endpoint_role, by name": lambda client, _: client.add_endpoint_role(endpoint_id="x", role_data={}),
    "get_endpoint_role": lambda client, _: client.get_endpoint_role(ID, "role id"),
    "get_endpoint_role, all": lambda client, _: client.get_endpoint_role(
        endpoint_id="x", role_id=ID, query_params=QUERY
    ),
    "delete_endpoint_role": lambda client, _: client.delete_endpoint_role(ID, "r"),
    "delete_endpoint_role, by name": lambda client, _: client.delete_endpoint_role(endpoint_id="x", role_id="ü"),
    "endpoint_acl_list": lambda client, _: client.endpoint_acl_list(ID),
    "endpoint_acl_list, all": lambda client, _: client.endpoint_acl_list(endpoint_id="x", query_params=QUERY),
    "get_endpoint_acl_rule": lambda client, _: client.get_endpoint_acl_rule(ID, "rule"),
    "get_endpoint_acl_rule, all": lambda client, _: client.get_endpoint_acl_rule(
        endpoint_id="x", rule_id=ID, query_params=QUERY
    ),
    "add_endpoint_acl_rule": lambda client, _: client.add_endpoint_acl_rule(
        ID, {"DATA_TYPE": "access", "principal_type": "identity", "principal": ID, "path": "/ä/", "permissions": "rw"}
    ),
    "add_endpoint_acl_rule, by name": lambda client, _: client.add_endpoint_acl_rule(endpoint_id="x", rule_data={}),
    "update_endpoint_acl_rule": lambda client, _: client.update_endpoint_acl_rule(ID, "rule", {"permissions": "r"}),
    "update_endpoint_acl_rule, by name": lambda client, _: client.update_endpoint_acl_rule(
        endpoint_id="x", rule_id=ID, rule_data={"permissions": "r", "x": [None]}
    ),
    "delete_endpoint_acl_rule": lambda client, _: client.delete_endpoint_acl_rule(ID, "rule"),
    "delete_endpoint_acl_rule, by name": lambda client, _: client.delete_endpoint_acl_rule(endpoint_id="x", rule_id=ID),
    "bookmark_list": lambda client, _: client.bookmark_list(),
    "bookmark_list, all": lambda client, _: client.bookmark_list(query_params=QUERY),
    "create_bookmark": lambda client, _: client.create_bookmark({"name": "née", "endpoint_id": ID, "path": "/a b/"}),
    "create_bookmark, by name": lambda client, _: client.create_bookmark(bookmark_data={}),
    "get_bookmark": lambda client, _: client.get_bookmark(ID),
    "get_bookmark, all": lambda client, _: client.get_bookmark(bookmark_id="x", query_params=QUERY),
    "update_bookmark": lambda client, _: client.update_bookmark(ID, {"name": "new"}),
    "update_bookmark, by name": lambda client, _: client.update_bookmark(bookmark_id="x", bookmark_data={"name": None}),
    "delete_bookmark": lambda client, _: client.delete_bookmark(ID),
    "delete_bookmark, by name": lambda client, _: client.delete_bookmark(bookmark_id="x"),
}
