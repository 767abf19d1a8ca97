"""Side-by-side measurements: `python -m bench`, explained in docs/performance.md."""
