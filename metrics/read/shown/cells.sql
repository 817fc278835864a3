-- Cells as the reader may see them: where incidents, tips or alerts are counted and there are from 1 to below $least of
-- them, the count and whatever is made of it stay hidden outside the unit that filed them (Art. 24, 36). The outcome
-- then is `hidden`, which is neither silence nor zero.
SELECT
    judged.* EXCLUDE (is_hidden, fact, kind)
    REPLACE (
        if(is_hidden, NULL, numerator) AS numerator,
        if(is_hidden, NULL, denominator) AS denominator,
        if(is_hidden, NULL, value) AS value,
        if(is_hidden, NULL, lower) AS lower,
        if(is_hidden, NULL, upper) AS upper,
        if(is_hidden, NULL, is_better) AS is_better,
        if(is_hidden, 'hidden', outcome) AS outcome
    )
FROM (
    SELECT
        *,
        $exact_readings::VARCHAR[] IS NOT NULL
        AND list_contains($guarded_facts::VARCHAR[], counts.fact)
        AND NOT list_contains($exact_readings, scope_code || '/' || scope)
        AND (
            coalesce(denominator BETWEEN 1 AND $least - 1, FALSE)
            -- A duration's numerator is days.
            OR (counts.kind <> 'duration' AND coalesce(numerator BETWEEN 1 AND $least - 1, FALSE))
        ) AS is_hidden
    FROM cells
    INNER JOIN (SELECT indicator, fact, kind FROM indicators) AS counts USING (indicator)
) AS judged
