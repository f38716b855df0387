"""The door."""

from bauhinia.gateway import Ask, Gateway, Message
from bauhinia.people import Officer

OFFICER = Officer(id="o1", department="Test Department", name="Test Officer")


def ask_for(text: str, **more) -> Ask:
    return Ask(officer=OFFICER, use="api.chat", messages=(Message("user", text),), **more)


async def test_an_answer_is_recorded(gateway: Gateway) -> None:
    answer = await gateway.ask(ask_for("My HKID is A123456(3)."))
    assert answer.text == "My HKID is A123456(3)."
    assert answer.decided("redacted") and answer.decided("restored")
    assert answer.label.entry == 1
