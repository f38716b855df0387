"""Traces as a collector receives them: real OTLP over HTTP, read as protobuf, put together into trees."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bauhinia.models import FakeModel
from bauhinia.models.backend import ChatRequest, Message
from bauhinia.models.openai import OpenAIBackend
from bauhinia.telemetry import tracing

from .conftest import SOURCE, TRUE, OpenSite

MARK = "MARKED"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@dataclass
class Collector:
    """What was received."""

    url: str
    posts: list[str] = field(default_factory=list)
    """The path of each."""
    spans: list[Span] = field(default_factory=list)

    def one(self, name: str) -> Span:
        (span,) = [span for span in self.spans if span.name == name]
        return span

    def children(self, parent: Span) -> list[str]:
        """Names, in the order of their beginning."""
        mine = [span for span in self.spans if span.parent_span_id == parent.span_id]
        return [span.name for span in sorted(mine, key=lambda span: span.start_time_unix_nano)]


def attributes(span: Span) -> dict[str, object]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


@pytest.fixture
def listening() -> Iterator[Collector]:
    """A collector that nobody was told of."""

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.posts.append(self.path)
            assert self.path == "/v1/traces"
            if self.headers.get("content-encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    received.spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receive)
    received = Collector(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def collector(listening: Collector) -> Iterator[Collector]:
    """Sent to by the product, as a setting of ours says."""
    tracing.switch_on(listening.url, "test")
    yield listening
    tracing.switch_off()


async def test_a_question_s_trace_has_every_stage_and_none_of_its_words(
    open_site: OpenSite, collector: Collector
) -> None:
    site = await open_site(FakeModel(lambda _: f"An answer, {MARK}."))
    question = {"messages": [{"role": "user", "content": f"A question, {MARK}, A123456(3)"}]}
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    status, _ = await site.json("POST", f"/v1/chat/completions?{MARK}", json=question, headers=headers)
    assert status == 200
    await asyncio.to_thread(tracing.switch_off)
    request, exchange = collector.one("POST /v1/chat/completions"), collector.one("gateway.exchange")
    assert request.trace_id.hex() == TRACE and request.parent_span_id.hex() == PARENT
    assert request.kind == Span.SPAN_KIND_SERVER
    assert attributes(request)["http.response.status_code"] == 200
    assert exchange.parent_span_id == request.span_id
    assert attributes(exchange)["outcome"] == "answered"
    stages = ["admit", "redact", "route", "forward", "restore", "inspect", "label", "record"]
    assert [name.removeprefix("gateway.") for name in dict.fromkeys(collector.children(exchange))] == stages
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert not any(MARK.encode() in span.SerializeToString() for span in collector.spans)


async def test_the_steps_of_a_task_are_of_the_request_that_began_it(
    open_site: OpenSite, collector: Collector
) -> None:
    site = await open_site(FakeModel(lambda _: TRUE))
    task = await site.finished()
    await asyncio.to_thread(tracing.switch_off)
    began = collector.one("POST /api/summarise")
    steps = [span for span in collector.spans if span.name == "task.step"]
    assert steps and all(span.trace_id == began.trace_id for span in steps)
    assert {attributes(span)["task"] for span in steps} == {task}
    exchanges = {span.parent_span_id for span in collector.spans if span.name == "gateway.exchange"}
    assert exchanges & {span.span_id for span in steps}
    words = [line for line in SOURCE.splitlines() if line]
    assert not any(word.encode() in span.SerializeToString() for span in collector.spans for word in words)


async def test_a_refusal_and_its_reason_are_in_the_trace(open_site: OpenSite, collector: Collector) -> None:
    site = await open_site(FakeModel())
    question = {"model": MARK, "messages": [{"role": "user", "content": "?"}]}
    assert (await site.json("POST", "/v1/chat/completions", json=question))[0] == 404
    await asyncio.to_thread(tracing.switch_off)
    refusal = collector.one("gateway.route")
    assert attributes(refusal) == {"allowed": False, "reason": "unknown_model"}
    assert attributes(collector.one("gateway.exchange"))["outcome"] == "refused"
    assert not any(MARK.encode() in span.SerializeToString() for span in collector.spans)


async def test_variables_of_the_environment_send_nothing_anywhere(
    open_site: OpenSite, listening: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", listening.url)
    for name in ("OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_BLRP_SCHEDULE_DELAY"):
        monkeypatch.setenv(name, "20")
    site = await open_site(FakeModel())
    assert (await site.json("GET", "/health"))[0] == 200
    await asyncio.sleep(0.5)
    assert listening.posts == []


async def test_the_model_server_is_told_the_trace() -> None:
    """A real server on loopback, and what came to it."""
    came: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        came.extend(line for line in head.splitlines() if line.startswith("traceparent"))
        events = 'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
            f"content-length: {len(events)}\r\n\r\n{events}".encode()
        )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    backend = OpenAIBackend(f"http://127.0.0.1:{port}/v1", model="m")
    for traceparent in (f"00-{TRACE}-{PARENT}-01", ""):
        request = ChatRequest(messages=(Message("user", "?"),), traceparent=traceparent)
        _ = [event async for event in backend.chat(request)]
    await backend.stop()
    server.close()
    assert came == [f"traceparent: 00-{TRACE}-{PARENT}-01"]


async def test_what_the_gateway_asks_carries_the_exchange(open_site: OpenSite, collector: Collector) -> None:
    model = FakeModel(lambda _: "yes")
    site = await open_site(model)
    asked: list[str] = []
    chat = model.chat
    model.chat = lambda request: (asked.append(request.traceparent), chat(request))[1]  # type: ignore[method-assign]
    question = {"messages": [{"role": "user", "content": "?"}]}
    assert (await site.json("POST", "/v1/chat/completions", json=question))[0] == 200
    await asyncio.to_thread(tracing.switch_off)
    exchange = collector.one("gateway.exchange")
    (told,) = asked
    assert told.startswith(f"00-{exchange.trace_id.hex()}-{exchange.span_id.hex()}-")


def test_off_nothing_is_imported_and_nothing_is_made() -> None:
    import subprocess
    import sys

    look = (
        "import sys; import bauhinia.server, bauhinia.gateway; from bauhinia.telemetry import tracing, metrics;"
        "assert tracing.stages('x') is None and metrics.active() is None;"
        "assert not [name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'prometheus', 'scim2'))]"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


async def test_a_collector_that_is_down_costs_no_request_and_a_stop_only_seconds(open_site: OpenSite) -> None:
    tracing.switch_on("http://127.0.0.1:9", "test")
    try:
        site = await open_site(FakeModel())
        assert (await site.json("GET", "/health"))[0] == 200
    finally:
        began = time.monotonic()
        await asyncio.to_thread(tracing.switch_off)
    assert time.monotonic() - began < 15
