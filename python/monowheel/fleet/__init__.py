"""``monowheel fleet``: audits of indexes and mirrors, spread over the workers of a Dask cluster (``monowheel[fleet]``).

The command line is parsed by the core, which calls ``command.run``. A task is an audit by the core of some wheels;
this package only cuts the work into tasks (``sources``, ``batches``), follows them (``schedule``), and stores their
results (``dataset``). Dask schedules, pyarrow writes Parquet, DuckDB answers questions: they are imported when needed.
"""
