-- 0051_problem_owner.sql: who a broken document says owns what it defines.

-- +goose Up
ALTER TABLE `location_problems` ADD COLUMN `owner` text NOT NULL DEFAULT ('');

-- +goose Down
ALTER TABLE `location_problems` DROP COLUMN `owner`;
