"""What moves on a terminal while work goes on; elsewhere plain lines take its place."""

from __future__ import annotations

from typing import Generic, Protocol, Self, TypeVar


class Moving(Protocol):
    """rich's Progress or Status."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


M = TypeVar("M", bound=Moving)


class Live(Generic[M]):
    """Moves while its ``with`` lasts; ``_live`` is None where standard error is no terminal."""

    _live: M | None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
