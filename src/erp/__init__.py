"""Cloud ERP Lite: the self-hosted back office of a small company."""

from importlib.metadata import version

__version__ = version("cloud-erp-lite")
