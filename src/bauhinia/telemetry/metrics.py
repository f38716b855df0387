"""Prometheus metrics of this process. Off, they cost a look at a variable and import nothing.

Labels are ours and few: route templates, uses, outcomes, reasons. Of each, the first `_MOST` values that come
have series of their own and the rest are `other`, so that nobody can fill the memory with series.
"""

from __future__ import annotations

from collections.abc import Mapping

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATES = {
    "database_connections_in_use": "Connections of the pool that somebody uses",
    "database_connections_idle": "Connections of the pool that nobody uses",
    "ledger_entries": "Entries of the ledger",
    "ledger_anchor_age_seconds": "Time since the ledger's head was kept outside the database",
    "ledger_faults": "Entries that were not as they were written when the ledger was last read again",
    "model_ready": "Whether the model was loaded",
    "model_restarts": "How often the embedded model had to be started again",
}
_MOST = 60
"""Values of one label."""


class Metrics:
    """The series of this process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        from prometheus_client.process_collector import ProcessCollector

        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Histogram(
            "bauhinia_http_request_seconds",
            "Time to answer a request to its end",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "bauhinia_http_requests_in_flight", "Requests that are being answered", registry=registry
        )
        self._exchanges = Counter(
            "bauhinia_exchanges",
            "Exchanges with a model, by how they ended",
            ("use", "model", "outcome", "reason"),
            registry=registry,
        )
        self._exchange_seconds = Histogram(
            "bauhinia_exchange_seconds", "Time of an exchange", ("use",), buckets=_SECONDS, registry=registry
        )
        self._first_piece = Histogram(
            "bauhinia_first_piece_seconds",
            "Time to the first piece of an answer",
            ("use",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._tokens = Counter(
            "bauhinia_tokens", "Tokens of exchanges", ("use", "model", "kind"), registry=registry
        )
        self._tasks = Gauge("bauhinia_tasks", "Tasks in the database", ("kind", "status"), registry=registry)
        self._states = {
            name: Gauge(f"bauhinia_{name}", about, registry=registry) for name, about in STATES.items()
        }
        self._seen: dict[str, set[str]] = {}

    def request_began(self) -> None:
        """A request came."""
        self._in_flight.inc()

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """It was answered; `route` is its template."""
        self._in_flight.dec()
        method = method if method in _METHODS else "other"
        self._requests.labels(self._bounded("route", route), method, str(status)).observe(seconds)

    def exchange_ended(
        self,
        *,
        use: str,
        model: str,
        outcome: str,
        reason: str,
        seconds: float,
        first_piece: float | None,
        tokens: Mapping[str, int],
    ) -> None:
        """An exchange was recorded."""
        use, model = self._bounded("use", use), self._bounded("model", model)
        self._exchanges.labels(use, model, outcome, self._bounded("reason", reason)).inc()
        self._exchange_seconds.labels(use).observe(seconds)
        if first_piece is not None:
            self._first_piece.labels(use).observe(first_piece)
        for kind, count in tokens.items():
            self._tokens.labels(use, model, kind).inc(count)

    def tasks_are(self, counts: Mapping[tuple[str, str], int]) -> None:
        """How many tasks of each kind stand where."""
        self._tasks.clear()
        for (kind, status), count in counts.items():
            self._tasks.labels(self._bounded("kind", kind), status).set(count)

    def state_is(self, values: Mapping[str, float]) -> None:
        """Numbers of `STATES`, read when somebody asks."""
        for name, value in values.items():
            self._states[name].set(value)

    def text(self) -> bytes:
        """Everything, in Prometheus's text format."""
        from prometheus_client.exposition import generate_latest

        return generate_latest(self.registry)

    @property
    def content_type(self) -> str:
        """What that format is called."""
        from prometheus_client.exposition import CONTENT_TYPE_LATEST

        return CONTENT_TYPE_LATEST

    def _bounded(self, label: str, value: str) -> str:
        seen = self._seen.setdefault(label, set())
        if value in seen:
            return value
        if len(seen) >= _MOST:
            return "other"
        seen.add(value)
        return value


_active: Metrics | None = None


def switch_on() -> Metrics:
    """Count from now on. The same series for the whole process, however often it is asked."""
    global _active  # noqa: PLW0603  # a process has one set of series
    _active = _active or Metrics()
    return _active


def active() -> Metrics | None:
    """The series; None where nobody wants them."""
    return _active
