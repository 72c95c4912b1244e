-- Wheels by the tool that built them, and how many of them have errors and warnings
SELECT builder, count(*) AS wheels, count(*) FILTER (errors > 0) AS with_errors,
    round(100.0 * count(*) FILTER (errors > 0) / count(*), 1) AS percent, count(*) FILTER (warnings > 0) AS with_warnings
FROM wheels GROUP BY builder ORDER BY wheels DESC, builder
