import GRDB

extension Schema {
    // This node's own, in no dump. `place` counts what was begun here: the oldest that ended go first. `number` counts what was
    // asked for in a term. `command_marks` has one row.
    static func commands(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE node_commands (
                    place INTEGER PRIMARY KEY AUTOINCREMENT, job_node INTEGER NOT NULL, job INTEGER NOT NULL,
                    step INTEGER NOT NULL, is_undo INTEGER NOT NULL, generation INTEGER NOT NULL,
                    epoch INTEGER NOT NULL, number INTEGER NOT NULL, action TEXT NOT NULL, arguments BLOB NOT NULL,
                    digest TEXT NOT NULL, begun_at INTEGER NOT NULL, ended_at INTEGER, outcome BLOB);
                CREATE UNIQUE INDEX node_commands_by_key ON node_commands (job, job_node, step, is_undo);
                CREATE TABLE command_marks (
                    id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER, epoch INTEGER,
                    forgotten_generation INTEGER, forgotten_epoch INTEGER, forgotten_number INTEGER);
                INSERT INTO command_marks (id) VALUES (1);
                """)
    }
}
