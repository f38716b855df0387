"""OpenTelemetry traces: spans of requests, of the gateway's stages, of steps. Off, nothing is imported.

Attributes are ids, counts and stable words, never text. A span whose block yields to others is not made the
current one (an async generator runs in its reader's context), but named as the parent of what it begets.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

_EXPORT_SECONDS = 2
"""How long a collector may take: at a stop, what it did not take is lost."""
Attribute = str | int | float | bool

_provider: TracerProvider | None = None
_tracer: Tracer | None = None


def switch_on(url: str, version: str) -> None:
    """Send spans to the OpenTelemetry collector at `url`, in the background, from now on."""
    global _provider, _tracer  # noqa: PLW0603  # a process has one exporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": "bauhinia", "service.version": version})
    _provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS)
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer("bauhinia", version)


def switch_off() -> None:
    """Send what is left, for at most a few seconds, and stop. Blocks. Safe to call twice."""
    global _provider, _tracer
    provider, _provider, _tracer = _provider, None, None
    if provider is not None:
        provider.shutdown()


def is_on() -> bool:
    """Whether spans are kept."""
    return _tracer is not None


def span(name: str, **attributes: Attribute) -> AbstractContextManager[Span | None]:
    """A span around a block that does not yield to others; a child of the current one."""
    if _tracer is None:
        return nullcontext()
    return _span(_tracer, name, attributes, "")


def request_span(method: str, traceparent: str) -> AbstractContextManager[Span | None]:
    """The span of a request; a child of the caller's where it sent a `traceparent`."""
    if _tracer is None:
        return nullcontext()
    return _span(_tracer, method, {"http.request.method": method}, traceparent)


def job_span(name: str, traceparent: str, **attributes: Attribute) -> AbstractContextManager[Span | None]:
    """The span of work in the background; a child of the request that ordered it, in whatever process."""
    if _tracer is None:
        return nullcontext()
    return _span(_tracer, name, attributes, traceparent)


def traceparent() -> str:
    """What `job_span` takes, of the current span; empty where none is kept."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import get_current_span

    return _traceparent(get_current_span())


def _traceparent(span: Span) -> str:
    """A span as W3C Trace Context writes it."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


@contextmanager
def _span(tracer: Tracer, name: str, attributes: dict[str, Attribute], traceparent: str) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    came = bool(traceparent)
    parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent}) if came else None
    kind = SpanKind.SERVER if "http.request.method" in attributes else SpanKind.INTERNAL
    # An exception's own words may quote a document: its type is told by who knows it.
    with tracer.start_as_current_span(
        name, parent, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        yield made


def trace_id(span: Span) -> str:
    """The trace that a span is of, in hexadecimal."""
    return f"{span.get_span_context().trace_id:032x}"


class Stages:
    """An exchange's span, with a child for each stage: from the end of the stage before to its own end."""

    def __init__(self, tracer: Tracer, name: str, attributes: dict[str, Attribute]) -> None:
        self._tracer = tracer
        self._span = tracer.start_span(name, attributes=attributes)
        self._mark = time.time_ns()

    @property
    def traceparent(self) -> str:
        """What a server that is asked on behalf of this exchange is told, as W3C Trace Context says."""
        return _traceparent(self._span)

    def passed(self, stage: str, allowed: bool, reason: str) -> None:
        """A stage has decided."""
        from opentelemetry.trace import set_span_in_context

        made = self._tracer.start_span(
            f"gateway.{stage}",
            set_span_in_context(self._span),
            attributes={"allowed": allowed, "reason": reason},
            start_time=self._mark,
        )
        self._mark = time.time_ns()
        made.end(self._mark)

    def end(self, outcome: str, **attributes: Attribute) -> None:
        """The exchange is over."""
        self._span.set_attributes({"outcome": outcome, **attributes})
        self._span.end()


def stages(name: str, **attributes: Attribute) -> Stages | None:
    """A span for an exchange that begins; None where none are kept."""
    return None if _tracer is None else Stages(_tracer, name, attributes)
