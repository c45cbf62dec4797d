-- 0092_pushed_files.sql: what pipelines sent, so that it can be read again.

-- +goose Up
CREATE TABLE `pushed_files` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `location_id` text NOT NULL,
  `path` text NOT NULL,
  `content` blob NOT NULL,
  `entry` bool NOT NULL DEFAULT (false)
);
CREATE UNIQUE INDEX `pushedfile_location_id_path` ON `pushed_files` (`location_id`, `path`);

-- +goose Down
DROP TABLE `pushed_files`;
