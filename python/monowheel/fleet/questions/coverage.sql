-- Releases that an installer finds a wheel of, for each Python on each platform
SELECT platform, python, count(DISTINCT release) AS releases
FROM (
    SELECT release, covered.platform AS platform, covered.python AS python
    FROM releases, unnest(releases.coverage) AS entry(covered))
GROUP BY platform, python
ORDER BY platform, try_cast(split_part(rtrim(python, 't'), '.', 2) AS INTEGER), python
