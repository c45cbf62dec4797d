-- 0010_catalog.sql: entities, the feed of their changes, and the locations they come from.

-- +goose Up
CREATE TABLE `entities` (
  `id` text NOT NULL,
  `ref` text NOT NULL,
  `etag` text NOT NULL,
  `location_id` text NOT NULL,
  `path` text NOT NULL DEFAULT (''),
  `line` integer NOT NULL DEFAULT (0),
  `commit` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `body` blob NOT NULL,
  `raw` blob NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX `entity_ref` ON `entities` (`ref`);
CREATE INDEX `entity_location_id` ON `entities` (`location_id`);
CREATE TABLE `entity_changes` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `operation` text NOT NULL,
  `uid` text NOT NULL,
  `ref` text NOT NULL,
  `etag` text NOT NULL,
  `location_id` text NOT NULL,
  `actor` text NOT NULL,
  `commit` text NOT NULL DEFAULT (''),
  `at` datetime NOT NULL
);
CREATE INDEX `entitychange_ref_id` ON `entity_changes` (`ref`, `id`);
CREATE TABLE `locations` (
  `id` text NOT NULL,
  `type` text NOT NULL,
  `target` text NOT NULL,
  `branch` text NOT NULL DEFAULT (''),
  `path` text NOT NULL DEFAULT (''),
  `created_by` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `last_refreshed` datetime NULL,
  `commit` text NOT NULL DEFAULT (''),
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX `location_type_target_branch_path` ON `locations` (`type`, `target`, `branch`, `path`);
CREATE TABLE `location_problems` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `location_id` text NOT NULL,
  `file` text NOT NULL DEFAULT (''),
  `line` integer NOT NULL DEFAULT (0),
  `col` integer NOT NULL DEFAULT (0),
  `ref` text NOT NULL DEFAULT (''),
  `field` text NOT NULL DEFAULT (''),
  `message` text NOT NULL,
  `hint` text NOT NULL DEFAULT ('')
);
CREATE INDEX `locationproblem_location_id` ON `location_problems` (`location_id`);
CREATE INDEX `locationproblem_ref` ON `location_problems` (`ref`);

-- +goose Down
DROP TABLE `location_problems`;
DROP TABLE `locations`;
DROP TABLE `entity_changes`;
DROP TABLE `entities`;
