"""Where everything of the stack on one machine lives."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """A folder that holds one stack: what it keeps, what it built, what it says about itself.

    The environments (`ROOT/.local/engine`, `ROOT/.local/sam`) belong to the checkout and are shared by all homes.
    """

    folder: Path

    @property
    def state(self) -> Path:
        """All that `--fresh` throws away: the engine's state, the keys, what waits for delivery."""
        return self.folder / "state"

    @property
    def engine_state(self) -> Path:
        """What the engine saves when it is stopped."""
        return self.state / "engine"

    @property
    def engine_state_before(self) -> Path:
        """What the engine had saved before a deployment that is not complete yet."""
        return self.state / "engine-before"

    @property
    def deployed(self) -> Path:
        """Where the parts of the deployed stack are, for whoever wants to look into it."""
        return self.state / "deployed.json"

    @property
    def keys(self) -> Path:
        """The demo brands' keys."""
        return self.state / "keys.json"

    @property
    def outbox(self) -> Path:
        """Removals that the function has not taken yet."""
        return self.state / "undelivered.json"

    @property
    def journal(self) -> Path:
        """What changed in the table since the engine last saved."""
        return self.state / "table.journal"

    @property
    def build(self) -> Path:
        """What `sam build` made, and its cache."""
        return self.folder / "build"

    @property
    def logs(self) -> Path:
        """What the engine and SAM had to say."""
        return self.folder / "logs"

    @property
    def scratch(self) -> Path:
        """The engine unpacks functions here; it does not clean up after itself, so we do."""
        return self.folder / "scratch"

    @property
    def lock(self) -> Path:
        """Held by the copy that runs."""
        return self.folder / "lock"

    @property
    def engine_lock(self) -> Path:
        """Held until the engine of the copy that runs has ended."""
        return self.folder / "engine.lock"

    @property
    def card(self) -> Path:
        """`stack.json`: how to reach the stack that runs now; not there when none does."""
        return self.folder / "stack.json"
