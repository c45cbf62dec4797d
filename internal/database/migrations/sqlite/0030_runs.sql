-- 0030_runs.sql: runs, their steps, their log, and what steps hand on.
-- +goose Up

CREATE TABLE `runs` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `subject` text NOT NULL,
  `title` text NOT NULL,
  `actor` text NOT NULL,
  `state` text NOT NULL,
  `attempt` integer NOT NULL,
  `input` blob NULL,
  `output` blob NULL,
  `failure` blob NULL,
  `created_at` datetime NOT NULL,
  `started_at` datetime NULL,
  `finished_at` datetime NULL,
  `queued_at` datetime NOT NULL,
  `wake_at` datetime NULL,
  `lock_key` text NOT NULL,
  `held_lock` text NULL,
  `lease_token` text NOT NULL,
  `lease_until` datetime NULL,
  `cancel_requested` bool NOT NULL,
  `stalls` integer NOT NULL,
  `undone_by` text NOT NULL,
  `last_event` integer NOT NULL,
  `log_bytes` integer NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX `runs_held_lock_key` ON `runs` (`held_lock`);
CREATE INDEX `run_subject_id` ON `runs` (`subject`, `id`);
CREATE INDEX `run_state_id` ON `runs` (`state`, `id`);

CREATE TABLE `run_events` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `run_id` text NOT NULL,
  `seq` integer NOT NULL,
  `type` text NOT NULL,
  `time` datetime NOT NULL,
  `step` text NOT NULL,
  `state` text NOT NULL,
  `level` text NOT NULL,
  `text` text NOT NULL
);
CREATE UNIQUE INDEX `runevent_run_id_seq` ON `run_events` (`run_id`, `seq`);

CREATE TABLE `run_files` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `run_id` text NOT NULL,
  `name` text NOT NULL,
  `data` blob NOT NULL
);
CREATE UNIQUE INDEX `runfile_run_id_name` ON `run_files` (`run_id`, `name`);

CREATE TABLE `run_steps` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `run_id` text NOT NULL,
  `position` integer NOT NULL,
  `name` text NOT NULL,
  `title` text NOT NULL,
  `state` text NOT NULL,
  `started_at` datetime NULL,
  `finished_at` datetime NULL,
  `failure` blob NULL,
  `result` blob NULL,
  `note` blob NULL
);
CREATE UNIQUE INDEX `runstep_run_id_position` ON `run_steps` (`run_id`, `position`);
