CREATE OR REPLACE TEMP TABLE integrity_rates AS FROM incoming_rates;
