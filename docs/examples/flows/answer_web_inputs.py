"""Answer the questions that runs ask, under asyncio."""

import asyncio

from globus_transport import AccessTokenAuthorizer, AsyncFlowsClient

FLOWS_ACCESS_TOKEN = "..."


async def answer_all(client: AsyncFlowsClient, label: str) -> int:
    """Choose the option with a label in every open web input that has it.

    :return: how many web inputs were answered
    """
    answered = 0
    async for summary in client.paginated.list_web_inputs(
        filter_roles="respondent", filter_states="open"
    ).items():
        web_input = await client.get_web_input(summary["id"])
        for option in web_input["options"]:
            if option["label"] == label:
                await client.respond_to_web_input(web_input["id"], option["option_id"])
                answered += 1
    return answered


async def main() -> None:
    async with AsyncFlowsClient(
        authorizer=AccessTokenAuthorizer(FLOWS_ACCESS_TOKEN)
    ) as client:
        print(await answer_all(client, "Keep"))


asyncio.run(main())
