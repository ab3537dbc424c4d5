-- name: registry_open :exec
INSERT INTO registry (name, position, title_zh, title_en, department, subject, key, share)
VALUES (:name, :position, :title_zh, :title_en, :department, :subject, :key, :share);

-- name: registry_field_open :exec
INSERT INTO registry_field (registry, name, position, type, label_zh, label_en, sensitive)
VALUES (:registry, :name, :position, :type, :label_zh, :label_en, :sensitive);

-- name: registry_word_open :exec
INSERT INTO registry_word (registry, field, value, zh, en) VALUES (:registry, :field, :value, :zh, :en);

-- name: registry_words_clear :exec
DELETE FROM registry_word;

-- name: registry_word_of :one
SELECT zh, en FROM registry_word WHERE registry = :registry AND field = :field AND value = :value;

-- name: registry_words_of :many
SELECT value, zh, en FROM registry_word WHERE registry = :registry AND field = :field ORDER BY value;

-- name: registry_fields_clear :exec
DELETE FROM registry_field;

-- name: registry_clear :exec
DELETE FROM registry;

-- name: registry_by_name :one
-- kept
SELECT name, title_zh, title_en, department, subject, key, share FROM registry WHERE name = :name;

-- name: registry_all :many
-- as: registry_by_name
SELECT name, title_zh, title_en, department, subject, key, share FROM registry ORDER BY position;

-- name: registry_fields_of :many
-- kept
SELECT name, type, label_zh, label_en, sensitive FROM registry_field WHERE registry = :registry ORDER BY position;

-- name: registry_population_find :one
SELECT id_number, name, sex, ethnicity, birth_date, household_address, household_region, residence_address, residence_region, residence_since, residence_basis, phone
FROM register_population WHERE id_number = :id_number;

-- name: registry_population_put :exec
INSERT INTO register_population (id_number, name, sex, ethnicity, birth_date, household_address, household_region, residence_address, residence_region, residence_since, residence_basis, phone)
VALUES (:id_number, :name, :sex, :ethnicity, :birth_date, :household_address, :household_region, :residence_address, :residence_region, :residence_since, :residence_basis, :phone)
ON CONFLICT (id_number) DO UPDATE SET name = excluded.name, sex = excluded.sex, ethnicity = excluded.ethnicity, birth_date = excluded.birth_date, household_address = excluded.household_address, household_region = excluded.household_region, residence_address = excluded.residence_address, residence_region = excluded.residence_region, residence_since = excluded.residence_since, residence_basis = excluded.residence_basis, phone = excluded.phone;

-- name: registry_legal_person_find :one
SELECT credit_code, name, kind, legal_representative, representative_id_number, address, registered_on, business_scope, status, capital, phone
FROM register_legal_person WHERE credit_code = :credit_code;

-- name: registry_legal_person_put :exec
INSERT INTO register_legal_person (credit_code, name, kind, legal_representative, representative_id_number, address, registered_on, business_scope, status, capital, phone)
VALUES (:credit_code, :name, :kind, :legal_representative, :representative_id_number, :address, :registered_on, :business_scope, :status, :capital, :phone)
ON CONFLICT (credit_code) DO UPDATE SET name = excluded.name, kind = excluded.kind, legal_representative = excluded.legal_representative, representative_id_number = excluded.representative_id_number, address = excluded.address, registered_on = excluded.registered_on, business_scope = excluded.business_scope, status = excluded.status, capital = excluded.capital, phone = excluded.phone;

-- name: registry_address_find :one
SELECT code, full_address, region, street, house_number, kind, heritage
FROM register_address WHERE code = :code;

-- name: registry_address_put :exec
INSERT INTO register_address (code, full_address, region, street, house_number, kind, heritage)
VALUES (:code, :full_address, :region, :street, :house_number, :kind, :heritage)
ON CONFLICT (code) DO UPDATE SET full_address = excluded.full_address, region = excluded.region, street = excluded.street, house_number = excluded.house_number, kind = excluded.kind, heritage = excluded.heritage;

-- name: registry_housing_fund_find :one
SELECT id_number, account_number, name, employer, status, balance, monthly, opened_on, last_paid
FROM register_housing_fund WHERE id_number = :id_number;

-- name: registry_housing_fund_put :exec
INSERT INTO register_housing_fund (id_number, account_number, name, employer, status, balance, monthly, opened_on, last_paid)
VALUES (:id_number, :account_number, :name, :employer, :status, :balance, :monthly, :opened_on, :last_paid)
ON CONFLICT (id_number) DO UPDATE SET account_number = excluded.account_number, name = excluded.name, employer = excluded.employer, status = excluded.status, balance = excluded.balance, monthly = excluded.monthly, opened_on = excluded.opened_on, last_paid = excluded.last_paid;

-- name: registry_social_insurance_find :one
SELECT id_number, name, employer, status, paid_since, months_paid, base, last_paid
FROM register_social_insurance WHERE id_number = :id_number;

-- name: registry_social_insurance_put :exec
INSERT INTO register_social_insurance (id_number, name, employer, status, paid_since, months_paid, base, last_paid)
VALUES (:id_number, :name, :employer, :status, :paid_since, :months_paid, :base, :last_paid)
ON CONFLICT (id_number) DO UPDATE SET name = excluded.name, employer = excluded.employer, status = excluded.status, paid_since = excluded.paid_since, months_paid = excluded.months_paid, base = excluded.base, last_paid = excluded.last_paid;

-- name: registry_housing_fund_records :many
SELECT on_day, summary, amount, balance_after FROM register_housing_fund_record WHERE id_number = :id_number ORDER BY position LIMIT 1000;

-- name: registry_housing_fund_records_clear :exec
DELETE FROM register_housing_fund_record WHERE id_number = :id_number;

-- name: registry_housing_fund_record_add :exec
INSERT INTO register_housing_fund_record (id_number, position, on_day, summary, amount, balance_after)
VALUES (:id_number, :position, :on_day, :summary, :amount, :balance_after);
