-- Wheels by the year of their upload, and how many of them have errors; only indexes with upload times (PEP 700)
SELECT uploaded.year, count(*) AS wheels, count(*) FILTER (errors > 0) AS with_errors,
    round(100.0 * count(*) FILTER (errors > 0) / count(*), 1) AS percent
FROM wheels JOIN (
    SELECT file, sha256, min(left(uploaded, 4)) AS year FROM places GROUP BY file, sha256
) AS uploaded USING (file, sha256)
GROUP BY uploaded.year ORDER BY uploaded.year
