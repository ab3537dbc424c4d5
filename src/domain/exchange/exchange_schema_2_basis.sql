-- The legal basis in English, beside the Chinese one; empty where it was recorded in one language only.
ALTER TABLE exchange_access ADD COLUMN basis_en TEXT NOT NULL DEFAULT '';
