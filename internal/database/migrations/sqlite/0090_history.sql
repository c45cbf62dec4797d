-- 0090_history.sql: what a change did to an entity, in which fields, and by which commit.

-- +goose Up
ALTER TABLE `entity_changes` ADD COLUMN `what` text NOT NULL DEFAULT ('');
ALTER TABLE `entity_changes` ADD COLUMN `details` text NOT NULL DEFAULT ('');

-- +goose Down
ALTER TABLE `entity_changes` DROP COLUMN `details`;
ALTER TABLE `entity_changes` DROP COLUMN `what`;
