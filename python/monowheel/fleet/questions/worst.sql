-- Projects with the most errors, in wheels and in releases
SELECT name, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings,
    count(DISTINCT version) AS releases, mode(rule) FILTER (severity = 'error') AS most_frequent
FROM findings WHERE ignored IS NULL GROUP BY name HAVING errors > 0 ORDER BY errors DESC, warnings DESC, name
