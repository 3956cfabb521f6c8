"""Logs and metrics, configured once: JSON lines that name the function, and CloudWatch's embedded metric format.

No line holds personal data: ids of events and brands, yes; of customers, no.
"""

from decimal import Decimal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from loyalty.sandbox import served

logger = Logger(service="earnest", utc=True, datefmt="%Y-%m-%dT%H:%M:%S.%FZ", location=None)


def count(dimensions: dict[str, str], **values: int | Decimal) -> None:
    """Write metrics that have these dimensions; a name that ends with `Milliseconds` says its unit.

    What a brand does to test with is no business, and is not counted.
    """
    if served():
        return
    # Of its own for each call: `Metrics` is one for the process, and its dimensions would mix.
    metrics = EphemeralMetrics(namespace="Earnest")
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    for name, amount in values.items():
        unit = MetricUnit.Milliseconds if name.endswith("Milliseconds") else MetricUnit.Count
        metrics.add_metric(name, unit, float(amount))
    metrics.flush_metrics()
