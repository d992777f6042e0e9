"""The commands of globus-cli that the tests run at the sandbox, in their order.

``$name`` stands for a variable: of the test, or saved by an earlier command.
"""

from __future__ import annotations

import attrs

_RULE = "endpoint permission"
_TRANSFER = "transfer $laptop:/notes.txt $desk:/"
_HELLO = """'{"StartAt":"H","States":{"H":{"Type":"Pass","End":true}}}'"""
_ENTRY = '{"@version":"2016-11-09","subject":"s1","visible_to":["public"],"content":{"title":"granite"}}'
_INGEST = f"""'{{"ingest_type":"GMetaEntry","ingest_data":{_ENTRY}}}'"""


_OTHER_OWNER = "the owner of a collection of Globus Connect Server is a person in the sandbox, not the endpoint"
_NO_ENDPOINT = "Transfer in the sandbox does not have the endpoint of Globus Connect Server"
_OF_COLLECTION = tuple(
    prefix + words
    for prefix in ("", "gcs ")
    for words in (
        "collection create guest $cluster / Shared",
        "collection delete $cluster",
        "collection role delete $cluster $id",
        "collection role list $cluster",
        "collection role show $cluster $id",
        "collection show $cluster",
        "collection update $cluster --description Mine",
    )
)
_OF_ENDPOINT = (
    "api gcs $gcs GET /collections",
    "collection create mapped $gcs Cluster --base-path / --storage-gateway-id $id",
    "collection list $gcs",
    "gcs collection create mapped $gcs Cluster --base-path / --storage-gateway-id $id",
    "gcs collection list $gcs",
    "gcs endpoint role create $gcs administrator $grace",
    "gcs endpoint role delete $gcs $id",
    "gcs endpoint role list $gcs",
    "gcs endpoint role show $gcs $id",
    "gcs endpoint set-subscription-id $gcs $subscription",
    "gcs endpoint show $gcs",
    "gcs endpoint update $gcs --description Mine",
    *(
        f"{group} {words}"
        for group in ("endpoint", "gcs")
        for words in (
            "storage-gateway list $gcs",
            "user-credential create from-json $gcs '{}'",
            "user-credential create posix $gcs $id $grace grace",
            "user-credential create s3 $gcs $id $grace grace key secret",
            "user-credential delete $gcs $id",
            "user-credential list $gcs",
            "user-credential show $gcs $id",
            "user-credential update from-json $gcs $id '{}'",
        )
    ),
)


@attrs.frozen
class Command:
    """A command.

    :ivar words: as typed in a shell, without ``globus``
    :ivar expected: text that its output contains
    :ivar save: the variables that it sets, each with the path in its JSON output
    :ivar reason: why it fails; empty for a command that works
    """

    words: str
    expected: str = ""
    save: dict[str, str] = attrs.field(factory=dict)
    reason: str = ""


COMMANDS = (
    Command("list-commands", "=== globus bookmark ==="),
    Command("cli-profile-list", "is_default"),
    Command("whoami", "$username"),
    Command("session show", "$user"),
    Command("get-identities $grace", "grace@"),
    # api
    Command("api auth GET /v2/oauth2/userinfo", "$user"),
    Command("api flows GET /flows", '"flows"'),
    Command("api groups GET /v2/groups/my_groups", "$group"),
    Command("api search GET /v1/index_list", "index_list"),
    Command("api timer GET /jobs/", '"jobs"'),
    Command("api timers GET /jobs/", '"jobs"'),
    Command("api transfer GET /v0.10/endpoint/$laptop", "Laptop"),
    # files
    Command("ls $laptop:/", "notes.txt"),
    Command("stat $laptop:/notes.txt", "file"),
    Command("mkdir $laptop:/made", "directory was made"),
    Command("rename $laptop /made /renamed", "has its new name"),
    Command("bookmark create $laptop:/ home", "Bookmark ID"),
    Command("bookmark list", "home"),
    Command("bookmark show home", "$laptop:/"),
    Command("bookmark rename home house", "Success"),
    Command("bookmark delete house", "was deleted"),
    # tasks
    Command("task generate-submission-id", "-"),
    Command(_TRANSFER + "copy.txt", "Accepted", {"task": "task_id"}),
    Command("task wait $task --polling-interval 1 --timeout 20"),
    Command("task show $task", "SUCCEEDED"),
    Command("task show --successful-transfers $task", "/copy.txt"),
    Command("task show --skipped-errors $task", "Source Path"),
    Command("task list", "$task"),
    Command("task event-list $task", "SUCCEEDED"),
    Command("task event-list --filter-errors $task", "Time"),
    Command("task event-list --filter-non-errors $task", "SUCCEEDED"),
    Command("task pause-info $task", "is not paused"),
    Command("task update $paused --label later", "Success"),
    Command("task cancel $paused", "canceled"),
    Command("delete -r $laptop:/renamed", "Task ID"),
    Command("rm $desk:/copy.txt", "Delete task submitted"),
    # collections
    Command("endpoint search Laptop", "$laptop"),
    Command("endpoint show $laptop", "Laptop"),
    Command("endpoint update $laptop --description Mine", "updated"),
    Command("endpoint set-subscription-id $laptop $subscription", "set"),
    Command("endpoint my-shared-endpoint-list $laptop", "ID"),
    Command("endpoint role create $laptop --identity $grace --role activity_monitor", "$grace", {"role": "id"}),
    Command("endpoint role list $laptop", "activity_monitor"),
    Command("endpoint role show $laptop $role", "activity_monitor"),
    Command("endpoint role delete $laptop $role", "deleted"),
    Command("gcp create mapped Desktop", "$personal", {"personal": "id"}),
    Command("gcp create guest Shared $laptop:/", "$guest", {"guest": "id"}),
    Command("gcp update mapped $personal --description Mine", "updated"),
    Command("gcp update guest $guest --description Ours", "updated"),
    Command("gcp set-subscription-id $personal $subscription", "set"),
    Command("gcp set-subscription-admin-verified $personal true", "set"),
    Command(f"{_RULE} create $guest:/ --identity $grace --permissions r", "$rule", {"rule": "access_id"}),
    Command(f"{_RULE} list $guest", "$rule"),
    Command(f"{_RULE} show $guest $rule", "/"),
    Command(f"{_RULE} update $guest $rule --permissions rw", "updated"),
    Command(f"{_RULE} delete $guest $rule", "deleted"),
    Command("endpoint delete $personal", "deleted"),
    # groups
    Command("group create Chemists", "$made", {"made": "id"}),
    Command("group list", "$made"),
    Command("group show $made", "Chemists"),
    Command("group update $made --name Physicists", "updated"),
    Command("group set-policies $made --visibility authenticated --join-requests", "updated"),
    Command("group member add $made $grace", "grace@"),
    Command("group member list $made", "grace@"),
    Command("group member remove $made $grace", "grace@"),
    Command("group member invite $made $grace", "grace@"),
    Command("group member approve $pending $grace", "grace@"),
    Command("group member reject $pending $mary", "mary@"),
    Command("group get-by-subscription $subscription", "$group"),
    Command("group get-subscription-info $subscription", "$subscription"),
    Command("group set-subscription-admin-verified $made $subscription", "verification updated"),
    Command("group invite accept $invited", "$username"),
    Command("group leave $invited", "$username"),
    Command("group invite decline $declined", "$username"),
    Command("group join $open", "$username"),
    Command("group delete $made", "deleted"),
    # flows
    Command(f"flows validate {_HELLO}", "Discovered Scopes"),
    Command(f"flows create Hello {_HELLO}", "$hello", {"hello": "id"}),
    Command("flows list", "Hello"),
    Command("flows show $hello", "Hello"),
    Command("flows update $hello --title Greeting", "Greeting"),
    Command("flows start $flow", "$run", {"run": "run_id"}),
    Command("flows run list", "$run"),
    Command("flows run show $run", "ACTIVE"),
    Command("flows run show-definition $run", "StartAt"),
    Command("flows run show-logs $run", "FlowStarted"),
    Command("flows run resume $run", "$run"),
    Command("flows run update $run --label Mine", "Mine"),
    Command("flows web-input list", "$input", {"input": "web_input_summaries.0.id"}),
    Command("flows web-input show $input", "$option", {"option": "options.0.option_id"}),
    Command("flows web-input respond $input $option", "ok"),
    Command("flows start $flow", "$second", {"second": "run_id"}),
    Command("flows run cancel $second", "FAILED"),
    Command("flows run delete $second", "$second"),
    Command("flows registered-api list", "$api"),
    Command("flows registered-api show $api", "$api"),
    Command("flows delete $hello", "$hello"),
    # timers
    Command("timer create transfer $laptop:/notes.txt $desk:/t --interval 1d", "$timer", {"timer": "job_id"}),
    Command("timer create flow $flow --interval 1d", "$flow_timer", {"flow_timer": "job_id"}),
    Command("timer list", "Awaiting the next run"),
    Command("timer show $timer", "$timer"),
    Command("timer pause $timer", "paused"),
    Command("timer resume $timer", "is active"),
    Command("timer delete $timer", "$timer"),
    # search
    Command("search index create Rocks 'All rocks'", "$index", {"index": "id"}),
    Command("search index list", "Rocks"),
    Command("search index show $index", "Rocks"),
    Command("search index role create $index writer $grace", "$index_role", {"index_role": "id"}),
    Command("search index role list $index", "writer"),
    Command("search index role delete $index $index_role", "$index_role"),
    Command(f"search ingest $index {_INGEST}", "$ingest", {"ingest": "task_id"}),
    Command("search task list $index", "$ingest"),
    Command("search task show $ingest", "SUCCESS"),
    Command("search query $index -q granite", "s1"),
    Command("search subject show $index s1", "granite"),
    Command("search subject delete $index s1", ""),
    Command("search delete-by-query $index -q granite", "-"),
    Command("search index delete $index", "$index"),
    # streams
    Command("streams access-point show $point", "Point"),
    Command("streams tunnel create $point $other_point --label T", "$tunnel", {"tunnel": "data.id"}),
    Command("streams tunnel list", "$tunnel"),
    Command("streams tunnel show $tunnel", "$tunnel"),
    Command("streams tunnel update $tunnel --label U", "U"),
    Command("streams tunnel events $tunnel", ""),
    Command("streams tunnel stop $tunnel", "$tunnel"),
    Command("streams tunnel delete $tunnel", ""),
    # What does not work
    Command("endpoint local-id", "No Globus Connect Personal", reason="Globus Connect Personal is not installed"),
    *(
        Command(f"endpoint {name} x", "has been removed", reason="the command was removed from globus-cli")
        for name in ("activate", "create", "deactivate", "is-activated", "server")
    ),
    *(Command(words, "MissingLoginError", reason=_OTHER_OWNER) for words in _OF_COLLECTION),
    *(Command(words, "EndpointNotFound", reason=_NO_ENDPOINT) for words in _OF_ENDPOINT),
    Command("logout --yes", "logged out"),
)

#: Commands that another test runs with a login in between.
RUN_ELSEWHERE = frozenset({"login", "session consent", "session update"})

#: Commands that no test runs, and why.
NOT_RUN = {
    "version": "it asks the package registry for the latest release",
    "update": "it installs a release from the package registry",
}
