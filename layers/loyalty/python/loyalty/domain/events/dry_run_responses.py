"""What clients see of what campaigns would make of an event: dry runs, with their explanations."""

from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.events.explanations import ExplanationResponse, explanation_response
from loyalty.domain.events.responses import EventResponse, event_response
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.schemas import Answer

Json = dict[str, Any]


class DryRunResponse(Answer):
    """An event that has not been stored, and what each campaign makes of it."""

    data: EventResponse
    """The event as it would be."""
    explanation: ExplanationResponse
    """What each campaign of its type makes of it."""


def dry_run_response(event: Event, evaluation: Evaluation | None) -> Json:
    """A DryRunResponse."""
    return {
        "data": event_response(event),
        "explanation": explanation_response(event, evaluation.explanation if evaluation else []),
    }
