"""Tests: folders mirror `src/erp`; `architecture` holds the rules of the house."""
