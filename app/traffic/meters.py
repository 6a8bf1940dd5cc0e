"""What is measured, as Prometheus reads it. Nothing here says who was interviewed, by whom, or what was answered."""

import os
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)

SEVERAL = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library is told the folder where several processes add up. `serve --workers` sets it."""


class Meters:
    """The meters of this process. `about` gives the labels of `tangguh_server_info`."""

    def __init__(self, about: Callable[[], Mapping[str, str]]) -> None:
        self._about = about
        self._own = own = CollectorRegistry()
        self.requests = Counter("tangguh_requests", "Answers.", ["method", "route", "status"], registry=own)
        self.seconds = Histogram(
            "tangguh_request_seconds",
            "From the head of a request to its answer.",
            ["route"],
            buckets=SECONDS,
            registry=own,
        )
        self.receipts = Counter("tangguh_receipts", "What became of items.", ["status"], registry=own)
        self.items = Histogram("tangguh_batch_items", "Items of a batch.", buckets=SIZES, registry=own)
        self.commit_seconds = Histogram(
            "tangguh_commit_seconds", "How long COMMIT took.", buckets=SECONDS, registry=own
        )
        self.commit_works = Histogram("tangguh_commit_works", "Works in one COMMIT.", buckets=SIZES, registry=own)
        self.closed = Counter("tangguh_connections_closed", "Connections ended by us.", ["why"], registry=own)
        self.in_flight = Gauge(
            "tangguh_bytes_in_flight", "Bytes of bodies here.", registry=own, multiprocess_mode="livesum"
        )
        self.waiting = Gauge(
            "tangguh_batches_waiting", "Batches that wait to be read.", registry=own, multiprocess_mode="livesum"
        )
        self.durable_seq = Gauge(
            "tangguh_durable_seq", "Last number on disk, as told.", registry=own, multiprocess_mode="max"
        )
        if not os.environ.get(SEVERAL):
            ProcessCollector(registry=own)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(seconds)

    def received(self, counts: Mapping[str, int], durable_seq: int) -> None:
        """A batch: the summary that its tablet was told, and the last number on disk."""
        for status, count in counts.items():
            if status == "items":
                self.items.observe(count)
            elif count:
                self.receipts.labels(status).inc(count)
        self.durable_seq.set(durable_seq)

    def committed(self, works: int, seconds: float) -> None:
        self.commit_works.observe(works)
        self.commit_seconds.observe(seconds)

    def exposition(self) -> bytes:
        """The text that Prometheus reads: of all processes that serve together."""
        registry = self._own
        if os.environ.get(SEVERAL):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(_Info(self._about))


class _Info:
    """One sample whose labels say which server, data and versions these are."""

    def __init__(self, about: Callable[[], Mapping[str, str]]) -> None:
        self._about = about

    def collect(self) -> Iterable[Metric]:
        about = self._about()
        info = GaugeMetricFamily(
            "tangguh_server_info", "Which server, data and versions these are.", labels=list(about)
        )
        info.add_metric(list(about.values()), 1)
        yield info
