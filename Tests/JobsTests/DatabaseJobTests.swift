import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct DatabaseJobTests {
    @Test func aDatabaseThatDoesNotRunIsInSetup() throws {
        #expect(try JobTrial(.dbList).output == ["DB1"])
        #expect(try JobTrial(.dbState, ["db_name": "DB1"]).output == "setup")
        #expect(refusal(of: .dbState, ["db_name": "none"])?.message == "Given database none does not exist.")
        #expect(refusal(of: .dbInfo, ["db_name": "none"])?.code == .objectMissing)
    }

    @Test func theAnswerHasEveryDocumentedKey() throws {
        let info = try #require(try JobTrial(.dbInfo, ["db_name": "DB1"]).output)
        #expect(
            info.map?.keys.sorted() == [
                "config", "connectible", "connection string", "info", "name", "nodes", "operation", "persistent volume",
                "quota", "state", "temporary volume", "usage persistent", "usage temporary",
            ])
        #expect(info["connection string"] == "10.10.10.11:8563")
        #expect(info["nodes"] == ["active": ["n11"], "failed": [], "reserve": ["n12"]])
        #expect(info["connectible"] == "No")
        #expect(info["operation"] == "None")
        #expect(info["persistent volume"] == "DataVolume1")
        #expect(info["quota"] == 0)
        let config = try #require(info["config"])
        #expect(config["owner"] == [500, 500])
        #expect(config["num_active_nodes"] == 1)
        #expect(
            config["jdbc"] == [
                "bucketfs": "bfsdefault", "bucket": "default", "dir": "drivers/jdbc", "additional_urls": [],
            ])
        #expect(config["oracle"]?["dir"] == "drivers/oracle")
        #expect(
            config["backups"]?["weekly"] == [
                "enabled": true, "volume": "ArchiveVolume1", "level": 0, "expire": 864_000, "minute": "0", "hour": "1",
                "day": "*", "month": "*", "weekday": "0",
            ])
    }

    @Test func aScheduleIsWrittenInTheOrderOfTheFile() throws {
        let trial = try JobTrial(
            .dbBackupAddSchedule,
            [
                "db_name": "DB1", "backup_name": "daily", "backup_volume_id": 10_005, "level": 1, "hour": 1,
                "minute": "30", "weekday": "1-6", "enabled": false, "expire": "3d",
            ])
        #expect(
            trial.changes == [
                "+ [[Backup : daily]]", "+ Enabled = False", "+ Volume = office", "+ Level = 1", "+ Minute = 30",
                "+ Hour = 1", "+ Day = *", "+ Month = *", "+ Weekday = 1-6", "+ Expire = 3d",
            ])
    }

    @Test func theIDOfTheVolumeCountsMoreThanItsName() throws {
        let parameters: [String: Value] = [
            "db_name": "DB1", "backup_name": "daily", "backup_volume_id": 10_005,
            "backup_volume_name": "ArchiveVolume1", "level": 0,
        ]
        let trial = try JobTrial(.dbBackupAddSchedule, parameters)
        #expect(trial.after.database(named: "DB1")?.backups.last?.volume == "office")
    }

    @Test(
        arguments: [
            ("backup_name", "weekly", JobError.Code.objectExists), ("db_name", "none", .objectMissing),
            ("backup_volume_name", "none", .objectMissing), ("backup_volume_id", 3, .objectMissing),
            ("backup_volume_name", "DataVolume1", .parameterInvalid), ("level", 10, .parameterInvalid),
            ("hour", 24, .parameterInvalid), ("minute", "x", .parameterInvalid),
            ("weekday", "someday", .parameterInvalid),
            ("expire", "soon", .parameterInvalid), ("backup_name", "a b", .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aScheduleThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters: [String: Value] = [
            "db_name": "DB1", "backup_name": "daily", "backup_volume_name": "ArchiveVolume1", "level": 0,
        ]
        parameters[parameter] = value
        #expect(refusal(of: .dbBackupAddSchedule, parameters)?.code == code)
    }

    @Test func aWrongTimeNamesItsParameter() {
        let error = refusal(
            of: .dbBackupModifySchedule, ["db_name": "DB1", "backup_name": "weekly", "month": 13])
        #expect(error?.faults.map(\.pointer) == ["/params/month"])
    }

    @Test func aScheduleIsChangedAndRemoved() throws {
        let trial = try JobTrial(
            .dbBackupModifySchedule,
            ["db_name": "DB1", "backup_name": "weekly", "enabled": false, "hour": 2, "expire": 3600])
        #expect(
            trial.changes == [
                "- Enabled = True", "+ Enabled = False", "- Hour = 1", "+ Hour = 2", "- Expire = 1w 3d",
                "+ Expire = 3600",
            ])
        let parameters: [String: Value] = ["db_name": "DB1", "backup_name": "weekly"]
        let removed = try JobTrial(.dbBackupRemoveSchedule, parameters)
        #expect(removed.after.database(named: "DB1")?.backups.isEmpty == true)
        #expect(refusal(of: .dbBackupRemoveSchedule, parameters, on: removed.after)?.code == .objectMissing)
        #expect(refusal(of: .dbBackupModifySchedule, parameters, on: removed.after)?.code == .objectMissing)
    }

    @Test func backupsAreAskedForWhereTheyLie() throws {
        func asked(_ trial: JobTrial) -> [String] {
            (trial.plan?.commands ?? []).map { command in
                let names = (command.arguments["archives"]?.list ?? []).compactMap { $0["name"]?.string }
                return "\(command.node): \(names.joined(separator: " "))"
            }
        }
        #expect(asked(try JobTrial(.dbBackupList, ["db_name": "DB1"])) == ["11: ArchiveVolume1 office"])
        // A database that moved away from its local archive.
        var moved = FixtureCluster.document
        try moved.modifyDatabase(
            "DB1", DatabaseSettings(version: "2025.1.3", nodes: [12, 11], activeNodeCount: 1, dataVolume: nil))
        let elsewhere = try JobTrial(.dbBackupList, ["db_name": "DB1"], on: moved)
        #expect(asked(elsewhere) == ["11: ArchiveVolume1", "12: office"])
        #expect(elsewhere.plan?.commands.allSatisfy { $0.answerIfSilent == [] && $0.deadline == .seconds(5) } == true)
        let foreign = try JobTrial(.dbBackupList, ["db_name": "DB1", "show_foreign": true], on: moved)
        #expect(asked(foreign) == ["11: ArchiveVolume1", "12: office"])
    }
}
