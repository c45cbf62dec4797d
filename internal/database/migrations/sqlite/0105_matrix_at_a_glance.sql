-- 0105_matrix_at_a_glance.sql: who consumes a provider, from the index alone. What
-- PostgreSQL has more of there costs SQLite more than looking rows up.

-- +goose Up
DROP INDEX `integration_provider_id`;
CREATE INDEX `integration_provider_id_consumer_id` ON `integrations` (`provider_id`, `consumer_id`);

-- +goose Down
DROP INDEX `integration_provider_id_consumer_id`;
CREATE INDEX `integration_provider_id` ON `integrations` (`provider_id`);
