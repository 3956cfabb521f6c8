"""What was set aside: counted by the queues themselves, as they tell nothing of whose messages they hold."""

from loyalty.domain.reports.set_aside import SetAsideQueue
from loyalty.queue import count_messages
from loyalty.settings import settings


def read_set_aside() -> dict[SetAsideQueue, int]:
    """About how many messages each queue of the stack holds that something is set aside in. No message is received.

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
