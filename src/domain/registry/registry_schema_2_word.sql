-- What coded values of a field are called (city/registers.yaml).
CREATE TABLE registry_word (
  registry TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  PRIMARY KEY (registry, field, value)
);
