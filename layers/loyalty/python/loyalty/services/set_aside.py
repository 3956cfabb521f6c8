"""Dead-letter queues: how many messages the stack has set aside. Their bodies are not read, as they name customers."""

from loyalty.domain.reports.set_aside import SetAsideQueue
from loyalty.queue import count_messages
from loyalty.settings import settings


def read_set_aside() -> dict[SetAsideQueue, int]:
    """The approximate number of messages in each dead-letter queue of the stack. No message is received.

    Raises ServiceUnavailable.
    """
    urls = {
        SetAsideQueue.HOT_REQUESTS: settings().hot_requests_set_aside,
        SetAsideQueue.COLD_REQUESTS: settings().cold_requests_set_aside,
        SetAsideQueue.WEBHOOK_MESSAGES: settings().webhook_messages_set_aside,
        SetAsideQueue.RECORDS_NOT_ANNOUNCED: settings().records_not_announced,
        SetAsideQueue.DEADLINES_NOT_SETTLED: settings().deadlines_not_settled,
    }
    return {name: count_messages(url) for name, url in urls.items()}
