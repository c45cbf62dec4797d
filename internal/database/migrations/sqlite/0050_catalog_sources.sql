-- 0050_catalog_sources.sql: what the index keeps, how sources are read again, what is orphaned or renamed, documents.

-- +goose Up
CREATE TABLE `new_entities` (
  `id` text NOT NULL,
  `ref` text NOT NULL,
  `etag` text NOT NULL,
  `location_id` text NOT NULL,
  `path` text NOT NULL DEFAULT (''),
  `line` integer NOT NULL DEFAULT (0),
  `commit` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `orphaned_at` datetime NULL,
  `body` blob NOT NULL,
  `raw` blob NOT NULL,
  PRIMARY KEY (`id`)
);
INSERT INTO `new_entities` SELECT `id`, `ref`, `etag`, `location_id`, `path`, `line`, `commit`, `created_at`, `updated_at`, NULL, `body`, `raw` FROM `entities`;
DROP TABLE `entities`;
ALTER TABLE `new_entities` RENAME TO `entities`;
CREATE UNIQUE INDEX `entity_ref` ON `entities` (`ref`);
CREATE INDEX `entity_location_id` ON `entities` (`location_id`);
CREATE TABLE `entity_terms` (
  `id` text NOT NULL,
  `version` integer NOT NULL,
  `terms` blob NOT NULL,
  PRIMARY KEY (`id`)
);
ALTER TABLE `entity_changes` ADD COLUMN `previous_ref` text NOT NULL DEFAULT ('');
CREATE INDEX `entitychange_uid_id` ON `entity_changes` (`uid`, `id`);
ALTER TABLE `locations` ADD COLUMN `version` text NOT NULL DEFAULT ('');
ALTER TABLE `locations` ADD COLUMN `parent_id` text NOT NULL DEFAULT ('');
ALTER TABLE `locations` ADD COLUMN `settings` text NOT NULL DEFAULT ('');
ALTER TABLE `locations` ADD COLUMN `refresh_every` integer NOT NULL DEFAULT (0);
ALTER TABLE `locations` ADD COLUMN `refresh_at` datetime NULL;
ALTER TABLE `locations` ADD COLUMN `last_succeeded` datetime NULL;
ALTER TABLE `locations` ADD COLUMN `failures` integer NOT NULL DEFAULT (0);
UPDATE `locations` SET `refresh_at` = `created_at` WHERE `type` IN ('file', 'git');
CREATE INDEX `location_parent_id` ON `locations` (`parent_id`);
CREATE INDEX `location_refresh_at` ON `locations` (`refresh_at`);
CREATE TABLE `location_files` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `location_id` text NOT NULL,
  `path` text NOT NULL,
  `signature` text NOT NULL,
  `included` text NOT NULL DEFAULT (''),
  `names_files` bool NOT NULL DEFAULT (false)
);
CREATE UNIQUE INDEX `locationfile_location_id_path` ON `location_files` (`location_id`, `path`);
CREATE TABLE `documents` (
  `id` text NOT NULL,
  `size` integer NOT NULL,
  `content` blob NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE TABLE `entity_documents` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `entity_id` text NOT NULL,
  `kind` text NOT NULL,
  `path` text NOT NULL,
  `title` text NOT NULL DEFAULT (''),
  `digest` text NOT NULL,
  `position` integer NOT NULL
);
CREATE UNIQUE INDEX `entitydocument_entity_id_kind_path` ON `entity_documents` (`entity_id`, `kind`, `path`);
CREATE INDEX `entitydocument_digest` ON `entity_documents` (`digest`);
CREATE TABLE `repository_checks` (
  `id` text NOT NULL,
  `reachable` bool NOT NULL,
  `source` text NOT NULL,
  `message` text NOT NULL DEFAULT (''),
  `checked_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX `repositorycheck_checked_at` ON `repository_checks` (`checked_at`);

-- +goose Down
DROP TABLE `repository_checks`;
DROP TABLE `entity_documents`;
DROP TABLE `documents`;
DROP TABLE `location_files`;
DROP INDEX `location_refresh_at`;
DROP INDEX `location_parent_id`;
ALTER TABLE `locations` DROP COLUMN `failures`;
ALTER TABLE `locations` DROP COLUMN `last_succeeded`;
ALTER TABLE `locations` DROP COLUMN `refresh_at`;
ALTER TABLE `locations` DROP COLUMN `refresh_every`;
ALTER TABLE `locations` DROP COLUMN `settings`;
ALTER TABLE `locations` DROP COLUMN `parent_id`;
ALTER TABLE `locations` DROP COLUMN `version`;
DROP INDEX `entitychange_uid_id`;
ALTER TABLE `entity_changes` DROP COLUMN `previous_ref`;
DROP TABLE `entity_terms`;
ALTER TABLE `entities` DROP COLUMN `orphaned_at`;
