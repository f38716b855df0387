"""`bauhinia chat "QUESTION"`, the public assistant; `bauhinia replay`, its sources played back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..chat.turn import Answer


def chat(
    question: Annotated[str, typer.Argument(help="In English, Chinese or Cantonese.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Ask the public assistant: departments' own answers, live sources, public documents, the model last."""
    from .rendering import harmless

    answer = asyncio.run(_asked(question, quiet=as_json))
    if as_json:
        from ..chat.conversations import kept_of

        print(json.dumps(kept_of(answer), ensure_ascii=False, indent=2))
        return
    for number, reference in enumerate(answer.references, 1):
        print(harmless(f"  {number}. {reference.title} {reference.url}".rstrip()))
    if answer.model:
        typer.echo(f"AI-generated ({answer.model}), by {answer.via}. Check before use.", err=True)


async def _asked(question: str, *, quiet: bool) -> Answer:
    from ..chat.line import Waiting
    from ..chat.reception import open_reception
    from ..chat.turn import Answer, Said
    from ..pilot.office import open_office
    from .rendering import harmless

    settings = get_settings()
    answer: Answer | None = None
    async with open_office(settings) as office:
        reception = open_reception(settings, office)
        try:
            async for event in reception.answer(question, by=office.officer):
                match event:
                    case Said() if not quiet:
                        mark = "" if event.source is None else f" [{event.source + 1}]"
                        print(harmless(event.text) + mark, flush=True)
                    case Waiting() if not quiet:
                        typer.echo(f"{event.before} before you, about {event.seconds} s.", err=True)
                    case Answer():
                        answer = event
        finally:
            await reception.close()
    assert answer is not None, "an answer comes last"
    return answer


def replay(
    port: Annotated[int, typer.Option(help="Where to listen, on this machine alone.")] = 8399,
    frozen: Annotated[bool, typer.Option("--frozen", help="Let its time stand still.")] = False,
) -> None:
    """Answer as the live sources do, with made-up values: for demonstrations and tests, without a network.

    Point the assistant at it with BAUHINIA_CHAT_SOURCES=replay.
    """
    from ..chat.replay.server import serve_replay

    typer.echo(f"Replaying the live sources on 127.0.0.1:{port}, values made up. Ctrl-C ends it.", err=True)
    asyncio.run(serve_replay(port, frozen=frozen))
