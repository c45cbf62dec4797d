-- 0125_content_of_withdrawn_pacts.sql: what a pact said that was deleted; empty for those deleted before.

-- +goose Up
ALTER TABLE `withdrawn_pacts` ADD COLUMN `sha` text NOT NULL DEFAULT '';
ALTER TABLE `gone_pacts` ADD COLUMN `sha` text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE `gone_pacts` DROP COLUMN `sha`;
ALTER TABLE `withdrawn_pacts` DROP COLUMN `sha`;
