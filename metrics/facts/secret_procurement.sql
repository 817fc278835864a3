-- Secret procurement with a contract signed in the window, by the month of the contract, as last reported (Art. 25). A
-- project must have been determined secret by the day of the contract; whoever organises, reviews or supplies signs.
CREATE OR REPLACE TABLE fact_secret_procurement AS
WITH states AS (
    SELECT
        *,
        window_start(month_starts_on, $window_months) AS window_starts_on,
        coalesce(agency IN ('central', 'agent'), FALSE) AS has_agency
    FROM event_states('secret_procurement', project_code)
)

SELECT
    states.division_code,
    states.as_of AS period,
    month_of(states.contract_on) AS event_period,
    'secret_procurement' AS contract,
    states.filing_id,
    states.file_name,
    states.sheet,
    states.row,
    states.project_code AS subject,
    states.organisation_code,
    coalesce(organisations.sector, '未知') AS sector,
    coalesce(organisations.level, '未知') AS level,
    1 AS contracted,
    coalesce(states.determined_secret_on <= states.contract_on, FALSE)::INTEGER AS determined_first,
    coalesce(states.supplier_agreement_on <= states.month_ends_on, FALSE)::INTEGER AS supplier_signed,
    states.has_agency::INTEGER AS with_agency,
    (states.has_agency AND coalesce(states.agency_agreement_on <= states.month_ends_on, FALSE))::INTEGER
        AS agency_signed,
    coalesce(states.reviewer_count, 0) AS reviewers,
    at_most(states.reviewer_agreement_count, states.reviewer_count) AS reviewers_signed,
    coalesce(states.has_secrecy_terms, FALSE)::INTEGER AS has_secrecy_terms
FROM states
LEFT JOIN organisations_of_record() AS organisations USING (as_of, division_code, organisation_code)
WHERE states.contract_on BETWEEN states.window_starts_on AND states.month_ends_on
ORDER BY states.as_of, states.division_code, states.project_code, states.row;
