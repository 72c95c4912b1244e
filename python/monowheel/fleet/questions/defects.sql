-- Findings by rule: wheels and projects
SELECT rule, severity, count(*) AS findings, count(DISTINCT sha256) AS wheels, count(DISTINCT name) AS projects
FROM findings WHERE ignored IS NULL GROUP BY rule, severity ORDER BY severity, projects DESC, rule
