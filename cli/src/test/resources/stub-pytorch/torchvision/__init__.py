"""A stand-in for torchvision in tests; see the stand-in for torch."""

from . import models

__version__ = "0.0.0+stub"
