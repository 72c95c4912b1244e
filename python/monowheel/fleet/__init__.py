"""``monowheel fleet``: audits, builds and checks, spread over the workers of a Dask cluster (``monowheel[fleet]``).

The command line is parsed by the core, which calls ``command.run``. A task of an audit calls the core for some wheels;
one of a build, a test or a verification runs the command of its name (``commandline``). This package only cuts the work
into tasks (``sources``, ``batches``; ``projects``, ``build``; ``checks``), follows them (``schedule``, ``tasks``), and
stores their results (``dataset``, ``wheel_store``). Dask schedules, pyarrow writes Parquet, DuckDB answers questions:
they are imported when needed.
"""
