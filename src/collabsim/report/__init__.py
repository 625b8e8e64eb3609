"""One HTML page per question, whole in itself: it opens without a network, prints, and is read aloud well."""

from collabsim.report.page import Exhibit, Page, Section, Table, html

__all__ = ["Exhibit", "Page", "Section", "Table", "html"]
