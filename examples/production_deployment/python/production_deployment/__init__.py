"""Slugs: titles for use in URLs."""

from production_deployment._production_deployment import Slugger, __version__, slug

__all__ = ["Slugger", "__version__", "slug"]
