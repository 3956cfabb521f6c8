"""Logs and metrics, configured once: JSON lines that name the function, and CloudWatch's embedded metric format.

No line holds personal data: ids of events and brands, yes; of customers, no.
"""

from decimal import Decimal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from loyalty.sandbox import served

logger = Logger(service="earnest", utc=True, datefmt="%Y-%m-%dT%H:%M:%S.%FZ", location=None)
_metrics = EphemeralMetrics(namespace="Earnest")


def count(dimensions: dict[str, str], **values: int | Decimal) -> None:
    """Write metrics that have these dimensions; a name that ends with `Milliseconds` says its unit.

    Nothing is counted while a sandbox brand is served: its events are not business.
    """
    if served():
        return
    # One writer serves all calls, as making one costs as much as writing. If a call failed before it wrote, its
    # dimensions are still there.
    _metrics.clear_metrics()
    for name, value in dimensions.items():
        _metrics.add_dimension(name, value)
    for name, amount in values.items():
        unit = MetricUnit.Milliseconds if name.endswith("Milliseconds") else MetricUnit.Count
        _metrics.add_metric(name, unit, float(amount))
    _metrics.flush_metrics()
