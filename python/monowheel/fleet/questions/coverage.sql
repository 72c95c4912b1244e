-- Releases that an installer finds a wheel of, for each Python on each platform
SELECT covered.platform, covered.python, count(DISTINCT release) AS releases
FROM releases, unnest(releases.coverage) AS entry(covered)
GROUP BY ALL ORDER BY covered.platform, try_cast(split_part(rtrim(covered.python, 't'), '.', 2) AS INTEGER), covered.python
