import Access
import Application
import Gateway
import HTTPTypes
import OpenAPI
import Values

/// `/backups`: how old the newest backup of each database is against what it may be, when its schedules ran and run next, and
/// whether a backup could be used when that was tried; answered by every node from what it keeps.
struct BackupHealthResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/health/backups", id: "listBackupStates",
                summary: "List how it stands with backups of every database"
            ) {
                _ in
                let board = services.findings.board
                let now = Timestamp(milliseconds: Int(services.time.now))
                return Reply.json(BackupReport(board.states, goal: board.backupHours, at: now).value)
            }.with { ($0.access, $0.locality) = (.administrators, .anyNode) }
                .answers("backups", "BackupStateList") { $0.schemas = Self.schemas }
        ]
    }
}

extension BackupHealthResource {
    static let schemas: [String: Value] = [
        "BackupStateList": Schema.reply(
            "How it stands with backups of every database.", needs: ["goal_seconds", "items"],
            [
                "goal_seconds": Schema.int("How old the newest backup of a database may be."),
                "items": Schema.list(Schema.ref("BackupState"), "One for each database, by name."),
            ], example: ["goal_seconds": 93_600, "items": [state]]),
        "BackupState": Schema.reply(
            "How it stands with backups of a database.", needs: ["db_name", "is_overdue", "schedules"],
            [
                "db_name": Schema.text("The database."),
                "newest_at": Schema.time("When the newest was made by a job of this cluster; absent when none was."),
                "age_seconds": Schema.int("How old that is."),
                "is_overdue": Schema.truth("Whether the newest is older than it may be."),
                "overdue_since": Schema.time("Since when."),
                "schedules": Schema.list(Schema.ref("BackupScheduleState"), "Its schedules, by name."),
                "drill": Schema.ref("BackupDrillState"),
            ], example: state),
        "BackupScheduleState": Schema.reply(
            "How a schedule stands.", needs: ["backup_name", "state"],
            [
                "backup_name": Schema.text("The schedule."),
                "state": Schema.openWord(
                    ["worked", "failed", "never-ran", "unreadable"], "How its newest job ended, or why there is none."),
                "last_at": Schema.time("When that ended."), "next_at": Schema.time("When it is due next."),
                "reason": Schema.text("Why it failed."),
            ]),
        "BackupDrillState": Schema.reply(
            "How the newest drill of a backup ended (db_backup_drill).", needs: ["state", "last_at"],
            [
                "state": Schema.openWord(["worked", "failed"], "Whether the backup could be used."),
                "last_at": Schema.time("When it ended."), "reason": Schema.text("Why it failed."),
            ]),
    ]

    private static let state: Value = [
        "db_name": "SALES", "newest_at": "2026-01-02T03:04:05.678Z", "age_seconds": 4711, "is_overdue": false,
        "schedules": [
            [
                "backup_name": "daily", "state": "worked", "last_at": "2026-01-02T03:04:05.678Z",
                "next_at": "2026-01-03T03:04:00.000Z",
            ]
        ],
    ]
}
