"""The test suite: `./ci/test` prepares the machine (ci/bootstrap) and runs this package.

`steps` is the table of steps; the modules that it names contain them. `runner` runs them, `unchanged`
decides which need not run, `report` prints the results. `quick` is the short form to use while you write.
"""
