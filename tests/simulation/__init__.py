"""The whole backend in one process: a store in memory, a clock that is told, histories that a seed decides."""
