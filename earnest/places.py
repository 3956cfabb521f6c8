"""The checkout's root, under the name that `earnest.openapi` still imports it by."""

from earnest.paths import ROOT

__all__ = ["ROOT"]
