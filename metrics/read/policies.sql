SELECT * FROM policies ORDER BY policy, valid_from;
