"""The test suite: `./ci/test` prepares the machine (ci/bootstrap) and runs this package.

`steps` is the table of what there is to run; the modules that it names hold the steps. `runner` runs them, `unchanged`
decides which need not run, `report` prints the table. `quick` is the short form for while one writes.
"""
