import Application
import EXAConf
import JobEngine
import OpenAPI
import Values

/// What is done to a database by itself, with what came of it last and when it comes next.
struct ScheduleItem: Observed {
    let schedule: BackupSchedule
    let database: Database
    let kind: Document.ScheduleKind
    let state: ObjectState
    /// When it is due next; `nil` for one that takes no effect, or whose times cannot be read.
    let next: Timestamp?

    var id: String { "\(database.name):\(word):\(schedule.name)" }
    var word: String { kind == .backup ? "backup" : "snapshot" }

    init(_ schedule: BackupSchedule, of database: Database, _ kind: Document.ScheduleKind, in inventory: Inventory) {
        (self.schedule, self.database, self.kind) = (schedule, database, kind)
        let name = "\(database.name):\(schedule.name)"
        let times = CronExpression(schedule)
        // Nobody looks after one that takes no effect.
        let given = !schedule.isEnabled ? "off" : times == nil ? "unreadable" : nil
        state = given.map { ObjectState(.schedule, name, actual: $0) } ?? inventory.state(.schedule, name)
        next = schedule.isEnabled ? times.flatMap { inventory.document.clock.next($0, after: inventory.now) } : nil
    }

    /// Those of all databases.
    static func all(in inventory: Inventory) -> [ScheduleItem] {
        inventory.document.databases.flatMap { database in
            database.backups.map { ScheduleItem($0, of: database, .backup, in: inventory) }
                + database.snapshots.map { ScheduleItem($0, of: database, .snapshot, in: inventory) }
        }
    }
}

extension ScheduleItem {
    /// `/schedules`: those of all databases.
    static let listing = Listing(
        path: "/schedules", one: "Schedule", many: "Schedules", key: "schedule_id",
        keyText: "Database, kind and name of a schedule, as in SALES:backup:nightly.",
        rights: (list: "db_info", item: "db_info"),
        detail:
            "What is done to databases by itself. Times of day are those of the cluster's time zone, moments are UTC.",
        shown: representation,
        filters: [
            .init("database", "Only schedules of this database.") { [$0.database.name] },
            .init("kind", "Only schedules of this kind, backup or snapshot.") { [$0.word] },
            .init("state", "Only schedules in this state.") { [$0.state.actual] },
            .init("enabled", "Only schedules that take effect (true), or that do not.") {
                [String($0.schedule.isEnabled)]
            },
        ],
        name: \.id, items: all)

    private static let representation = Representation<ScheduleItem>(
        "Schedule", "What is done to a database by itself.",
        members: [
            .has("id", Schema.text("Its database, kind and name."), like: "SALES:backup:nightly") { .string($0.id) },
            .has("name", Schema.text("Its name among those of its database."), like: "nightly") {
                .string($0.schedule.name)
            },
            .has("database", Schema.text("The database."), like: "SALES") { .string($0.database.name) },
            .has("kind", Schema.openWord(["backup", "snapshot"], "What is made."), like: "backup") { .string($0.word) },
            .has("enabled", Schema.truth("Whether it takes effect."), like: true) { .bool($0.schedule.isEnabled) },
        ]
            + Representation.Member.state(
                ["worked", "failed", "never-ran", "off", "unreadable"],
                "worked, failed: what came of it last. off: it takes no effect. unreadable: it never runs, as its "
                    + "times cannot be read.")
            + [
                .may("next_at", Schema.time("When it is due next; absent for never.")) { $0.next.map(Value.time) },
                .has("cron", Schema.text("Minute, hour, day, month and weekday, as in crontab."), like: "0 3 * * *") {
                    item in
                    let schedule = item.schedule
                    return .string(
                        [schedule.minute, schedule.hour, schedule.day, schedule.month, schedule.weekday]
                            .joined(separator: " "))
                },
                .may("volume", Schema.text("The archive volume, by name or id; absent for snapshots."), like: "Vault") {
                    $0.schedule.volume.map(Value.string)
                },
                .may("level", Schema.int("0 is a full backup; absent for snapshots.", from: 0), like: 0) {
                    $0.schedule.level.map(Value.int)
                },
                .may(
                    "keep_s", Schema.int("Seconds after which what it made is removed; absent for never.", from: 1),
                    like: 604_800
                ) { item in item.schedule.expire.flatMap { $0.seconds > 0 ? .int($0.seconds) : nil } },
            ])
}
