-- 0100_deployments_at_a_glance.sql: which versions are in an environment, from the index alone.

-- +goose Up
DROP INDEX `deployment_current`;
CREATE INDEX `deployment_current` ON `deployments` (`environment_id`, `pacticipant_id`, `version_id`) WHERE current;

-- +goose Down
DROP INDEX `deployment_current`;
CREATE INDEX `deployment_current` ON `deployments` (`environment_id`, `pacticipant_id`) WHERE current;
